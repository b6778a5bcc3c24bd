"""HTTP/2 with servers that nobody here wrote: every transport that speaks it."""

import unittest

import fanout_cli
import real_servers

REQUESTS = 10_000
SECURE = ["curl_asio", "curl_easy", "curl_multi", "nghttp2_async"]
PLAIN = ["nghttp2_async"]  # and libcurl where its release can
TLS = "ssl_certificate cert.pem; ssl_certificate_key key.pem;"


class Nginx(real_servers.Nginx):
    """It ends each connection after 1,000 requests, with GOAWAY."""

    needs = ("nginx", "openssl")
    listen = "http2"


class SecureNginx(Nginx):
    listen, settings = "ssl http2", TLS

    def launch(self):
        self.make_certificate()
        super().launch()


class NginxOfHttp1(SecureNginx):
    listen = "ssl"


class Nghttpd(real_servers.Server):
    name, needs = "nghttpd", ("nghttpd", "openssl")
    arguments = ("--no-tls",)
    files = ()

    def launch(self):
        self.run(real_servers.program("nghttpd"), *self.arguments, f"-d{self.folder}", self.port,
                 *self.files)


class SecureNghttpd(Nghttpd):
    arguments, files = (), ("key.pem", "cert.pem")

    def launch(self):
        self.make_certificate()
        super().launch()


class Http2Test(fanout_cli.CliTest):
    def start(self, kind):
        if lacking := kind.lacks():
            self.skipTest(f"not installed: {', '.join(lacking)}")
        server = kind().start()
        self.addCleanup(server.stop)
        return server

    def cells(self, server, requests=REQUESTS, code=0):
        document, _ = self.measure(
            "--url", server.url, "-n", requests, "--http", 2, "--rounds", 1, "--no-references",
            "--strategy", "thread_pool,event_loop", "--transport", ",".join(SECURE), code=code,
            variables=server.variables)
        return document["cells"]

    def check(self, kind, transports):
        """Every request is answered once, but for a few that libcurl gives up with connections that
        end (docs/http2.md); returns the server and how many were answered."""
        server = self.start(kind)
        cells = self.cells(server)
        self.assertLessEqual(set(transports), {cell["transport"] for cell in cells})
        for cell in cells:
            with self.subTest(cell["transport"]):
                [run] = cell["runs"]
                given_up = run["errors"].get("reset", 0)
                self.assertLessEqual(given_up, 20 if cell["stack"] == "libcurl" else 0)
                self.assertEqual((run["reasons"], set(run["errors"]) - {"reset"}), ([], set()))
                self.assertEqual(run["requests"]["ok"], REQUESTS - given_up)
        return server, sum(cell["runs"][0]["requests"]["ok"] for cell in cells)


class NginxTest(Http2Test):
    def test_its_log_has_every_request(self):
        for kind, transports in ((SecureNginx, SECURE), (Nginx, PLAIN)):
            server, answered = self.check(kind, transports)
            self.assertEqual(server.log().count('"GET /page.txt HTTP/2.0" 200'), answered)


class NghttpdTest(Http2Test):
    def test_every_request_is_answered(self):
        self.check(SecureNghttpd, SECURE)
        self.check(Nghttpd, PLAIN)


class OtherVersionTest(Http2Test):
    def test_a_server_of_http_1_alone_is_said_to_be_one(self):
        """The runs are invalid, since nothing succeeded."""
        for kind, transports, words in (
                (NginxOfHttp1, SECURE, "the server does not choose it in the TLS handshake (ALPN)"),
                (real_servers.Nginx, PLAIN, "the server speaks another protocol")):
            cells = self.cells(self.start(kind), requests=20, code=3)
            self.assertLessEqual(set(transports), {cell["transport"] for cell in cells})
            for cell in cells:
                with self.subTest(cell["transport"], server=kind.__name__):
                    [run] = cell["runs"]
                    self.assertEqual(run["errors"], {"protocol": 20})
                    self.assertEqual([failure["words"] for failure in run["failures"]],
                                     [f"not HTTP/2: {words}"])


if __name__ == "__main__":
    unittest.main()
