"""An HTTP/2 client that sends exactly the frames it is told to, and the server it sends them to.

Its header fields are literals, neither compressed nor indexed (RFC 7541, 6.2.2). Those of answers
are looked at, not decoded: the tests of the engine in tests/contract do that.
"""

import collections
import json
import re
import signal
import socket
import ssl
import struct
import subprocess

import fanout_cli

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS = 0, 1, 2, 3, 4
PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 5, 6, 7, 8, 9
END_STREAM, ACK, END_HEADERS, PADDED = 1, 1, 4, 8
NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR = 0, 1, 2, 3
STREAM_CLOSED, FRAME_SIZE_ERROR, REFUSED_STREAM, CANCEL = 5, 6, 7, 8
COMPRESSION_ERROR, ENHANCE_YOUR_CALM = 9, 11
HEADER_TABLE_SIZE, MAX_STREAMS, INITIAL_WINDOW = 1, 3, 4
STATUS_200 = b"\x88"
BOTH = (("clear", {}), ("TLS", {"tls": "on"}))  # how, and a host that does

Frame = collections.namedtuple("Frame", "type flags stream payload")


def frame(kind, flags=0, stream=0, payload=b""):
    return (struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) +
            struct.pack(">I", stream) + payload)


def settings(*pairs):
    return frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", *pair) for pair in pairs))


def number(kind, stream, value, flags=0):
    """A frame whose payload is one number."""
    return frame(kind, flags, stream, struct.pack(">I", value))


def text(value):
    data = value.encode()
    if len(data) < 127:
        return bytes([len(data)]) + data
    rest, left = bytearray([127]), len(data) - 127
    while left >= 128:
        rest.append(left % 128 + 128)
        left //= 128
    return bytes(rest) + bytes([left]) + data


def block(*fields):
    return b"".join(b"\0" + text(name) + text(value) for name, value in fields)


def fields_of(path="/", method="GET", more=()):
    return [(":method", method), (":scheme", "http"), (":path", path), (":authority", "test"),
            *more]


def request(stream, path="/", method="GET", more=(), end=True):
    return frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream,
                 block(*fields_of(path, method, more)))


def token_path(index):
    return f"/r/{index:016x}"


def coded_token(index):
    """Its 16 digits in the code of Huffman that HPACK has (RFC 7541, appendix B)."""
    code = dict(zip("012ace", "00000 00001 00010 00011 00100 00101".split()))
    code.update(zip("3456789bdf", "011001 011010 011011 011100 011101 011110 011111 100011 100100 "
                                  "100101".split()))
    bits = "".join(code[digit] for digit in f"{index:016x}")
    bits += "1" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


class Client:
    """A connection. `greet=False` leaves even the preface to its user."""

    def __init__(self, port, tls=False, window=1 << 20, greet=True):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(20)
        self.received = b""
        self.kept = []  # frames of streams that nobody has asked for yet
        if tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.set_alpn_protocols(["h2", "http/1.1"])
            self.socket = context.wrap_socket(self.socket)
        if greet:
            self.send(PREFACE + settings((HEADER_TABLE_SIZE, 0), (INITIAL_WINDOW, window)) +
                      number(WINDOW_UPDATE, 0, (1 << 30) - 65535))

    def send(self, *pieces):
        try:
            self.socket.sendall(b"".join(pieces))
        except OSError:
            pass  # what the server has said of it is still to be read

    def get(self, stream, index=None, **how):
        self.send(request(stream, "/" if index is None else token_path(index), **how))

    def frame(self):
        """The next frame; nothing at the end of the connection; "reset" if it was reset."""
        while len(self.received) < 9 or len(self.received) < 9 + self._length():
            try:
                piece = self.socket.recv(1 << 16)
            except ConnectionResetError:
                return "reset"
            if not piece:
                return None
            self.received += piece
        end = 9 + self._length()
        head, payload, self.received = self.received[:9], self.received[9:end], self.received[end:]
        got = Frame(head[3], head[4], struct.unpack(">I", head[5:9])[0], payload)
        if got.type == SETTINGS and not got.flags & ACK:
            self.send(frame(SETTINGS, ACK))
        return got

    def _length(self):
        return int.from_bytes(self.received[:3], "big")

    def until(self, *kinds):
        """Frames up to the first of these kinds, or the end."""
        got = []
        while isinstance(next_one := self.frame(), Frame):
            got.append(next_one)
            if next_one.type in kinds:
                break
        return got

    def answer(self, stream):
        """(header block, body, code of RST_STREAM or nothing) of a stream's answer."""
        head, body = b"", b""
        frames = [got for got in self.kept if got.stream == stream]
        self.kept = [got for got in self.kept if got.stream != stream]
        while isinstance(got := frames.pop(0) if frames else self.frame(), Frame):
            if got.stream != stream:
                self.kept.append(got)
                continue
            if got.type == RST_STREAM:
                return head, body, struct.unpack(">I", got.payload)[0]
            head += got.payload if got.type == HEADERS else b""
            body += got.payload if got.type == DATA else b""
            if got.flags & END_STREAM and got.type in (HEADERS, DATA):
                return head, body, None
        raise AssertionError(f"no end of stream {stream}: {got}")

    def goaway(self):
        """(last stream, error code) of the next GOAWAY, and how the connection ended after it."""
        while isinstance(got := self.frame(), Frame) and got.type != GOAWAY:
            pass
        if not isinstance(got, Frame):
            return None, got
        last = struct.unpack(">II", got.payload[:8])
        while isinstance(got := self.frame(), Frame):
            pass
        return last, got

    def close(self):
        self.socket.close()


class Server:
    """`fanout serve --http 2` with one host."""

    def __init__(self, case, http="2", **host):
        file = case.folder / "served.json"
        file.write_text(json.dumps({"name": "served", "requests": 1, "server": {"hosts": [host]}}))
        self.process = subprocess.Popen(
            [fanout_cli.FANOUT, "serve", "--scenario", file, "--http", http], text=True,
            stdout=subprocess.PIPE, env=fanout_cli.marked_environment(case.mark))
        case.addCleanup(self._kill)
        self.url = self.process.stdout.readline().split()[-1]
        self.port = int(re.search(r":(\d+)/", self.url)[1])

    def counters(self):
        """Ends it; what it counted, each number by the words around it."""
        self.process.send_signal(signal.SIGTERM)
        said = self.process.communicate(timeout=60)[0]
        numbers = {"text": said}
        for name, pattern in (
                ("connections", r"\nconnections +(\S+)"), ("requests", r"\nrequests +(\S+),"),
                ("answered", r", (\S+) answered"), ("distinct", r"tokens +(\S+) distinct"),
                ("repeated", r"(\S+) repeated"), ("http2", r"HTTP/2 +(\S+) connections"),
                ("streams", r"(\S+) streams"), ("peak", r"at most (\S+) at once"),
                ("goaways", r"(\S+) GOAWAY"), ("sent", r"(\S+) resets sent"),
                ("received", r"(\S+) received"), ("stalls", r"(\S+) stalls"),
                ("header_in", r"(\S+) header bytes in"), ("header_out", r"in, (\S+) out")):
            found = re.search(pattern, said)
            numbers[name] = int(found[1].replace(",", "")) if found else None
        return numbers

    def _kill(self):
        self.process.kill()
        self.process.communicate()


class ServerTest(fanout_cli.CliTest):
    def serve(self, **host):
        return Server(self, **host)

    def connect(self, server, **how):
        client = Client(server.port, tls=server.url.startswith("https"), **how)
        self.addCleanup(client.close)
        return client

    def lives(self, server):
        """A new connection is answered."""
        client = self.connect(server)
        client.get(1, 4096)
        head, body, code = client.answer(1)
        self.assertEqual((head.count(STATUS_200), len(body), code), (1, 115, None))
