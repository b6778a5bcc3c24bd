"""Requests to servers that nobody here wrote: every transport, and each server's own log agrees."""

import time
import unittest

import fanout_cli
import real_servers

STRATEGIES = "session_reuse,event_loop"  # one for each kind of transport


class RealServersTest(fanout_cli.CliTest):
    def check(self, kind):
        if lacking := kind.lacks():
            self.skipTest(f"not installed: {', '.join(lacking)}")
        server = kind().start()
        self.addCleanup(server.stop)
        document, _ = self.measure("--url", server.url, "-n", kind.requests, "--strategy", STRATEGIES,
                                   "--transport", "all", "--rounds", 1, "--no-references",
                                   variables=server.variables)
        cells = document["cells"]
        self.assertEqual(len(cells), 6 if server.variables else 7)  # the floor speaks no TLS
        for cell in cells:
            with self.subTest(cell["transport"]):
                [run] = cell["runs"]
                self.assertTrue(run["valid"], run["reasons"])
                self.assertEqual(run["requests"]["ok"], kind.requests, run["errors"])
        deadline = time.monotonic() + fanout_cli.HANG_S
        asked = kind.requests * len(cells)
        while server.served() < asked and time.monotonic() < deadline:
            time.sleep(0.05)  # some write their logs late
        self.assertEqual(server.served(), asked)


def test_of(kind):
    return lambda self: self.check(kind)


for each in real_servers.ALL:
    setattr(RealServersTest, f"test_{each.name.replace('.', '_')}", test_of(each))


if __name__ == "__main__":
    unittest.main()
