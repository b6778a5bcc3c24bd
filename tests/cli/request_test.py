"""What requests say: any method, body and header, of all requests or of one line of a list."""

import base64
import http.server
import json
import threading
import unittest

import fanout_cli

ALL = ("--strategy", "event_loop,session_reuse", "--transport", "all", "--rounds", "1",
       "--workers", "2")


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers every method, and keeps what was asked."""

    protocol_version = "HTTP/1.1"

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, self.headers, body))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


class RequestTest(fanout_cli.CliTest):
    def setUp(self):
        super().setUp()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
        self.server.daemon_threads = True
        self.server.seen = []
        thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(thread.join)
        self.addCleanup(self.server.shutdown)
        self.authority = f"127.0.0.1:{self.server.server_address[1]}"

    def seen(self, path):
        return [asked for asked in self.server.seen if asked[1] == path]

    def asked(self, *flags, **more):
        """The document and what was printed, every request having been answered."""
        document, result = self.measure(*ALL, *flags, **more)
        cells = [cell for cell in document["cells"] if cell["stack"] != "none"]
        self.assertGreater(len({cell["transport"] for cell in cells}), 5)
        for cell in cells:
            self.assertEqual(cell["runs"][0]["requests"]["failed"], 0, cell["transport"])
        return document, result, len(cells)

    def test_lines_differ_in_method_headers_and_body(self):
        here = f"http://{self.authority}"
        vegeta = {"method": "PUT", "url": here + "/put", "header": {"X-A": ["1", "2"]},
                  "body": base64.b64encode(b"\xff\x00").decode()}
        plain = {"url": here + "/post", "headers": {"X-A": "3"}, "body_text": '{"a": 1}'}
        lines = [here + "/get", json.dumps(vegeta), "ftp://nowhere/", json.dumps(plain),
                 json.dumps({"url": here + "/find", "method": "PROPFIND"}),
                 f"http://me:s3cret@{self.authority}/secret", "{}", self.authority + "/b c#d"]
        file = self.folder / "list.txt"
        file.write_bytes("\r".join(lines).encode("utf-8-sig"))
        refused = self.fanout("run", *ALL, "--urls", file)
        self.assertEqual((refused.code, refused.out), (2, ""))
        for words in ("2 bad lines", "line 3: ftp://", "line 7: ", "--skip-bad-lines"):
            self.assertIn(words, refused.err)
        document, result, cells = self.asked("--urls", file, "--skip-bad-lines", "-n", 6,
                                              "-H", "X-All:yes")
        self.assertEqual(document["plan"]["scenarios"][0]["targets"]["skipped_lines"], 2)
        self.assertIn("2 lines left out", result.out)
        for words in ("left out", "line 3: ftp://", "1 URL without a scheme", "1 URL with blanks"):
            self.assertIn(words, result.err)
        self.assertNotIn("s3cret", json.dumps(document) + result.out + result.err)
        for path, method, values, body in (("/get", "GET", None, b""),
                                           ("/put", "PUT", ["1", "2"], b"\xff\x00"),
                                           ("/post", "POST", ["3"], b'{"a": 1}'),
                                           ("/find", "PROPFIND", None, b""),
                                           ("/b%20c", "GET", None, b"")):
            seen = self.seen(path)
            self.assertEqual(len(seen), cells, path)
            for asked in seen:
                self.assertEqual((asked[0], asked[2].get_all("X-A"), asked[3]),
                                 (method, values, body))
                self.assertEqual(asked[2]["X-All"], "yes")
                self.assertTrue(asked[2]["User-Agent"].startswith("fanout/"))
        for asked in self.seen("/secret"):
            self.assertEqual(asked[2]["Authorization"],
                             "Basic " + base64.b64encode(b"me:s3cret").decode())
        for asked in self.seen("/post"):
            self.assertEqual(asked[2]["Content-Type"], "application/json")

    def test_a_body_is_that_of_every_request(self):
        body = self.folder / "body"
        body.write_bytes(b"[1,\n\x00]")
        _, result, cells = self.asked("--url", f"http://{self.authority}/x", "--body", f"@{body}",
                                      "-n", "3", "-H", "Host: elsewhere", "-H", "User-Agent: me")
        self.assertIn("application/json", result.err)
        self.assertEqual(len(self.seen("/x")), 3 * cells)
        for method, _, headers, sent in self.seen("/x"):
            self.assertEqual((method, sent), ("POST", b"[1,\n\x00]"))
            self.assertEqual([headers.get_all(name) for name in
                              ("Host", "User-Agent", "Content-Type", "Expect")],
                             [["elsewhere"], ["me"], ["application/json"], None])

    def test_the_embedded_server_answers_it_too(self):
        for engine in ("asio", "httplib"):
            document, *_ = self.asked("--scenario", "zero", "-n", "50", "--engine", engine,
                                      "--method", "PATCH", "--body", "a=1")
            for cell in document["cells"]:
                if cell["stack"] == "none":
                    continue
                [run] = cell["runs"]
                self.assertTrue(run["valid"], run["reasons"])
                self.assertEqual(run["server"]["methods"], {"PATCH": 50})
                self.assertEqual(run["server"]["request_body_bytes"], 150)

    def test_what_cannot_be_sent_is_refused(self):
        url = ("--url", f"http://{self.authority}/")
        self.refuse("run", *url, "--body", "@none", words=("--body @none", "cannot be read"))
        self.refuse("run", *url, "--body", "x", "--method", "HEAD", words=("--body", "HEAD"))
        self.refuse("run", "--urls", "-", "--body", "@-", words=("--body @-", "standard input"))
        self.refuse("run", *url, "-H", "X: a\nY: b", words=("X:", "line end"))
        self.refuse("run", *url, "-H", "X Y: b", words=("X Y:", "Name: value"))
        self.refuse("run", *url, "--skip-bad-lines", words=("--skip-bad-lines", "--urls"))
        self.refuse("run", "--scenario", "zero", "--engine", "httplib", "--method", "PURGE",
                    words=("httplib", "PURGE", "asio"))
        for text, word in (("http://a/".encode("utf-16"), "UTF-16"), (b"http://a/\0", "NUL")):
            file = self.folder / "odd.txt"
            file.write_bytes(text)
            self.refuse("run", "--urls", file, "--skip-bad-lines", words=("odd.txt", word, "iconv"))


if __name__ == "__main__":
    unittest.main()
