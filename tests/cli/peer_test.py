"""What the protocol asks of every peer that is installed here: each request has one outcome, and it
is the one that is due. Peers that are not installed are named, and left out.
"""

import json
import os
import re
import subprocess
import time
import unittest

import fanout_cli

PEERS = fanout_cli.ROOT / "strategies" / "peers"
REGISTRY = json.loads((PEERS / "peers.json").read_text())


def versions_of(peer):
    return peer.get("http", ["1.1"])


class Installed(fanout_cli.CliTest):
    http = "1.1"  # those that speak this version

    @classmethod
    def setUpClass(cls):
        able = [peer for peer in REGISTRY if cls.http in versions_of(peer)]
        absent = fanout_cli.absent_peers(*(peer["name"] for peer in able), http=cls.http)
        for name, reason in absent.items():
            print(f"skipped {name}: {reason}")
        cls.installed = [peer for peer in able if peer["name"] not in absent]
        if not cls.installed:
            raise unittest.SkipTest("no peer is installed here")
        cls.names = ",".join(peer["name"] for peer in cls.installed)

    def runs_of(self, *arguments, workers=8, **keys):
        """(peer, workers) -> its run on such a scenario, all of them proven."""
        work = self.scenario("peers", workers=workers, http=self.http, **keys)
        document, _ = self.measure("--scenario", work, "--rounds", 1, "--strategy", self.names,
                                   "--no-profile", *arguments)
        self.assertEqual(document["plan"]["skipped"], [])
        runs = {(cell["strategy"], cell["workers"]): cell["runs"][0] for cell in document["cells"]}
        self.assertLessEqual({peer["name"] for peer in self.installed}, {name for name, _ in runs})
        for key, run in runs.items():
            with self.subTest(key):
                self.assertTrue(run["valid"], run["reasons"])
                self.assertEqual(run["requests"]["total"], keys["requests"])
        return runs

    def each(self, runs, check):
        """Calls check(peer, workers, run) for every run."""
        for (name, workers), run in runs.items():
            peer = next(peer for peer in self.installed if peer["name"] == name)
            with self.subTest(peer=name, workers=workers):
                check(peer, workers, run)


class WorkTest(Installed):
    def test_answers_every_request(self):
        """By one worker and by several, with more requests than workers and with fewer."""
        for requests, all_workers in ((1, 1), (7, 8), (200, [1, 8])):
            def check(peer, workers, run):
                self.assertEqual(run["requests"]["ok"], requests)
                kept = requests if peer["connections"] == "request" else min(2 * workers, requests)
                self.assertLessEqual(run["server"]["connections"], kept)
                self.assertLessEqual(run["server"]["peak_in_flight"], workers)
                self.assertTrue(run["program"])
            self.each(self.runs_of(requests=requests, workers=all_workers,
                                   hosts=[{"delay": "5ms"}] * 2), check)

    def test_connects_anew_where_the_scenario_says_so(self):
        def check(_, __, run):
            self.assertEqual(run["server"]["connections"], 20)
        self.each(self.runs_of(requests=20, reuse=False, hosts=[{"delay": "2ms"}]), check)


class WorkersTest(Installed):
    def test_uses_its_workers(self):
        def check(peer, workers, run):
            most = 16 if peer["in_flight"] == "all" else workers
            self.assertGreaterEqual(run["server"]["peak_in_flight"], most * 0.75)
        self.each(self.runs_of(requests=16, hosts=[{"delay": "300ms"}]), check)


class MethodTest(Installed):
    def test_uses_the_method(self):
        def check(_, __, run):
            self.assertEqual(run["requests"]["ok"], 20)
        for method in ("HEAD", "POST"):
            self.each(self.runs_of("--method", method, requests=20, hosts=[{"delay": "2ms"}],
                                   request_body_bytes=1000 if method == "POST" else 0), check)


class FailureTest(Installed):
    def test_names_every_failure(self):
        def check(_, __, run):
            self.assertEqual(run["errors"]["refused"], 100)
            self.assertEqual(set(run["errors"]),
                             {"refused", "reset", "truncated", "timeout", "bad_status"})
        faults = [{"kind": kind, "share": 0.08} for kind in ("reset", "reset_amid_body", "truncate")]
        faults += [{"kind": "hang", "share": 0.02}, {"kind": "status", "status": 503, "share": 0.08}]
        self.each(self.runs_of(requests=200, timeout="1s",
                               hosts=[{"delay": "5ms", "body_bytes": 5000, "faults": faults},
                                      {"faults": [{"kind": "refuse"}]}]), check)

    def test_speaks_tls_and_trusts_whom_it_is_told_to(self):
        def check(_, __, run):
            self.assertEqual(run["errors"], {"tls": 10})
            self.assertGreater(run["server"]["handshakes"], 0)
        self.each(self.runs_of(requests=20, hosts=[{"delay": "2ms", "tls": "on"},
                                                   {"delay": "2ms", "tls": "untrusted"}]), check)


class DeadlineTest(Installed):
    def test_gives_up_at_the_deadline(self):
        def check(peer, workers, run):
            if peer["in_flight"] == "all":
                self.assertEqual(run["errors"], {})
            elif workers == 1:  # two are answered in time
                self.assertEqual(run["errors"], {"deadline": 28})
        self.each(self.runs_of(requests=30, workers=[1, 8], deadline="1s",
                               hosts=[{"delay": "400ms"}]), check)


class ConversationTest(Installed):
    PLAN = {"protocol": 1, "method": "GET", "body_bytes": 0, "work_ns": 0, "headers": [],
            "reuse": True, "http": "1.1", "connections": None, "connect_timeout_s": 5,
            "timeout_s": 30, "deadline_s": None, "queue_capacity": 2, "certificates": None}

    def commands(self):
        """peer -> the command that fanout starts it with."""
        document, _ = self.measure("--strategy", self.names, "--scenario", "local-500", "-n", 1,
                                   "--workers", 1, "--http", self.http, "--rounds", 1,
                                   "--no-progress")
        return {program["name"]: program["command"] for program in document["plan"]["programs"]}

    def converse(self, command, *lines):
        """What a peer says to these lines; exit code, output and standard error."""
        process = subprocess.run(command, input="".join(line + "\n" for line in lines), text=True,
                                 capture_output=True, timeout=30)
        return process.returncode, process.stdout, process.stderr

    def test_has_nothing_to_do(self):
        plan = {**self.PLAN, "count": 0, "targets": []}
        for name, command in self.commands().items():
            for workers in (1, 8):
                with self.subTest(peer=name, workers=workers):
                    code, out, err = self.converse(command,
                                                   json.dumps({**plan, "workers": workers}),
                                                   f"go {time.monotonic_ns()}")
                    self.assertRegex(out, r"\Aready [^\n]+\ndone\n\Z", err)
                    self.assertEqual(code, 0, err)

    def test_leaves_quietly_if_nobody_says_go(self):
        plan = {**self.PLAN, "count": 1, "targets": ["http://127.0.0.1:9/r/0123456789abcdef"],
                "workers": 1}
        for name, command in self.commands().items():
            with self.subTest(peer=name):
                _, out, err = self.converse(command, json.dumps(plan))
                self.assertNotIn("done", out)
                self.assertEqual(err, "")


class AbsentPeerTest(fanout_cli.CliTest):
    """As on a machine without Python, Node and curl: nothing is on PATH."""

    def absent(self, *arguments, **options):
        old = os.environ["PATH"]
        os.environ["PATH"] = str(self.folder)
        try:
            return self.fanout(*arguments, **options)
        finally:
            os.environ["PATH"] = old

    def test_is_listed_with_what_to_install(self):
        listed = self.absent("list", "strategies").out
        cells = self.absent("list", "cells", "--peers", "--workers", 4).out
        for peer in REGISTRY:
            if "1.1" not in versions_of(peer):
                continue
            packages = " ".join(need["package"] for need in peer["needs"] if "http" not in need)
            self.assertRegex(listed, f"{peer['name']} .* {packages} .*{re.escape(peer['summary'])}")
            self.assertRegex(cells, f"skipped {peer['name']} / own / [0-9]+ workers?: "
                                    f"not installed here: apt install {packages}\n")

    def test_is_skipped_and_the_rest_goes_on(self):
        result = self.absent("run", "--scenario", "article-c", "--rounds", 1, "--no-progress", "-o",
                             self.folder / "c.json")
        self.assertEqual(result.code, 0, str(result))
        self.assertIn("skipped py_sequential / own / 1 worker: not installed here: apt install "
                      "python3 python3-requests\n", result.out)
        document = fanout_cli.load(self.folder / "c.json")
        self.assertEqual([cell["strategy"] for cell in document["cells"] if cell["stack"] == "own"],
                         [])

    def test_is_refused_by_name(self):
        result = self.absent("run", "--strategy", "py_asyncio")
        self.assert_refused(result, "nothing to run", "python3-aiohttp")


if __name__ == "__main__":
    unittest.main()
