"""What small servers of these tests share that write their answers byte by byte."""

import socket


def heads_of(connection):
    """The heads of the requests that come over a connection, without the empty line at their end.
    The requests have no bodies."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    data = b""
    while True:
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return
            data += piece
        head, _, data = data.partition(b"\r\n\r\n")
        yield head
