"""What the protocol asks of peers over HTTP/2: requests share connections as they are told, and
each has one outcome, the one that is due. Peers that are not installed are named, and left out.
"""

import sys
import unittest

import fanout_cli
import peer_test


class Http2Test(peer_test.Installed):
    http = "2"

    def test_shares_connections_as_it_is_told(self):
        """Over TLS and in clear text, by one worker and by several, with several hosts."""
        for tls, hosts in (("on", 2), ("off", 1)):
            work = self.scenario("shared", requests=60, workers=[1, 8], http="2",
                                 connections=[1, 3, "workers"],
                                 hosts=[{"delay": "2ms", "tls": tls}] * hosts)
            document, _ = self.measure("--scenario", work, "--rounds", 1, "--strategy", self.names,
                                       "--no-profile")
            self.assertEqual({cell["reason"] for cell in document["plan"]["skipped"]},
                             {"1 request in flight cannot use 3 connections; use as many or fewer"})
            self.assertEqual(len(document["cells"]), 4 * len(self.installed))
            for cell in document["cells"]:
                with self.subTest(tls=tls, cell=[cell["strategy"], cell["workers"],
                                                 cell.get("connections")]):
                    run = cell["runs"][0]
                    self.assertTrue(run["valid"], run["reasons"])
                    self.assertEqual(run["requests"]["ok"], 60)
                    each = cell.get("connections", cell["workers"])
                    if hosts == 1:  # each of several may be asked too little
                        self.assertEqual(run["server"]["http2"]["connections"], each)
                    self.assertLessEqual(run["server"]["http2"]["connections"], each * hosts)
                    self.assertLessEqual(run["server"]["http2"]["peak_streams"],
                                         -(-cell["workers"] // each))

    def test_connects_anew_where_the_scenario_says_so(self):
        def check(_, __, run):
            self.assertEqual(run["server"]["connections"], 20)
        self.each(self.runs_of(requests=20, reuse=False, hosts=[{"delay": "2ms"}]), check)

    def test_uses_the_method(self):
        def check(_, __, run):
            self.assertEqual(run["requests"]["ok"], 20)
        for method in ("HEAD", "POST"):
            self.each(self.runs_of("--method", method, requests=20, hosts=[{"delay": "2ms"}],
                                   request_body_bytes=1000 if method == "POST" else 0), check)

    def test_names_failures(self):
        faults = [{"kind": kind, "share": 0.08} for kind in ("reset_amid_body", "truncate", "reset")]
        faults += [{"kind": "status", "status": 503, "share": 0.08}]

        def check(_, __, run):
            self.assertEqual(run["errors"]["refused"], 100)
            self.assertLessEqual({"refused", "reset", "truncated", "bad_status"},
                                 set(run["errors"]))
        self.each(self.runs_of(requests=200, timeout="2s",
                               hosts=[{"delay": "5ms", "body_bytes": 5000, "faults": faults},
                                      {"faults": [{"kind": "refuse"}]}]), check)

    def test_trusts_whom_it_is_told_to(self):
        def check(_, __, run):
            self.assertEqual(run["errors"], {"tls": 10})
        self.each(self.runs_of(requests=20, hosts=[{"delay": "2ms", "tls": "on"},
                                                   {"delay": "2ms", "tls": "untrusted"}]), check)

    def test_gives_up_at_the_deadline(self):
        def check(_, workers, run):
            if workers == 1:  # two are answered in time
                self.assertEqual(run["errors"], {"deadline": 28})
        self.each(self.runs_of(requests=30, workers=[1, 8], deadline="1s",
                               hosts=[{"delay": "400ms"}]), check)


class ConversationTest(peer_test.ConversationTest):
    http = "2"
    PLAN = {**peer_test.ConversationTest.PLAN, "http": "2", "connections": 1}

    def test_has_nothing_to_do(self):
        super().test_has_nothing_to_do()


class VersionTest(fanout_cli.CliTest):
    def test_programs_run_over_the_versions_they_speak(self):
        def planned(*versions):
            text = self.succeed("list", "cells", "--scenario", "local-500", "--strategy",
                                "node_http2,event_loop,curl_parallel", "--external",
                                f"mine={sys.executable} mine.py", "--http", *versions).out
            return [line for line in text.splitlines() if " own" in line and "curl_asio" not in line]
        both = "\n".join(planned("1.1,2"))
        self.assertNotIn("mine has", both)
        self.assertRegex(both, r"node_http2 +own h2 x 1 ")
        self.assertRegex(both, r"mine +own +own ")
        self.assertNotRegex(both, r"(mine|curl_parallel) +own h2")
        alone = "\n".join(planned("2"))
        self.assertIn("skipped mine / own h2 x 1 / 20 workers: mine speaks HTTP/1.1 alone; leave out "
                      "--http 2", alone)
        self.assertIn("skipped node_http2 / own / 20 workers: node_http2 speaks HTTP/2 alone; give "
                      "--http 2", "\n".join(planned("1.1")))


if __name__ == "__main__":
    unittest.main()
