"""One event loop for I/O as in py_asyncio, and a pool of processes, one per CPU, for the work on
responses (run_in_executor): the answer of Python's documentation to work that holds the GIL.
"""
import asyncio
import concurrent.futures
import multiprocessing
import os

import aiohttp
from fanout_peer import Peer, work

peer = Peer(f"aiohttp {aiohttp.__version__}")
plan = peer.plan


async def fetch(session, free, pool, request):
    await free.acquire()
    with request:
        try:
            connect_s, total_s = request.timeouts()
            timeout = aiohttp.ClientTimeout(total=total_s, sock_connect=connect_s)
            async with session.request(plan.method, request.url, data=plan.body,
                                       headers=plan.headers, timeout=timeout) as response:
                request.headed(response.status, response.headers)
                request.received(len(await response.read()))
        finally:
            free.release()  # what is worked on is no longer in flight
        if plan.work_ns:
            await asyncio.get_running_loop().run_in_executor(pool, work, plan.work_ns)
            request.work_ns = 0  # it is done


async def main(pool):
    connector = aiohttp.TCPConnector(limit=plan.workers, force_close=not plan.reuse,
                                     ssl=peer.tls_context())
    async with aiohttp.ClientSession(connector=connector) as session:
        free = asyncio.Semaphore(plan.workers)
        await asyncio.gather(*[fetch(session, free, pool, request) for request in peer.go()])
        peer.done(close=pool.shutdown)


fork = multiprocessing.get_context("fork")
cpus = len(os.sched_getaffinity(0))
with concurrent.futures.ProcessPoolExecutor(cpus, mp_context=fork) as pool:
    pool.submit(os.getpid).result()  # the first task forks all workers, which is set-up
    asyncio.run(main(pool))
