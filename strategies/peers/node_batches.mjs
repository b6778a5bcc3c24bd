// Waves of W requests with Promise.all, each begun when all of the last have ended: article D.
import { openPeer } from "./fanout_peer.mjs";

const peer = await openPeer();
const { count, workers } = peer.plan;
const indices = [...Array(count).keys()];

await peer.go();
for (let first = 0; first < count; first += workers) {
  const wave = indices.slice(first, first + workers);
  await Promise.all(wave.map((index) => peer.fetch(index)));
}
await peer.done();
