"""One event loop, a task per request, an httpx.AsyncClient, of no article. Over HTTP/2 there is a
client for each connection to a host, with its share of the W requests in flight.
"""
import asyncio
import contextlib

import httpx
from fanout_peer import Peer

peer = Peer(f"httpx {httpx.__version__}")
plan = peer.plan


async def fetch(clients, free, request):
    # As in py_asyncio.py: a wait for a connection of the pool is no part of the request.
    async with free:
        client = clients.pop()
        with request:
            connect_s, total_s = request.timeouts()
            timeout = httpx.Timeout(total_s, connect=connect_s)
            async with client.stream(plan.method, request.url, content=plan.body,
                                     headers=plan.headers, timeout=timeout) as response:
                request.headed(response.status_code, response.headers)
                await response.aread()
                request.received(response.num_bytes_downloaded)
        clients.append(client)


def make_client(context):
    # httpx's own limits are of all hosts together: to connect to one it would close what it keeps to
    # another. What limits the requests is the semaphore.
    kept = None if plan.reuse else 0
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=kept)
    return httpx.AsyncClient(limits=limits, verify=context, http1=not peer.http2, http2=peer.http2)


async def main():
    context = peer.tls_context() or True
    async with contextlib.AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(make_client(context))
                   for _ in range(plan.connections if peer.http2 else 1)]
        slots = [clients[slot % len(clients)] for slot in range(plan.workers)]
        free = asyncio.Semaphore(plan.workers)
        await asyncio.gather(*[fetch(slots, free, request) for request in peer.go()])
        peer.done()


asyncio.run(main())
