"""A small HTTP server in a thread, on loopback, as an API to be recorded: it counts its requests,
its connections and how many requests it has at once."""

import itertools
import socket
import threading
import time

from raw_http import heads_of


def answer(status=200, body=b"", fields=()):
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Api:
    """`respond(turn)` returns seconds to wait and the bytes to answer, for each request in turn."""

    def __init__(self, respond, close=False, context=None):
        """`context` is that of TLS; none: plain HTTP."""
        self.respond, self.close, self.context = respond, close, context
        self.turns = itertools.count()
        self.requests = self.connections = self.at_once = self.most_at_once = 0
        self.heads = []
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def url(self, path="/"):
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}{path}"

    def stop(self):
        self.listener.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.connections += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        if self.context:
            try:
                connection = self.context.wrap_socket(connection, server_side=True)
            except OSError:
                return
        with connection:
            for head in heads_of(connection):
                self.answer_one(connection, head)
                if self.close:
                    return

    def answer_one(self, connection, head):
        with self.lock:
            self.requests += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.heads.append(head.decode())
            turn = next(self.turns)
        wait, text = self.respond(turn)
        time.sleep(wait)
        with self.lock:
            self.at_once -= 1
        connection.sendall(text)
