"""Servers that are particular about connections: each must be served, and the table says so."""

import http.server
import re
import socketserver
import threading
import unittest

import fanout_cli

ALL = ("--strategy", "event_loop,session_reuse,thread_per_request", "--transport", "all",
       "--rounds", "1")


class OneAtATime(http.server.BaseHTTPRequestHandler):
    """As `python3 -m http.server` was: HTTP/1.0, one connection at a time, closed each time."""

    def do_GET(self):
        self.server.served += 1
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


class ClosingTest(fanout_cli.CliTest):
    def serve(self, protocol):
        kind = type("Kind", (socketserver.TCPServer,), {"request_queue_size": 128, "served": 0,
                                               "handle_error": lambda *_: None})
        handler = type("Handler", (OneAtATime,), {"protocol_version": protocol})
        server = kind(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        self.addCleanup(server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(server.shutdown)
        return server

    def test_a_server_that_serves_one_connection_at_a_time_and_closes_it(self):
        server = self.serve("HTTP/1.0")
        document, result = self.measure("--url", f"http://127.0.0.1:{server.server_address[1]}/",
                                        "-n", "40", "--workers", "5", *ALL)
        for cell in document["cells"]:
            [run] = cell["runs"]
            with self.subTest(cell["strategy"] + "/" + cell["transport"]):
                self.assertTrue(run["valid"], run["reasons"])
                self.assertEqual((run["requests"]["ok"], run["requests"]["connected"]), (40, 40))
        self.assertEqual(server.served, 40 * len(document["cells"]))
        self.assertIn("* the server keeps no connection open until it is used again (40 connections "
                      "for 40 requests): reuse had no effect\n", result.out)

    def test_a_server_that_keeps_the_one_connection_it_serves_is_told_from_a_slow_one(self):
        server = self.serve("HTTP/1.1")
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        flags = ("-n", "20", "--strategy", "event_loop", "--timeout", "1s", "--rounds", "1")
        _, kept = self.measure("--url", address, "--workers", "3", *flags)
        # How many come to wait in vain depends on whether the one connection goes on beyond 1 s.
        told = re.search(r"\* the server seems to serve one connection at a time \(1 connection had "
                         r"(\d+) requests answered, on others (\d+) timed out\):\ngive it --workers "
                         r"1 or --reuse off\n", kept.out)
        self.assertTrue(told, kept.out)
        self.assertEqual(int(told[1]) + int(told[2]), 20)
        for way in (("--workers", "1"), ("--workers", "3", "--reuse", "off")):
            _, served = self.measure("--url", address, *way, *flags)
            self.assertNotIn("one connection at a time", served.out)
            self.assertNotIn("timeout", served.out)

    def test_a_server_that_keeps_connections_is_not_said_to_close_them(self):
        server = self.serve("HTTP/1.1")
        document, result = self.measure("--url", f"http://127.0.0.1:{server.server_address[1]}/",
                                        "-n", "40", "--workers", "1", *ALL)
        for cell in document["cells"]:
            [run] = cell["runs"]
            anew = cell["strategy"] == "thread_per_request"
            with self.subTest(cell["strategy"] + "/" + cell["transport"]):
                self.assertEqual(run["requests"]["connected"], 40 if anew else 1)
        self.assertNotIn("closes each connection", result.out)


if __name__ == "__main__":
    unittest.main()
