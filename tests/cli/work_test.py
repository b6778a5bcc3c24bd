"""CPU work on answers: who does it, what it costs, and that it was done."""

import os
import unittest

import fanout_cli

WORK_US = 2000


class WorkTest(fanout_cli.CliTest):
    def work_scenario(self, **keys):
        return self.scenario("work", requests=60, workers=8,
                             hosts=[{"delay": "2ms", "body_bytes": 115}], **keys)

    def test_every_strategy_does_it_and_what_it_costs_is_known(self):
        cells = self.measure_each_once("--scenario", self.work_scenario(), "--rounds", 1, "--work",
                                       f"{WORK_US}us", "--no-references")
        self.assertIn("loop_and_pool", {cell["strategy"] for cell in cells})
        for cell in cells:
            for run in cell["runs"]:
                with self.subTest(f"{cell['strategy']} / {cell['transport']}"):
                    self.assertEqual((run["valid"], run["reasons"]), (True, []))
                    self.assertEqual(run["work"]["answers"], 60)
                    self.assertGreaterEqual(run["work"]["cpu_ns"], 1000 * WORK_US)
                    self.assertLessEqual(run["work"]["cpu_ns"], 1000 * WORK_US * 1.03)
                    self.assertGreaterEqual(cell["summary"]["cpu_us_per_request"], WORK_US)
                    self.assertLessEqual(run["efficiency"], 1.01)
                    # What a run waits for is known from its requests: each takes its work at least.
                    self.assertGreaterEqual(run["latency_ns"]["min"], 1000 * WORK_US)
                    if cell["strategy"] == "event_loop" and "noisy" not in run["flags"]:
                        self.assertIn("client_bound", run["flags"])

    def test_it_is_for_those_who_take_part_and_for_programs(self):
        scenario = self.work_scenario()
        with_work, result = self.measure(
            "--scenario", scenario, "--work", "2ms", "--rounds", 1, "--no-references",
            "--external", f"lazy={self.lazy_program()}", "--no-profile", code=3)
        names = {cell["strategy"] for cell in with_work["cells"]}
        self.assertIn("loop_and_pool", names)
        lazy = next(cell for cell in with_work["cells"] if cell["strategy"] == "lazy")
        self.assertRegex(lazy["runs"][0]["reasons"][0],
                         "it used .* of CPU time, and the work on 60 answers takes 120 ms")
        self.assertRegex(result.out, r"CPU us/req .*work")
        shared = with_work["plan"]["affinity"] == "shared"
        self.assertEqual(shared, len(os.sched_getaffinity(0)) == 2)
        self.assertEqual("share both CPUs" in result.out, shared)
        listed = self.succeed("list", "cells", "--scenario", scenario)
        self.assertNotIn("loop_and_pool", listed.out)

    def lazy_program(self):
        """A program that makes its requests and does no work."""
        file = self.folder / "lazy.py"
        file.write_text(
            "import urllib.request\n"
            "from fanout_peer import Peer\n"
            "peer = Peer()\n"
            "for request in peer.go():\n"
            "    request.work_ns = 0\n"
            "    with request:\n"
            "        with urllib.request.urlopen(request.url) as response:\n"
            "            request.headed(response.status, response.headers)\n"
            "            request.received(len(response.read()))\n"
            "peer.done()\n")
        return f"python3 {file}"

    def test_variants_of_other_work_are_other_scenarios(self):
        document, result = self.measure(
            "--scenario", self.work_scenario(strategies=["event_loop"],
                                             variants={"heavy": {"work": "3ms"}}),
            "--rounds", 1, "--no-profile", "--no-references")
        self.assertEqual(document["families"], [])
        self.assertIn("\nwork.heavy: ", result.out)

    def test_what_makes_no_sense_is_one_line(self):
        self.refuse("run", "--work", "11s", words=("--work", "a duration up to 10s"))
        self.refuse("run", "--work", "much", words=("--work", "a duration up to 10s"))
        self.refuse("run", "--work", "2s", "--workers", 20, words=("20 answers", "--timeout"))
        self.refuse("run", "--scenario", self.work_scenario(work="2m"),
                    words=("work", "a duration up to 10s"))


if __name__ == "__main__":
    unittest.main()
