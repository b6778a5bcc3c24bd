"""A ThreadPoolExecutor, a new connection per request, results as they complete: article B."""
import concurrent.futures

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


with concurrent.futures.ThreadPoolExecutor(plan.workers) as pool:
    futures = [pool.submit(fetch, request) for request in peer.go()]
    peer.done([future.result() for future in concurrent.futures.as_completed(futures)])
