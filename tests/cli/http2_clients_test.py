"""The server's HTTP/2 with the clients of others: what they count is what it counts."""

import re
import shutil
import subprocess
import unittest

import fanout_cli
import raw_http2

REQUESTS = 10_000


class ClientTest(fanout_cli.CliTest):
    def run_client(self, *command, code=0):
        if shutil.which(command[0]) is None:
            self.skipTest(f"{command[0]} is not installed here")
        done = subprocess.run(command, capture_output=True, text=True, timeout=fanout_cli.HANG_S,
                              check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def servers(self, **host):
        for tls in ("off", "on"):
            with self.subTest(tls=tls):
                yield raw_http2.Server(self, tls=tls, **host)


class LoadTest(ClientTest):
    def test_h2load_has_every_request_answered(self):
        for server in self.servers():
            said = self.run_client("h2load", f"-n{REQUESTS}", "-c4", "-m50",
                                   server.url + raw_http2.token_path(7)[1:])
            self.assertIn(f"{REQUESTS} succeeded, 0 failed, 0 errored", said)
            counted = server.counters()
            for key, value in (("requests", REQUESTS), ("answered", REQUESTS), ("http2", 4),
                               ("streams", REQUESTS), ("peak", 50)):
                self.assertEqual(counted[key], value, counted["text"])

    def test_nghttp_has_every_request_answered(self):
        for server in self.servers():
            said = self.run_client("nghttp", "-n", "-s", f"-m{REQUESTS}",
                                   server.url + raw_http2.token_path(7)[1:])
            self.assertEqual(len(re.findall(r" 200 +115 /r/", said)), REQUESTS)
            counted = server.counters()
            self.assertEqual((counted["requests"], counted["answered"]), (REQUESTS, REQUESTS))

    def test_nghttpd_is_what_the_client_of_these_tests_expects(self):
        if shutil.which("nghttpd") is None:
            self.skipTest("nghttpd is not installed here")
        (self.folder / "r").mkdir()
        (self.folder / raw_http2.token_path(1)[1:]).write_text("x" * 115)
        port = fanout_cli.free_port()
        process = subprocess.Popen(["nghttpd", "--no-tls", f"-d{self.folder}", str(port)])
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        while not fanout_cli.listens(port):
            pass
        client = raw_http2.Client(port)
        self.addCleanup(client.close)
        client.get(1, 1)
        head, body, code = client.answer(1)
        self.assertIn(raw_http2.STATUS_200, head)
        self.assertEqual((len(body), code), (115, None))


class CurlTest(ClientTest):
    def test_curl_speaks_either_version(self):
        for server in self.servers():
            secure = server.url.startswith("https")
            for flag, version in (("--http2" if secure else "--http2-prior-knowledge", "2"),
                                  ("--http1.1", "1.1")):
                said = self.run_client("curl", "-sk", flag, "-w", " %{http_version} %{http_code}",
                                       "-d", "x" * 100_000,
                                       server.url + raw_http2.token_path(7)[1:])
                self.assertTrue(said.endswith(f" {version} 200"), said[-100:])

    def test_curl_is_offered_http_1_alone_unless_asked_for(self):
        server = raw_http2.Server(self, http="1.1", tls="on")
        said = self.run_client("curl", "-skv", "--stderr", "-", "--http2", server.url)
        self.assertIn("ALPN: server did not agree", said)

    def test_curl_tells_of_a_stream_that_is_reset(self):
        server = raw_http2.Server(self, tls="on", faults=[{"kind": "reset"}])
        self.run_client("curl", "-sk", "--http2", server.url + "r/0123456789abcdef", code=92)


class BrowserTest(ClientTest):
    def test_chromium_is_answered(self):
        server = raw_http2.Server(self, tls="on")
        self.run_client("chromium", "--headless", "--no-sandbox", "--disable-gpu",
                        "--ignore-certificate-errors", f"--user-data-dir={self.folder / 'profile'}",
                        "--dump-dom", server.url + raw_http2.token_path(7)[1:])
        counted = server.counters()
        self.assertGreater(counted["http2"], 0, counted["text"])
        self.assertGreater(counted["answered"], 0, counted["text"])
        self.assertEqual(counted["answered"], counted["streams"], counted["text"])


if __name__ == "__main__":
    unittest.main()
