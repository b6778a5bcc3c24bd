"""Daemon threads behind a bounded queue, a new http.client connection per request: article A.

The article's requests are HEAD; these have the plan's method.
"""
import contextlib
import http.client
import queue
import threading
import urllib.parse

from fanout_peer import ConnectTimeout, Peer

peer = Peer()
plan = peer.plan
context = peer.tls_context()
waiting = queue.Queue(plan.queue_capacity or 0)  # 0: no limit


def connection_to(url, timeout):
    if url.scheme == "https":
        return http.client.HTTPSConnection(url.netloc, timeout=timeout, context=context)
    return http.client.HTTPConnection(url.netloc, timeout=timeout)


def connect(connection):
    try:
        connection.connect()
    except TimeoutError as error:
        raise ConnectTimeout from error


def fetch(request):
    url = urllib.parse.urlsplit(request.url)
    with request:
        connect_s, total_s = request.timeouts()
        with contextlib.closing(connection_to(url, connect_s)) as connection:
            connect(connection)
            connection.sock.settimeout(total_s)
            path = urllib.parse.urlunsplit(("", "", url.path or "/", url.query, ""))
            connection.request(plan.method, path, plan.body, plan.headers)
            response = connection.getresponse()
            request.headed(response.status, response.headers)
            request.received(len(response.read()))


def work():
    while True:
        fetch(waiting.get())
        waiting.task_done()


for _ in range(plan.workers):
    threading.Thread(target=work, daemon=True).start()

for request in peer.go():
    waiting.put(request)  # waits while the queue is full
waiting.join()
peer.done()
