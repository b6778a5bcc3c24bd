#!/usr/bin/env python3
"""Runs over TLS: every pair proves its requests, and the server counts the handshakes."""

import unittest

from result_test import KEPT, WORKERS, Measured, runs_of

HOST = {"delay": "5ms", "tls": "on"}


class TlsTest(Measured):
    def check_handshakes(self, document):
        for cell, run in runs_of(document):
            if cell["stack"] == "none":
                continue
            with self.subTest(f"{cell['strategy']} / {cell['transport']}"):
                server = run["server"]
                self.assertEqual(server["handshakes"], server["connections"])
                self.assertLess(server["resumed"], server["handshakes"])

    def test_every_pair_shakes_hands_once_for_each_connection(self):
        kept, _ = self.all_pairs(hosts=[HOST])
        self.check_handshakes(kept)
        self.check_connections(kept, KEPT)
        fresh = self.each_once("--reuse", "off", hosts=[HOST])
        self.check_handshakes(fresh)
        self.check_connections(fresh, {"others": [40]})

    def test_sessions_are_resumed_within_a_client(self):
        document, _ = self.all_pairs("--reuse", "off", "--strategy", "sequential,session_reuse",
                                     hosts=[HOST])
        for cell, run in runs_of(document):
            if cell["stack"] == "none":
                continue
            one_client = cell["strategy"] == "session_reuse"
            self.assertEqual(run["server"]["resumed"], 39 if one_client else 0,
                             f"{cell['strategy']} / {cell['transport']}")

    def test_plain_and_encrypted_hosts_in_one_scenario(self):
        document, _ = self.all_pairs("--strategy", "session_reuse", hosts=[HOST, {"delay": "1ms"}])
        for cell, run in runs_of(document):
            if cell["stack"] != "none":
                self.assertEqual(run["server"]["connections"], 2)
                self.assertEqual(run["server"]["handshakes"], 1)

    def test_no_request_reaches_a_server_that_is_not_trusted(self):
        file = self.scenario("untrusted", requests=12, workers=WORKERS, hosts=[{"tls": "untrusted"}])
        # No request is proven but those of no network: what the exit code is depends on them.
        cells = self.measure_each_once("--scenario", file, "--rounds", 1, code=None)
        for cell, run in runs_of({"cells": cells}):
            if cell["stack"] == "none":
                continue
            with self.subTest(f"{cell['strategy']} / {cell['transport']}"):
                self.assertEqual(run["errors"], {"tls": 12})
                self.assertEqual(run["server"]["requests"], 0)
                self.assertGreater(run["server"]["connections"], 0)

    def test_the_built_in_scenario_of_two_sites(self):
        document, _ = self.measure("--scenario", "two-sites", "--rounds", 1, "--strategy",
                                   "session_reuse,event_loop", "--requests", 40)
        for cell, run in runs_of(document):
            self.assertTrue(run["valid"], run["reasons"])
            self.assertEqual(run["server"]["handshakes"], run["server"]["connections"])
        one = next(run for cell, run in runs_of(document) if cell["strategy"] == "session_reuse")
        self.assertEqual(one["server"]["handshakes"], 2)

    def test_an_engine_without_tls_is_refused(self):
        file = self.scenario("other", engine="httplib", hosts=[HOST])
        self.refuse("run", "--scenario", file, words=("engine httplib", "engine asio"))


if __name__ == "__main__":
    unittest.main()
