// One event loop, W requests in flight as streams over C connections of HTTP/2 to each host, each
// with its share of them (Node's http2 module); of no article.
import http2 from "node:http2";
import { limitReached, openPeer, outcomeOf } from "./fanout_peer.mjs";

const peer = await openPeer();
const { plan } = peer;
const { count, workers } = plan;
const { "Content-Length": length, ...headers } = peer.options.headers;
const sent = { ":method": plan.method, ...headers,
               ...(length === undefined ? {} : { "content-length": length }) };
let next = 0;

// Sessions by their host and number: opened by the first request that needs them, and again once
// they have ended.
const sessions = new Map();

// As wide as those of fanout's own client: else flow control would be measured.
const WINDOW = 16 * 1024 * 1024;

function open(origin) {
  const session = http2.connect(origin, { ca: peer.ca, settings: { initialWindowSize: WINDOW } });
  session.setMaxListeners(0);
  session.on("connect", () => session.setLocalWindowSize(WINDOW));
  session.on("error", (error) => { session.fault = error; });
  return session;
}

function sessionOf(origin, number) {
  if (!plan.reuse) return open(origin);
  const name = `${origin} ${number}`;
  const kept = sessions.get(name);
  if (kept && !kept.closed && !kept.destroyed) return kept;
  const session = open(origin);
  sessions.set(name, session);
  return session;
}

// Of one request on one session; resolves, always, as Peer.exchange does.
const exchangeOver = (number) => (target, start) => new Promise((resolve) => {
  const { origin, pathname, search } = new URL(target);
  const session = sessionOf(origin, number);
  const seen = { outcome: "ok", response: undefined, bytes: 0 };
  const stream = session.request({ ":path": pathname + search, ...sent },
                                 { endStream: peer.body === undefined });
  let fault;
  const giveUp = (code) => {
    fault = limitReached(code);
    stream.close(http2.constants.NGHTTP2_CANCEL);
    if (session.connecting) session.destroy(fault);
  };
  const total = setTimeout(giveUp, peer.limit(plan.timeout_s, start), "TIME_LIMIT");
  const connecting = setTimeout(() => session.connecting && giveUp("CONNECT_LIMIT"),
                                peer.limit(plan.connect_timeout_s, start));
  stream.on("response", (fields) => {
    seen.response = { statusCode: fields[":status"], headers: fields };
  });
  stream.on("data", (chunk) => { seen.bytes += chunk.length; });
  stream.on("end", () => { seen.ended = true; });
  stream.on("error", (error) => { fault ??= error.cause ?? error; }); // the session's, if it failed
  stream.on("close", () => {
    clearTimeout(total);
    clearTimeout(connecting);
    if (fault || !seen.ended || !seen.response || stream.rstCode !== 0) {
      fault ??= session.fault ?? Object.assign(new Error("lost"), { code: "ECONNRESET" });
      seen.outcome = outcomeOf(fault, seen.response);
      if (seen.outcome === "protocol") console.error(fault); // it may be a mistake in the program
    }
    if (!plan.reuse) session.close();
    resolve(seen);
  });
  if (peer.body !== undefined) stream.end(peer.body);
});

async function work(number) {
  const exchange = exchangeOver(number % plan.connections);
  while (next < count) await peer.fetch(next++, exchange);
}

await peer.go();
await Promise.all(Array.from({ length: workers }, (_, number) => work(number)));
await peer.done();
