// An API that speaks TLS and answers in 5 ms: node steady_tls.mjs PORT CERTIFICATE KEY
import { readFileSync } from "node:fs";
import { createServer } from "node:https";

const [port, cert, key] = process.argv.slice(2);
createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
  setTimeout(() => response.end("x".repeat(800)), 5);
}).listen(Number(port), "127.0.0.1");
