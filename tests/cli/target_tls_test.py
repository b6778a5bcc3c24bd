#!/usr/bin/env python3
"""TLS to servers of the user's own: certificates shown, trusted files, and what is refused."""

import pathlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

import fanout_cli

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
ONE = ("--strategy", "session_reuse,event_loop", "--rounds", 1, "-n", 4, "--workers", 2)


class Server:
    """Speaks TLS, demands a certificate of its clients, and says ok."""

    def __init__(self, certificate, key, clients=None, newest=ssl.TLSVersion.TLSv1_3):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.load_verify_locations(clients or certificate)
        context.verify_mode = ssl.CERT_REQUIRED
        context.maximum_version = newest
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"https://127.0.0.1:{self.listener.getsockname()[1]}/"
        threading.Thread(target=self.accept, args=[context], daemon=True).start()

    def accept(self, context):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=[context, client], daemon=True).start()

    @staticmethod
    def serve(context, client):
        try:
            client.settimeout(30)
            with context.wrap_socket(client, server_side=True) as tls:
                while head := tls.recv(65536):
                    tls.sendall(ANSWER * head.count(b"\r\n\r\n"))
        except OSError:
            client.close()


@unittest.skipUnless(shutil.which("openssl"), "there is no openssl to make certificates")
class TargetTlsTest(fanout_cli.CliTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.files = pathlib.Path(folder.name)
        issuer = ("-CA", cls.files / "own.pem", "-CAkey", cls.files / "own.key")
        for name, *signed in (("own",), ("other",), ("issued", *issuer)):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                            "-subj", f"/O={name}/CN=127.0.0.1", "-addext",
                            "subjectAltName=IP:127.0.0.1", *signed, "-keyout",
                            cls.files / f"{name}.key", "-out", cls.files / f"{name}.pem"],
                           check=True, capture_output=True)
        cls.own, cls.key = cls.files / "own.pem", cls.files / "own.key"
        cls.server = Server(cls.own, cls.key)
        cls.addClassCleanup(cls.server.listener.close)

    def errors(self, *flags, server=None, trusted=None, **options):
        document, _ = self.measure("--url", (server or self.server).url, *ONE, "--transport", "all", "--keep-going",
                                   *flags, variables={"SSL_CERT_FILE": str(trusted or self.own)},
                                   **options)
        return {f"{cell['strategy']} / {cell['transport']}": cell["runs"][0]["errors"]
                for cell in document["cells"] if cell["stack"] not in ("none", "floor")}

    def test_a_certificate_is_shown_to_whom_demands_one(self):
        shown = self.errors("--cert", self.own, "--key", self.key, code=None)
        self.assertEqual(set(map(str, shown.values())), {"{}"}, shown)
        hidden = self.errors(code=None)
        self.assertEqual(set(map(str, hidden.values())), {"{'tls': 4}"}, hidden)

    def test_the_version_that_was_spoken_is_recorded(self):
        old = Server(self.own, self.key, newest=ssl.TLSVersion.TLSv1_2)
        self.addCleanup(old.listener.close)
        for server, version in ((old, "TLS 1.2"), (self.server, "TLS 1.3")):
            document, result = self.measure(
                "--url", server.url, *ONE, "--transport", "all", "--cert", self.own, "--key",
                self.key, variables={"SSL_CERT_FILE": str(self.own)}, code=None)
            self.assertIn(f"real targets, {version}, proof", result.out)
            spoken = {cell["transport"]: cell["runs"][0]["tls_versions"]
                      for cell in document["cells"] if cell["stack"] not in ("none", "floor")}
            self.assertEqual(set(map(tuple, spoken.values())), {(version,)}, spoken)

    def test_a_certificate_that_is_trusted_itself_needs_no_issuer(self):
        """As with curl."""
        issued = self.files / "issued.pem"
        server = Server(issued, self.files / "issued.key", clients=self.own)
        self.addCleanup(server.listener.close)
        shown = ("--cert", self.own, "--key", self.key)
        for trusted in (issued, self.own):
            errors = self.errors(*shown, server=server, trusted=trusted, code=None)
            self.assertEqual(set(map(str, errors.values())), {"{}"}, errors)

    def test_files_that_cannot_be_used_are_refused_before_the_first_run(self):
        url = ("--url", self.server.url, *ONE)
        empty = self.files / "empty.pem"
        empty.touch()
        none = self.files / "none.pem"
        for file, words in ((none, "No such file"), (empty, "empty"), (self.files, "folder"),
                            (self.key, "no certificate")):
            with self.subTest(file=file):
                self.refuse("run", *url, words=("SSL_CERT_FILE", str(file), words),
                            variables={"SSL_CERT_FILE": str(file)})
                self.refuse("run", *url, "--cert", file, words=("--cert", str(file), words))
        for folder in (none, self.own):
            self.refuse("run", *url, words=("SSL_CERT_DIR", str(folder)),
                        variables={"SSL_CERT_DIR": str(folder)})
        self.refuse("run", *url, "--cert", self.own, words=("--cert", "key"))
        self.refuse("run", *url, "--cert", self.own, "--key", self.files / "other.key",
                    words=("--key", "not the key"))
        self.refuse("run", *url, "--key", self.key, words=("--key", "--cert"))

    def test_flags_that_go_with_https_alone(self):
        self.refuse("run", "--url", "http://127.0.0.1:1/", *ONE, "--cert", self.own,
                    words=("--cert", "https"))
        self.refuse("run", *ONE, "--cert", self.own, words=("--cert", "--url"))


if __name__ == "__main__":
    unittest.main()
