// One event loop, W requests in flight: W loops that each take the next request; of no article.
import { openPeer } from "./fanout_peer.mjs";

const peer = await openPeer();
const { count, workers } = peer.plan;
let next = 0;

async function work() {
  while (next < count) await peer.fetch(next++);
}

await peer.go();
await Promise.all(Array.from({ length: workers }, work));
await peer.done();
