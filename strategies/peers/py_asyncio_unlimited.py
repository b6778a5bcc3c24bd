"""One event loop, a task per request, all in flight at once on one aiohttp session: article B."""
import asyncio

import aiohttp
from fanout_peer import Peer

peer = Peer(f"aiohttp {aiohttp.__version__}")
plan = peer.plan


async def fetch(session, request):
    with request:
        connect_s, total_s = request.timeouts()
        timeout = aiohttp.ClientTimeout(total=total_s, sock_connect=connect_s)
        async with session.request(plan.method, request.url, data=plan.body, headers=plan.headers,
                                   timeout=timeout) as response:
            request.headed(response.status, response.headers)
            request.received(len(await response.read()))


async def main():
    connector = aiohttp.TCPConnector(limit=0, force_close=not plan.reuse, ssl=peer.tls_context())
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(*[fetch(session, request) for request in peer.go()])
        peer.done()


asyncio.run(main())
