"""What the server makes of clients that break the rules of HTTP/2, or flood it within them."""

import random
import unittest

import raw_http2
from raw_http2 import BOTH, block, frame, number, request, token_path


class AbuseTest(raw_http2.ServerTest):
    """What RFC 9113 forbids ends the stream or the connection, and the server serves on."""

    def ends(self, name, *pieces, code, streams=()):
        """The connection ends with this error, whatever was sent first."""
        for kind, host in BOTH:
            with self.subTest(name, over=kind):
                server = self.serve(**host)
                client = self.connect(server)
                client.send(*pieces)
                last, _ = client.goaway()
                self.assertIsNotNone(last, "no GOAWAY")
                self.assertEqual(last[1], code)
                self.lives(server)

    def resets(self, name, *pieces, code):
        """Stream 1 ends with this error, and the connection answers stream 5."""
        with self.subTest(name):
            server = self.serve()
            client = self.connect(server)
            client.send(*pieces)
            self.assertEqual(client.answer(1)[2], code)
            client.get(5, 5)
            self.assertEqual(len(client.answer(5)[1]), 115)
            self.assertEqual(server.counters()["requests"], 1)

    def head(self, stream, *fields, flags=raw_http2.END_HEADERS | raw_http2.END_STREAM):
        return frame(raw_http2.HEADERS, flags, stream, block(*fields))

    def test_frames_that_may_not_be(self):
        error = raw_http2
        self.ends("too large", frame(error.DATA, 0, 1, b"x" * 16385), code=error.FRAME_SIZE_ERROR)
        self.ends("DATA on stream 0", frame(error.DATA, 0, 0, b"x"), code=error.PROTOCOL_ERROR)
        self.ends("HEADERS on stream 0", request(0), code=error.PROTOCOL_ERROR)
        self.ends("an even stream", request(2), code=error.PROTOCOL_ERROR)
        self.ends("DATA on an idle stream", frame(error.DATA, 0, 9, b"x"),
                  code=error.PROTOCOL_ERROR)
        self.ends("PING of 7 bytes", frame(error.PING, 0, 0, b"1234567"),
                  code=error.FRAME_SIZE_ERROR)
        self.ends("PUSH_PROMISE", frame(error.PUSH_PROMISE, 4, 1, b"\0\0\0\2"),
                  code=error.PROTOCOL_ERROR)
        self.ends("a window beyond 2^31",
                  number(error.WINDOW_UPDATE, 0, (1 << 31) - 1), code=error.FLOW_CONTROL_ERROR)
        self.ends("a window of nothing more", request(1, end=False),
                  number(error.WINDOW_UPDATE, 1, 0), code=error.PROTOCOL_ERROR)
        self.ends("an initial window beyond 2^31", raw_http2.settings((4, 1 << 31)),
                  code=error.FLOW_CONTROL_ERROR)
        self.ends("a field that does not decode", frame(error.HEADERS, 5, 1, b"\xff" * 8),
                  code=error.COMPRESSION_ERROR)
        self.ends("a frame amid header blocks",
                  frame(error.HEADERS, 1, 1, block((":method", "GET"))),
                  frame(error.PING, 0, 0, b"12345678"), code=error.PROTOCOL_ERROR)

    def test_requests_that_may_not_be(self):
        good = raw_http2.fields_of("/r/0000000000000001")
        error = raw_http2.PROTOCOL_ERROR
        self.resets("upper case", self.head(1, *good, ("X-Name", "1")), code=error)
        self.resets("no method", self.head(1, *good[1:]), code=error)
        self.resets("no path", self.head(1, *(f for f in good if f[0] != ":path")), code=error)
        self.resets("a pseudo-header after fields", self.head(1, ("a", "b"), *good), code=error)
        self.resets("an unknown pseudo-header", self.head(1, *good, (":x", "1")), code=error)
        self.resets("a connection's field", self.head(1, *good, ("connection", "close")),
                    code=error)
        self.resets("a space in a name", self.head(1, *good, ("a b", "1")), code=error)
        self.resets("less than its length says",
                    self.head(1, *good, ("content-length", "9"), flags=4),
                    frame(raw_http2.DATA, 1, 1, b"12345"), code=error)

    def test_a_header_without_end(self):
        # Indexed a thousand times over: 4 MB of fields in 5 KB.
        bomb = block(*raw_http2.fields_of()) + b"\x40" + raw_http2.text("x") + raw_http2.text(
            "y" * 3000) + b"\xbe" * 1300
        server = self.serve()
        client = self.connect(server)
        client.send(frame(raw_http2.HEADERS, 5, 1, bomb))
        self.assertEqual(client.answer(1)[2], raw_http2.ENHANCE_YOUR_CALM)
        client.get(3, 3)
        self.assertEqual(len(client.answer(3)[1]), 115)
        server = self.serve()
        client = self.connect(server)
        client.send(frame(raw_http2.HEADERS, 1, 1, block(*raw_http2.fields_of())),
                    frame(raw_http2.CONTINUATION, 0, 1, block(("a", "b"))) * 100_000)
        while isinstance(client.frame(), raw_http2.Frame):
            pass
        self.lives(server)

    def test_floods(self):
        for name, flood in (("PING", frame(raw_http2.PING, 0, 0, b"12345678")),
                            ("SETTINGS", raw_http2.settings((raw_http2.MAX_STREAMS, 1)))):
            with self.subTest(name):
                server = self.serve()
                client = self.connect(server)
                client.socket.settimeout(2)
                client.send(flood * 300_000)  # and reads nothing
                self.lives(server)

    def test_frames_made_at_random(self):
        faults = [{"kind": kind, "share": 0.1} for kind in (
            "reset", "reset_amid_body", "truncate", "hang", "goaway", "connection_loss")]
        faults.append({"kind": "drip", "share": 0.1, "over": "9ms"})
        server = self.serve(delay="2ms", faults=faults, body_bytes=40_000, close_after=40,
                            limit={"concurrency": 20, "queue": 20})
        for seed in range(150):
            chance = random.Random(seed)
            client = self.connect(server, window=chance.choice((10, 20_000, 1 << 20)))
            for number_of in range(chance.randrange(1, 60)):
                stream = 2 * number_of + 1
                kind = chance.choice((0, 0, 1, 2, 3, 3, 3, 4, 6, 8, 8, 9, 16, 20))
                payload = chance.randbytes(chance.choice((0, 4, 4, 5, 6, 8, 50)))
                odd = frame(kind, chance.choice((0, 0, 1, 4, 5, 8, 255)),
                            chance.choice((0, 1, stream, stream)), payload)
                client.send(request(stream, token_path(chance.randrange(1 << 60)),
                                    end=chance.random() < 0.8))
                if chance.random() < 0.1:
                    client.send(odd)
            if chance.random() < 0.5:
                client.close()
        counted = server.counters()
        self.assertEqual(server.process.returncode, 0)
        self.assertGreater(counted["answered"], 0)

    def test_rapid_resets_are_counted_and_harmless(self):
        server = self.serve(delay="900s")
        client = self.connect(server)
        for first in range(0, 20_000, 1000):
            client.send(b"".join(
                request(2 * i + 1, token_path(i)) + number(raw_http2.RST_STREAM, 2 * i + 1, 8)
                for i in range(first, first + 1000)))
        client.send(frame(raw_http2.PING, 0, 0, b"12345678"))
        self.assertNotIn(raw_http2.GOAWAY, {got.type for got in client.until(raw_http2.PING)})
        counted = server.counters()
        for key, value in (("requests", 20_000), ("answered", 0), ("received", 20_000),
                           ("peak", 1), ("goaways", 0)):
            self.assertEqual(counted[key], value, counted["text"])

    def test_no_preface_over_tls(self):
        server = self.serve(tls="on")
        client = self.connect(server, greet=False)
        client.send(b"GET / HTTP/1.1\r\n\r\n" * 2)
        while isinstance(client.frame(), raw_http2.Frame):
            pass
        self.lives(server)


if __name__ == "__main__":
    unittest.main()
