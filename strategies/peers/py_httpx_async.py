"""One event loop, a task per request, an httpx.AsyncClient; of no article."""
import asyncio

import httpx
from fanout_peer import Peer

peer = Peer(f"httpx {httpx.__version__}")
plan = peer.plan


async def fetch(client, free, request):
    # As in py_asyncio.py: a wait for a connection of the pool is no part of the request.
    async with free:
        with request:
            connect_s, total_s = request.timeouts()
            timeout = httpx.Timeout(total_s, connect=connect_s)
            async with client.stream(plan.method, request.url, content=plan.body,
                                     headers=plan.headers, timeout=timeout) as response:
                request.headed(response.status_code, response.headers)
                await response.aread()
                request.received(response.num_bytes_downloaded)


async def main():
    # httpx's own limits are of all hosts together: to connect to one it would close what it keeps to
    # another. What limits the requests is the semaphore.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(limits=limits, verify=peer.tls_context() or True) as client:
        free = asyncio.Semaphore(plan.workers)
        await asyncio.gather(*[fetch(client, free, request) for request in peer.go()])
        peer.done()


asyncio.run(main())
