"""Redirects of real targets, followed where the library can."""

import http.server
import socket
import threading
import time
import unittest

import fanout_cli

ONE = ("--strategy", "session_reuse,event_loop", "--transport", "curl_easy,curl_asio,curl_multi",
       "--rounds", 1, "-n", 6, "--workers", 2)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    places = {}  # path -> status, where it leads
    asked = []   # method and path

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append((self.command, self.path))
        if self.path == "/slow":
            time.sleep(0.1)
        status, place = self.places.get(self.path, (200, None))
        self.send_response_only(status)
        if place:
            self.send_header("Location", place)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


class RedirectTest(fanout_cli.CliTest):
    @classmethod
    def setUpClass(cls):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        cls.port = server.server_port
        cls.fickle = socket.create_server(("127.0.0.1", 0))
        cls.addClassCleanup(cls.fickle.close)
        threading.Thread(target=cls.answer_fickly, daemon=True).start()

    @classmethod
    def answer_fickly(cls):
        """Answers, and says 408 as soon as nothing follows."""
        while True:
            try:
                client, _ = cls.fickle.accept()
            except OSError:
                return
            with client:
                client.recv(65536)
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                client.settimeout(0.02)
                try:
                    client.recv(65536)
                except TimeoutError:
                    client.sendall(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")

    def setUp(self):
        super().setUp()
        Handler.asked.clear()
        Handler.places = {
            "/one": (302, "/two"), "/two": (307, f"http://localhost:{self.port}/end"),
            "/form": (303, "/end"), "/round": (301, "/round"),
            "/away": (302, "http://192.0.2.1/"), "/mail": (302, "mailto:me@example.org"),
            "/file": (302, "ftp://127.0.0.1/a"), "/wrong": (302, "http://[::1"),
            "/unknown": (302, "http://nowhere.invalid/")}

    def follow(self, path, *flags, code=0):
        document, result = self.measure("--follow", "--url", f"http://127.0.0.1:{self.port}{path}",
                                        *ONE, *flags, code=code)
        return [cell["runs"][0] for cell in document["cells"]], result

    def test_redirects_lead_on_to_other_names_too(self):
        runs, result = self.follow("/one")
        self.assertEqual(len(runs), 3)
        for run in runs:
            self.assertEqual((run["status_counts"], run["redirects"]), ({"200": 6}, 12))
        self.assertIn("redirects followed: up to 12 in a run", result.out)
        self.assertNotIn("not followed", result.out)
        self.assertEqual(Handler.asked.count(("GET", "/end")), 18)

    def test_a_post_becomes_a_get_where_curl_makes_it_one(self):
        self.follow("/form", "--body", "a=1")
        self.assertEqual(set(Handler.asked), {("POST", "/form"), ("GET", "/end")})

    def test_a_kept_connection_gone_bad_does_not_make_a_post_twice(self):
        Handler.places["/slow"] = (303, f"http://localhost:{self.fickle.getsockname()[1]}/end")
        for transport in ("curl_easy", "curl_asio"):
            Handler.asked.clear()
            strategy = "session_reuse" if transport == "curl_easy" else "event_loop"
            document, _ = self.measure(
                "--follow", "--url", f"http://127.0.0.1:{self.port}/slow", "--body", "a=1",
                "--strategy", strategy, "--transport", transport, "--rounds", 1, "-n", 4,
                "--workers", 1)
            run = document["cells"][0]["runs"][0]
            self.assertEqual((len(Handler.asked), run["requests"]["attempts"]), (4, 4), transport)

    def test_redirects_of_a_unix_socket_are_refused(self):
        self.refuse("run", "--follow", "--url", "http+unix://%2Ftmp%2Fnone.sock/", "--dry-run",
                    words=("--follow", "Unix socket"))

    def test_redirects_that_lead_nowhere_fail_in_words(self):
        for path, name, words in (
                ("/round", "301", "more than 10 redirects"),
                ("/away", "302", "redirected from this machine to another one; name that URL"),
                ("/mail", "302", "redirected to no http or https URL"),
                ("/file", "302", "redirected to no http or https URL"),
                ("/wrong", "302", "redirected to no http or https URL"),
                ("/unknown", "dns", "")):
            with self.subTest(path):
                runs, result = self.follow(path, code=3)
                for run in runs:
                    self.assertEqual([(kind["outcome"], kind["count"]) for kind in run["failures"]],
                                     [("dns" if name == "dns" else "bad_status", 6)], run)
                self.assertIn(f"{name}: 6 of 6 requests{words and ', ' + words}", result.out)

    def test_libraries_that_follow_none_are_skipped(self):
        result = self.succeed("run", "--follow", "--url", f"http://127.0.0.1:{self.port}/one",
                              "--dry-run", "--transport", "all", "--strategy", "event_loop")
        self.assertIn("skipped event_loop / beast_async / 10 workers: beast follows no redirects",
                      result.out)
        self.assertIn("curl_asio", result.out)

    def test_it_is_for_real_targets(self):
        self.refuse("run", "--follow", "--dry-run", words=("--follow", "--url"))


if __name__ == "__main__":
    unittest.main()
