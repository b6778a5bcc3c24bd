"""Threads fed through an unbounded queue, a requests.Session per thread: article D's third."""
import queue
import threading

import requests
from fanout_peer import Peer

peer = Peer(f"requests {requests.__version__}")
plan = peer.plan
waiting = queue.Queue()
local = threading.local()


def fetch(request):
    with request:
        response = local.session.request(plan.method, request.url, data=plan.body,
                                         headers=plan.headers, timeout=request.timeouts(),
                                         verify=plan.certificates)
        request.headed(response.status_code, response.headers)
        request.received(response.raw.tell(), missing=response.raw.length_remaining)


def work():
    local.session = requests.Session()
    while True:
        fetch(waiting.get())
        waiting.task_done()


for _ in range(plan.workers):
    threading.Thread(target=work, daemon=True).start()

for request in peer.go():
    waiting.put(request)
waiting.join()
peer.done()
