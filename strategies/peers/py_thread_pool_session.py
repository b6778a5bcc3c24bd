"""ThreadPoolExecutor.map with a requests.Session per thread: article D's fourth program."""
import concurrent.futures
import threading

import requests
from fanout_peer import Peer

peer = Peer(f"requests {requests.__version__}")
plan = peer.plan
local = threading.local()


def open_session():
    local.session = requests.Session()


def fetch(request):
    with request:
        response = local.session.request(plan.method, request.url, data=plan.body,
                                         headers=plan.headers, timeout=request.timeouts(),
                                         verify=plan.certificates)
        request.headed(response.status_code, response.headers)
        request.received(response.raw.tell(), missing=response.raw.length_remaining)
    return request.record


with concurrent.futures.ThreadPoolExecutor(plan.workers, initializer=open_session) as pool:
    peer.done(list(pool.map(fetch, peer.go())))
