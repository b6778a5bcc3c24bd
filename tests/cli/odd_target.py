"""odd_target.py PORT: one server with an oddity of real servers under each path, kept connections.

Counts go on over all runs, and each path has its own."""

import itertools
import socket
import sys
import threading
import time

from raw_http import heads_of

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
LIMIT = 3  # of requests in flight under /limited
turns = {}  # by path
busy = threading.Semaphore(LIMIT)


def status(code):
    return b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % code


def every(count, turn, other):
    """What `other` returns, if anything, at each request whose number is a multiple."""
    return other() or OK if turn % count == 0 else OK


def limited():
    if not busy.acquire(blocking=False):
        return status(429)
    time.sleep(0.02)
    busy.release()
    return OK


def answer(path, turn):
    if path == "/half":
        return every(2, turn, lambda: status(503))
    if path == "/few":
        return every(33, turn, lambda: status(503))
    if path == "/codes":
        return status((200, 401, 404, 429, 500)[turn % 5])
    if path == "/tail":
        return every(33, turn, lambda: time.sleep(0.97))
    if path == "/stuck":
        return every(33, turn, lambda: time.sleep(3))
    return limited() if path == "/limited" else OK


def serve(connection):
    try:
        for head in heads_of(connection):
            path = head.split(b" ", 2)[1].decode()
            turn = next(turns.setdefault(path, itertools.count(1)))
            connection.sendall(answer(path, turn))
    except OSError:
        pass  # the client has given up
    finally:
        connection.close()


with socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024) as listener:
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
