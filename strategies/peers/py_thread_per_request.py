"""A thread per URL, all begun at once, looked after every 10 ms until a deadline: article C.

What has not ended at the deadline is given up: its thread is left to itself.
"""
import threading
import time
import urllib.error
import urllib.request

from fanout_peer import Peer

peer = Peer()
plan = peer.plan
context = peer.tls_context()


def fetch(request):
    with request:
        asked = urllib.request.Request(request.url, plan.body, plan.headers, method=plan.method)
        try:
            # urllib has one limit for connecting and for every wait after it.
            _, total_s = request.timeouts()
            response = urllib.request.urlopen(asked, timeout=total_s, context=context)
        except urllib.error.HTTPError as error:
            response = error  # a response all the same
        with response:
            request.headed(response.status, response.headers)
            request.received(len(response.read()))


def deadline_passed():
    deadline_ns = peer.limits.deadline_ns
    return deadline_ns is not None and time.monotonic_ns() >= deadline_ns


threads = [threading.Thread(target=fetch, args=[request], daemon=True) for request in peer.requests]
peer.go()
for thread in threads:
    thread.start()
while not deadline_passed() and any(thread.is_alive() for thread in threads):
    time.sleep(0.01)
for request in peer.requests:
    if request.record is None:
        request.end("deadline", begun=request.start > 0)
peer.done()
