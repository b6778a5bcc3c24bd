#!/usr/bin/env python3
"""The command curl reads what tests/contract/odd_answers.json says that it reads.

Every transport is held to the same file by tests/contract/transport_reading_test.cpp.
"""

import concurrent.futures
import json
import pathlib
import shutil
import socket
import subprocess
import threading
import unittest

FILE = pathlib.Path(__file__).resolve().parents[1] / "contract" / "odd_answers.json"
ANSWERS = json.loads(FILE.read_text(encoding="utf-8"))


def bytes_of(answer):
    pieces = (piece if isinstance(piece, str) else piece[0] * piece[1]
              for piece in answer["bytes"])
    return "".join(pieces).encode("latin-1")


class OddServer:
    """Answers GET /N with the N-th answer, each connection in a thread of its own."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=[client], daemon=True).start()

    @staticmethod
    def serve(client):
        with client:
            client.settimeout(30)
            head = b""
            try:
                while b"\r\n\r\n" not in head:
                    head += client.recv(65536)
                answer = ANSWERS[int(head.split()[1][1:])]
                client.sendall(bytes_of(answer))
                if answer.get("then") != "close":
                    while client.recv(65536):
                        pass
            except OSError:
                pass  # it has seen enough


@unittest.skipUnless(shutil.which("curl"), "there is no curl to ask")
class CurlTest(unittest.TestCase):
    def ask(self, number):
        """Whether curl read the answer, its status and the length of its body."""
        method = ["-I"] if ANSWERS[number].get("method") == "HEAD" else []
        asked = subprocess.run(
            ["curl", "-sS", "-q", "--noproxy", "*", "-m", "30", "-o", "/dev/null", *method,
             "-w", "%{http_code} %{size_download}", f"http://127.0.0.1:{self.server.port}/{number}"],
            capture_output=True, check=False)
        status, size = asked.stdout.split()
        return asked.returncode == 0, int(status), int(size), asked.stderr

    def test_curl_reads_what_every_transport_reads(self):
        self.server = OddServer()
        self.addCleanup(self.server.listener.close)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            asked = list(pool.map(self.ask, range(len(ANSWERS))))
        version = subprocess.run(["curl", "--version"], capture_output=True, text=True, check=True)
        is_curl_8 = version.stdout.startswith("curl 8")
        for answer, (read, status, size, errors) in zip(ANSWERS, asked):
            if is_curl_8 and "curl_8" in answer:
                continue
            with self.subTest(answer["name"]):
                ours = answer["outcome"] in ("ok", "bad_status")
                self.assertEqual(read, ours or answer.get("curl") == "reads", errors)
                if read and ours:
                    self.assertEqual((status, size),
                                     (answer.get("status", 0), answer.get("body", 0)))


if __name__ == "__main__":
    unittest.main()
