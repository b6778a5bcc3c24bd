"""The server's HTTP/2, frame by frame: what it answers, every fault and every limit; in clear text
and over TLS."""

import struct
import time
import unittest

import raw_http2
from raw_http2 import BOTH, frame, number, request, token_path


class AnswerTest(raw_http2.ServerTest):
    def test_answers_with_the_token(self):
        for name, host in BOTH:
            with self.subTest(name):
                server = self.serve(**host)
                client = self.connect(server)
                for index in range(3):
                    client.get(2 * index + 1, 0xabc000 + index)
                for index in range(3):
                    head, body, code = client.answer(2 * index + 1)
                    self.assertIn(raw_http2.STATUS_200, head)
                    self.assertIn(raw_http2.coded_token(0xabc000 + index), head)
                    self.assertEqual((len(body), code), (115, None))
                counted = server.counters()
                for key, value in (("connections", 1), ("requests", 3), ("answered", 3),
                                   ("http2", 1), ("streams", 3), ("goaways", 0), ("sent", 0)):
                    self.assertEqual(counted[key], value, counted["text"])
                self.assertGreater(counted["header_in"], 3 * len(token_path(0)))
                self.assertGreater(counted["header_out"], 3 * 12)

    def test_two_large_bodies_share_a_connection(self):
        server = self.serve(body_bytes=300_000)
        client = self.connect(server)
        client.send(request(1), request(3))
        order = []
        while order.count("end") < 2:
            got = client.frame()
            if got.type == raw_http2.DATA:
                order += [got.stream] + ["end"] * (got.flags & raw_http2.END_STREAM)
        first_end = order.index("end")
        self.assertGreater(order[:first_end].count(1), 5)
        self.assertGreater(order[:first_end].count(3), 5)

    def test_a_body_waits_for_the_window(self):
        server = self.serve(body_bytes=50_000)
        client = self.connect(server, window=20_000)
        client.get(1)
        got = 0
        while got < 20_000:
            piece = client.frame()
            got += len(piece.payload) if piece.type == raw_http2.DATA else 0
        self.assertEqual(got, 20_000)
        client.send(number(raw_http2.WINDOW_UPDATE, 1, 30_000))
        self.assertEqual(len(client.answer(1)[1]), 30_000)
        self.assertEqual(server.counters()["stalls"], 1)

    def test_a_long_body_of_a_request_is_read(self):
        server = self.serve(http2={"stream_window": 20_000, "connection_window": 30_000})
        client = self.connect(server)
        client.get(1, 1, method="POST", end=False)
        left, allowed = 100_000, 20_000
        while left:
            size = min(left, allowed, 10_000)
            left, allowed = left - size, allowed - size
            client.send(frame(raw_http2.DATA, 0 if left else 1, 1, b"x" * size))
            while left and not allowed:
                got = client.frame()
                if (got.type, got.stream) == (raw_http2.WINDOW_UPDATE, 1):
                    allowed += struct.unpack(">I", got.payload)[0]
        self.assertEqual(len(client.answer(1)[1]), 115)

    def test_tells_a_client_that_asks_to_continue(self):
        client = self.connect(self.serve())
        client.get(1, 1, method="PUT", more=[("expect", "100-continue")], end=False)
        heads = [got for got in client.until(raw_http2.HEADERS) if got.stream == 1]
        self.assertEqual([got.flags & raw_http2.END_STREAM for got in heads], [0])
        client.send(frame(raw_http2.DATA, 1, 1, b"body"))
        self.assertEqual(len(client.answer(1)[1]), 115)

    def test_no_more_streams_than_announced(self):
        server = self.serve(delay="200ms", http2={"max_streams": 3})
        client = self.connect(server)
        client.send(*(request(2 * i + 1, token_path(i)) for i in range(4)))
        self.assertEqual(client.answer(7), (b"", b"", raw_http2.REFUSED_STREAM))
        self.assertEqual(len(client.answer(5)[1]), 115)
        self.assertEqual(server.counters()["requests"], 3)

    def test_so_many_requests_and_then_another_connection(self):
        for name, host in BOTH:
            with self.subTest(name):
                server = self.serve(close_after=2, delay="20ms", **host)
                client = self.connect(server)
                client.send(*(request(2 * i + 1, token_path(i)) for i in range(4)))
                frames = []
                while isinstance(got := client.frame(), raw_http2.Frame):
                    frames.append(got)
                self.assertIsNone(got, "closed in order")
                last = [f.payload[:8] for f in frames if f.type == raw_http2.GOAWAY]
                self.assertEqual(last, [struct.pack(">II", 3, 0)])
                ended = {f.stream for f in frames if f.type == raw_http2.DATA and f.flags & 1}
                self.assertEqual(ended, {1, 3})
                counted = server.counters()
                self.assertEqual((counted["requests"], counted["answered"]), (2, 2))

    def test_http_1_keeps_its_ways(self):
        for http, answer in (("2", b"HTTP/1.1 400"), ("1.1", b"HTTP/1.1 400")):
            server = raw_http2.Server(self, http=http)
            client = self.connect(server, greet=False)
            client.send(raw_http2.PREFACE.replace(b"SM", b"XX"))
            self.assertTrue(client.socket.recv(100).startswith(answer))


class FaultTest(raw_http2.ServerTest):
    def faulty(self, kind, **keys):
        return {"faults": [{"kind": kind, **keys}]}

    def test_each_fault_of_a_stream(self):
        for name, host in BOTH:
            for kind, size, code in (("reset", 0, raw_http2.INTERNAL_ERROR),
                                     ("reset_amid_body", 57, raw_http2.INTERNAL_ERROR),
                                     ("truncate", 57, raw_http2.CANCEL)):
                with self.subTest(name, kind=kind):
                    server = self.serve(**self.faulty(kind), **host)
                    client = self.connect(server)
                    for stream in (1, 3):  # the connection lives on
                        client.get(stream, stream)
                        head, body, got = client.answer(stream)
                        self.assertEqual((bool(head), len(body), got), (size > 0, size, code))
                    counted = server.counters()
                    self.assertEqual((counted["answered"], counted["sent"]), (2, 2))
                    self.assertIn(f"faults          2 {kind}", counted["text"])

    def test_a_drip_leaves_piece_by_piece(self):
        client = self.connect(self.serve(body_bytes=1000, **self.faulty("drip", over="90ms")))
        begin = time.monotonic()
        client.get(1, 1)
        pieces = []
        while not pieces or not pieces[-1].flags & raw_http2.END_STREAM:
            got = client.frame()
            pieces += [got] if got.type == raw_http2.DATA else []
        self.assertEqual([len(piece.payload) for piece in pieces], [100] * 10)
        self.assertGreaterEqual(time.monotonic() - begin, 0.09)

    def test_another_status_and_none_at_all(self):
        server = self.serve(**self.faulty("status", status=500))
        client = self.connect(server)
        client.get(1, 1)
        self.assertEqual(client.answer(1)[0].count(b"\x8e"), 1)  # 500 in the static table
        server = self.serve(**self.faulty("hang"))
        client = self.connect(server)
        client.get(1, 1)
        client.send(frame(raw_http2.PING, 0, 0, b"12345678"))
        kinds = {got.type for got in client.until(raw_http2.PING)}
        self.assertNotIn(raw_http2.HEADERS, kinds)
        client.send(number(raw_http2.RST_STREAM, 1, raw_http2.CANCEL))
        client.send(frame(raw_http2.PING, 0, 0, b"12345678"))
        client.until(raw_http2.PING)
        self.assertEqual(server.counters()["received"], 1)

    def test_the_loss_of_a_connection(self):
        for name, host in BOTH:
            with self.subTest(name):
                server = self.serve(delay="30ms", **self.faulty("connection_loss"), **host)
                client = self.connect(server)
                client.get(1, 1)
                while isinstance(got := client.frame(), raw_http2.Frame):
                    self.assertNotEqual(got.type, raw_http2.GOAWAY)
                self.assertIn(got, ("reset",) if name == "clear" else ("reset", None))
                self.assertIn("faults          1 connection_loss", server.counters()["text"])

    def test_a_request_sent_away(self):
        server = self.serve(delay="100ms", faults=[{"kind": "goaway", "share": 0.5}])
        meets = []  # which of these tokens meet it: each on a connection of its own
        for index in range(8):
            client = self.connect(server)
            client.get(1, index)
            first = client.until(raw_http2.HEADERS, raw_http2.GOAWAY)[-1]
            meets.append(first.type == raw_http2.GOAWAY)
            if True in meets and False in meets:
                break
        client = self.connect(server)
        client.send(request(1, token_path(meets.index(False))),
                    request(3, token_path(meets.index(True))), request(5, token_path(99)))
        frames = client.until()
        self.assertEqual([got.payload for got in frames if got.type == raw_http2.GOAWAY],
                         [struct.pack(">II", 1, 0)])
        self.assertEqual({got.stream for got in frames if got.type == raw_http2.DATA}, {1})


if __name__ == "__main__":
    unittest.main()
