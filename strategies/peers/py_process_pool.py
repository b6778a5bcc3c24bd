"""A ProcessPoolExecutor, a new connection per request, results as they complete: article B."""
import concurrent.futures
import multiprocessing
import os

import requests
from fanout_peer import Peer

peer = Peer(f"requests {requests.__version__}")
plan = peer.plan


def fetch(request):
    with request:
        response = requests.request(plan.method, request.url, data=plan.body, headers=plan.headers,
                                    timeout=request.timeouts(), verify=plan.certificates)
        request.headed(response.status_code, response.headers)
        request.received(response.raw.tell(), missing=response.raw.length_remaining)
    return request.record


fork = multiprocessing.get_context("fork")
with concurrent.futures.ProcessPoolExecutor(plan.workers, mp_context=fork) as pool:
    pool.submit(os.getpid).result()  # the first task forks all workers, which is set-up
    futures = [pool.submit(fetch, request) for request in peer.go()]
    records = [future.result() for future in concurrent.futures.as_completed(futures)]
    peer.done(records, close=pool.shutdown)
