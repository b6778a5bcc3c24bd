// An API that answers in 5 ms, and every fifth time, by chance, in 30 ms: node bimodal.mjs PORT
import { createServer } from "node:http";

createServer((request, response) => {
  setTimeout(() => response.end("x".repeat(800)), Math.random() < 0.2 ? 30 : 5);
}).listen(Number(process.argv[2]), "127.0.0.1");
