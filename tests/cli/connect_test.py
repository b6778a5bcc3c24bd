"""Where the time of requests to real targets goes, and what keeps a connection from being opened."""

import contextlib
import socket
import threading
import time
import unittest

import fanout_cli

TELLING = "curl_easy,curl_multi,curl_asio,beast_sync,beast_async,floor,uring"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"


@contextlib.contextmanager
def server(backlog, think_s):
    """Serves one connection after the other; the address it listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(backlog)

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection, contextlib.suppress(OSError):
                        connection.recv(65536)
                        time.sleep(think_s)
                        connection.sendall(ANSWER)
                        connection.shutdown(socket.SHUT_WR)
                        connection.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


class ConnectTest(fanout_cli.CliTest):
    def ask(self, url, *flags):
        file = self.folder / "result.json"
        run = self.succeed("run", "--url", url, "--strategy", "thread_pool,event_loop", "--transport",
                           TELLING, "--rounds", 1, "-o", file, *flags)
        return fanout_cli.load(file)["cells"], run.out + run.err

    def test_a_full_accept_queue_is_named(self):
        with server(backlog=1, think_s=0.02) as url:
            cells, out = self.ask(url, "-n", 8, "--workers", 8, "--reuse", "off")
        self.assertRegex(out, rf"note: connect: \d+ SYNs sent again in {len(cells)} runs, .*: "
                              r"an accept queue on this machine was full")
        self.assertIn("Some connections took 1 s or more to open", out)
        for cell in cells:
            with self.subTest(cell["transport"]):
                (run,) = cell["runs"]
                self.assertGreater(run["phases"]["syns_resent"], 0)
                self.assertGreater(run["phases"]["connect_ns"], 1e8)

    def test_connections_that_never_come_are_counted_too(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)  # and nobody accepts
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            file = self.folder / "never.json"
            self.fanout("run", "--url", url, "--strategy", "thread_pool,event_loop", "--transport",
                        "beast_sync,beast_async,floor,uring", "--rounds", 1, "-n", 4, "--workers", 4,
                        "--connect-timeout", "1500ms", "--timeout", "2s", "--keep-going",
                        "-o", file)
            for cell in fanout_cli.load(file)["cells"]:
                with self.subTest(cell["transport"]):
                    self.assertGreater(cell["runs"][0]["phases"]["syns_resent"], 0)

    def test_the_parts_are_the_whole_and_waiting_is_for_the_server(self):
        with server(backlog=64, think_s=0.02) as url:
            cells, out = self.ask(url, "-n", 10, "--workers", 1)
        self.assertNotIn("sent again", out)
        self.assertRegex(out, r"connect +1st byte +rest")
        for cell in cells:
            with self.subTest(cell["transport"]):
                (run,) = cell["runs"]
                phases = dict(run["phases"])
                self.assertEqual(phases.pop("syns_resent"), 0)
                mean = run["latency_ns"]["mean"]
                self.assertAlmostEqual(sum(phases.values()), mean, delta=0.1 * mean)
                self.assertGreater(phases["first_byte_ns"], 0.8 * mean)

    def test_the_laboratory_is_not_watched(self):
        document, _ = self.measure("-n", 20, "--strategy", "thread_pool", "--rounds", 1,
                                   "--no-profile", "--no-references")
        self.assertIsNone(document["cells"][0]["runs"][0]["phases"])


if __name__ == "__main__":
    unittest.main()
