// What the Node.js peers share: the conversation with fanout (PROTOCOL.md), and one request on a
// keep-alive agent, timed, its end named.
//
//   const peer = await openPeer();   // reads the plan
//   await peer.go();                 // says ready, waits for the signal
//   await peer.fetch(index);         // makes a request; never rejects: an error is its outcome
//   await peer.done();               // writes the records and ends
//
// A peer with an HTTP client of its own gives fetch() an exchange of its own as well.
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { createInterface } from "node:readline";

const OUTCOME_OF_CODE = {
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  EPIPE: "reset",
  EMFILE: "no_descriptor",
  ENFILE: "no_descriptor",
  EADDRNOTAVAIL: "no_port",
  ETIMEDOUT: "connect_timeout", // the kernel's own limit
  ERR_HTTP2_STREAM_ERROR: "reset",
  ERR_HTTP2_STREAM_CANCEL: "reset",
  ERR_HTTP2_SESSION_ERROR: "reset",
  ERR_HTTP2_GOAWAY_SESSION: "reset",
  CONNECT_LIMIT: "connect_timeout",
  TIME_LIMIT: "timeout",
};
const TLS_CODE = /CERT|ERR_SSL|ERR_TLS|UNABLE_TO_|EPROTO/;

const now = () => process.hrtime.bigint();

export const limitReached = (code) => Object.assign(new Error(code), { code });

export function outcomeOf(error, response) {
  const outcome = OUTCOME_OF_CODE[error.code] ?? (TLS_CODE.test(error.code) ? "tls" : "protocol");
  // Node.js says of a body that ends early what it says of a lost connection.
  return response && outcome === "reset" ? "truncated" : outcome;
}

function headersOf(plan) {
  const headers = {};
  for (const header of plan.headers) {
    const colon = header.indexOf(":");
    (headers[header.slice(0, colon)] ??= []).push(header.slice(colon + 1).trim());
  }
  if (plan.method === "POST") {
    headers["Content-Type"] ??= "application/octet-stream";
    headers["Content-Length"] = plan.body_bytes;
  }
  return headers;
}

// Keeps the thread of the event loop busy for so much CPU time.
function work(cpuNs) {
  const begin = process.cpuUsage();
  for (let used = 0; used < cpuNs;) {
    const until = now() + BigInt(Math.ceil(cpuNs - used));
    while (now() < until);
    const { user, system } = process.cpuUsage(begin);
    used = 1000 * (user + system);
  }
}

class Peer {
  constructor(plan, lines) {
    this.plan = plan;
    this.lines = lines;
    this.records = [];
    this.deadline = null; // in nanoseconds; null: never
    this.ca = plan.certificates ? readFileSync(plan.certificates) : undefined;
    // An agent with a limit of sockets keeps them, whatever keepAlive says.
    const agent = plan.reuse ? { keepAlive: true, maxSockets: plan.workers } : { keepAlive: false };
    this.options = { method: plan.method, headers: headersOf(plan) };
    this.body = plan.method === "POST" ? Buffer.alloc(plan.body_bytes) : undefined;
    this.agents = { "http:": new http.Agent(agent), "https:": new https.Agent({ ...agent, ca: this.ca }) };
  }

  async go() {
    process.stdout.write(`ready Node.js ${process.versions.node}\n`);
    const { value: line } = await this.lines.next();
    if (line === undefined) process.exit(0); // fanout has gone
    if (this.plan.deadline_s !== null) {
      this.deadline = BigInt(line.split(" ")[1]) + BigInt(Math.round(this.plan.deadline_s * 1e9));
    }
  }

  // Milliseconds, rounded up so that what the deadline ends does not end before it.
  limit(seconds, start) {
    const left = this.deadline === null ? Infinity : Number(this.deadline - start) / 1e6;
    return Math.ceil(Math.min(seconds * 1000, left)) + 1;
  }

  // `exchange` makes the request and resolves, always, to { outcome, response, bytes }.
  async fetch(index, exchange = (...request) => this.exchange(...request)) {
    const start = now();
    if (this.deadline !== null && start >= this.deadline) {
      this.records.push([index, 0, start, "deadline", 0, 0, "-"]);
      return;
    }
    const seen = await exchange(this.plan.targets[index], start);
    if (seen.outcome === "ok") work(this.plan.work_ns);
    const end = now();
    const late = this.deadline !== null && end >= this.deadline && /timeout$/.test(seen.outcome);
    const status = seen.response?.statusCode ?? 0;
    const token = seen.response?.headers["x-fanout-token"] ?? "-";
    const outcome = late ? "deadline" : seen.outcome;
    this.records.push([index, start, end, outcome, status, seen.bytes, token]);
  }

  // Resolves, always, to { outcome, response, bytes }.
  exchange(target, start) {
    return new Promise((resolve) => {
      let response;
      let bytes = 0;
      const url = new URL(target);
      const { request: open } = url.protocol === "https:" ? https : http;
      const request = open(url, { ...this.options, agent: this.agents[url.protocol] });
      const giveUp = (code) => request.destroy(limitReached(code));
      const total = setTimeout(giveUp, this.limit(this.plan.timeout_s, start), "TIME_LIMIT");
      const connecting = setTimeout(giveUp, this.limit(this.plan.connect_timeout_s, start),
                                    "CONNECT_LIMIT");
      const ended = (outcome) => {
        clearTimeout(total);
        clearTimeout(connecting);
        resolve({ outcome, response, bytes });
      };
      const failed = (error) => {
        const outcome = outcomeOf(error, response);
        if (outcome === "protocol") console.error(error); // it may be a mistake in the program
        ended(outcome);
      };
      request.on("socket", (socket) => {
        const connected = () => clearTimeout(connecting);
        if (!socket.connecting) connected(); // a kept one
        else socket.once(url.protocol === "https:" ? "secureConnect" : "connect", connected);
      });
      request.on("error", failed);
      request.on("response", (incoming) => {
        response = incoming;
        response.on("data", (chunk) => { bytes += chunk.length; });
        response.on("error", failed);
        response.on("end", () => ended("ok"));
      });
      request.end(this.body);
    });
  }

  async done() {
    const lines = this.records.map((record) => `${record.join(" ")}\n`);
    process.stdout.write(`${lines.join("")}done\n`);
    await this.lines.next();
    process.exit(0);
  }
}

export async function openPeer() {
  console.log = console.error; // what is printed is for people: the protocol has standard output
  process.stdout.on("error", () => process.exit(0)); // fanout has gone
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const { value: line } = await lines.next();
  if (line === undefined) process.exit(0);
  return new Peer(JSON.parse(line), lines);
}
