"""One event loop, a task per request, aiohttp with a limit of connections: article D's fifth."""
import asyncio

import aiohttp
from fanout_peer import Peer

peer = Peer(f"aiohttp {aiohttp.__version__}")
plan = peer.plan


async def fetch(session, free, request):
    # aiohttp's time limits run while a request waits for a connection of its pool, which is no part
    # of the request: it waits here instead.
    async with free:
        with request:
            connect_s, total_s = request.timeouts()
            timeout = aiohttp.ClientTimeout(total=total_s, sock_connect=connect_s)
            async with session.request(plan.method, request.url, data=plan.body,
                                       headers=plan.headers, timeout=timeout) as response:
                request.headed(response.status, response.headers)
                request.received(len(await response.read()))


async def main():
    connector = aiohttp.TCPConnector(limit=plan.workers, force_close=not plan.reuse,
                                     ssl=peer.tls_context())
    async with aiohttp.ClientSession(connector=connector) as session:
        free = asyncio.Semaphore(plan.workers)
        await asyncio.gather(*[fetch(session, free, request) for request in peer.go()])
        peer.done()


asyncio.run(main())
