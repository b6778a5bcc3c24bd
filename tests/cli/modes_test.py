"""Modes steady and open, with every strategy: what is measured, flagged, shown and refused.

Times are asserted as ratios only, so that a busy machine does not fail them.
"""

import csv
import io
import unittest

from fanout_cli import CliTest, load, table_rows

FREEZE_NS = 200e6


def runs_of(document):
    return [(cell, run) for cell in document["cells"] for run in cell["runs"]]


class OpenTest(CliTest):
    def test_response_time_shows_a_freeze_and_service_time_does_not(self):
        document, result = self.measure("--scenario", "freeze", "--rounds", 1, "--no-profile",
                                        "--strategy", "thread_pool,process_pool,event_loop")
        for cell, run in runs_of(document):
            with self.subTest(cell["strategy"], transport=cell["transport"]):
                self.assertTrue(run["valid"], run["reasons"])
                response, service = run["open"]["response_ns"], run["latency_ns"]
                self.assertGreater(response["p99"], 0.5 * FREEZE_NS)
                self.assertLess(service["p99"], response["p99"] / 3)
                self.assertGreater(service["max"], 0.5 * FREEZE_NS)  # those that it met
                if "noisy" not in run["flags"]:  # a neighbour may saturate it, too
                    self.assertNotIn("saturated", run["flags"])
        titles, *rows = table_rows(result.out)
        for title in ("p99", "resp p99", "kept"):
            self.assertIn(title, titles)
        self.assertEqual(len(rows), len(document["cells"]))

    def test_more_than_workers_can_do_is_saturated(self):
        work = self.scenario("tight", requests=400, workers=2, hosts=[{"delay": "10ms"}])
        rows = ("--scenario", work, "--rounds", 1, "--no-profile", "--strategy", "thread_pool,event_loop",
                "--mode", "open", "--rate")
        for _, run in runs_of(self.measure(*rows, 400)[0]):
            self.assertTrue(run["valid"], run["reasons"])
            self.assertIn("saturated", run["flags"])
            share = run["open"]["achieved_per_second"] / run["open"]["offered_per_second"]
            self.assertLess(share, 0.55)
            self.assertNotEqual(run["limited_by"], "rate")
            self.assertGreater(run["open"]["response_ns"]["p50"], 10 * run["latency_ns"]["p50"])
        for _, run in runs_of(self.measure(*rows, 80, "-n", 80)[0]):
            self.assertNotIn("saturated", run["flags"])
            self.assertEqual(run["limited_by"], "rate")

    def test_forms_of_the_result_tell_both_times(self):
        work = self.scenario("easy", mode="open", rate=400, workers=4)
        file = self.folder / "r.json"
        self.succeed("run", "--scenario", work, "--rounds", 1, "--strategy", "event_loop",
                     "--transport", "curl_asio", "-o", file)
        text = self.succeed("report", file, "--format", "csv").out
        row = next(csv.DictReader(io.StringIO(text)))
        run = load(file)["cells"][0]["runs"][0]
        self.assertEqual(int(row["response_p99_ns"]), run["open"]["response_ns"]["p99"])
        self.assertEqual(int(row["latency_p99_ns"]), run["latency_ns"]["p99"])
        self.assertEqual(row["warm_up_ns"], "")
        markdown = self.succeed("report", file, "--format", "markdown").out
        self.assertIn("resp p99", markdown)


class EachTest(CliTest):
    """Every strategy: counts and lower bounds only, so that neighbours do not matter."""

    def test_every_strategy_keeps_to_the_schedule_and_is_proven(self):
        work = self.scenario("easy", requests=200, workers=10, mode="open", rate=200,
                             arrivals="poisson", hosts=[{"delay": "1ms"}])
        document, result = self.measure("--scenario", work, "--rounds", 1)
        self.assertGreater(len(document["cells"]), 8)
        for cell, run in runs_of(document):
            with self.subTest(cell["strategy"], transport=cell["transport"]):
                self.assertTrue(run["valid"], run["reasons"])
                self.assertEqual(run["requests"]["ok"], 200)
                self.assertGreater(run["makespan_ns"], 0.5e9)
                self.assertGreaterEqual(run["open"]["response_ns"]["p50"] * 1.01,
                                        run["latency_ns"]["p50"])
                self.assertLessEqual(run["efficiency"], 1.01)
                self.assertIsNone(run["steady"])
        offered = {run["open"]["offered_per_second"] for _, run in runs_of(document)}
        self.assertEqual(len(offered), 1, "cells of a round had different schedules")
        self.assertIn("200 requests, 200/s poisson", result.out)

    def test_every_strategy_is_measured_after_warm_up_and_proven(self):
        work = self.scenario("even", requests=100, workers=4, hosts=[{"delay": "2ms"}])
        document, result = self.measure("--scenario", work, "--mode", "steady", "--rounds", 1,
                                        "--no-profile")
        self.assertGreater(len(document["cells"]), 8)
        for cell, run in runs_of(document):
            with self.subTest(cell["strategy"], transport=cell["transport"]):
                self.assertTrue(run["valid"], run["reasons"])
                self.assertIsNone(run["open"])
                steady = run["steady"]
                self.assertIsNotNone(steady, "its list of requests was too short")
                self.assertGreaterEqual(steady["requests"], 1900)
                self.assertLess(steady["requests"], run["requests"]["total"])
                self.assertEqual(run["requests"]["failed"], 0)
                self.assertEqual(run["errors"], {})
                self.assertEqual(sum(count for _, count in run["histogram"]), steady["ok"])
                rate = steady["requests"] / run["makespan_ns"] * 1e9
                self.assertAlmostEqual(cell["summary"]["requests_per_second"] / rate, 1)
                self.assertGreater(run["cpu_ns"], 0)
                self.assertLess(run["cpu_ns"], run["process_cpu_ns"], (steady, run["makespan_ns"]))
        self.assertIn("steady: up to ", result.out)

    def test_failures_on_purpose_are_proven_too(self):
        work = self.scenario("flaky", workers=4, retry={"retries": 2, "base": "1ms"}, hosts=[
            {"delay": "2ms", "faults": [{"kind": "status", "share": 0.2, "status": 503}]}])
        document, _ = self.measure("--scenario", work, "--mode", "steady", "--rounds", 1, "--no-profile",
                                   "--strategy", "thread_pool,event_loop")
        for _, run in runs_of(document):
            self.assertTrue(run["valid"], run["reasons"])
            self.assertGreater(run["requests"]["retried"], 0)
            self.assertNotIn("deadline", run["errors"])


class SteadyTest(CliTest):
    def test_throughput_is_workers_by_delay(self):
        work = self.scenario("fixed", workers=20, hosts=[{"delay": "20ms"}])
        document, _ = self.measure("--scenario", work, "--mode", "steady", "--rounds", 1,
                                   "--no-profile", "--strategy", "thread_pool,process_pool,event_loop")
        for cell in document["cells"]:
            share = cell["summary"]["requests_per_second"] / (20 / 0.020)
            self.assertGreater(share, 0.85, cell["strategy"])
            self.assertLess(share, 1.01, cell["strategy"])

    def test_too_few_requests_are_not_valid(self):
        work = self.scenario("even", workers=4, mode="steady", requests=50)
        document, result = self.measure("--scenario", work, "--rounds", 1, "--strategy",
                                        "event_loop", code=3)
        for _, run in runs_of(document):
            self.assertFalse(run["valid"])
            self.assertIsNone(run["steady"])
            self.assertEqual(run["reasons"], ["the list of 50 requests ended before the window was "
                                              "complete; give a larger -n"])
        self.assertIn("give a larger -n", result.out)


class AskedTest(CliTest):
    def test_what_does_not_go_together_is_refused(self):
        for arguments, words in (
                (("--mode", "open"), ("api-fanout: ", "--rate")),
                (("--rate", "5"), ("rate", "mode open")),
                (("--mode", "steady", "--arrivals", "poisson"), ("arrivals", "mode open")),
                (("--mode", "steady", "--deadline", "5s"), ("deadline", "steady")),
                (("--mode", "closed"), ("--mode", "batch, steady, open", '"closed"')),
                (("--mode", "open", "--rate", "0"), ("--rate", "requests per second", '"0"')),
                (("--mode", "open", "--rate", "5", "--arrivals", "even"),
                 ("--arrivals", "constant, poisson"))):
            self.refuse("run", *arguments, words=words)

    def test_what_a_scenario_says_wrong_is_refused(self):
        for keys, words in (
                ({"mode": "open"}, ("mode open needs a rate",)),
                ({"mode": "open", "rate": "5"}, ("rate", "requests per second")),
                ({"mode": "open", "rate": 0}, ("rate", "0.01")),
                ({"rate": 5}, ("rate: only mode open",)),
                ({"hosts": [{"freeze": {"at": "1s"}}]}, ("freeze", "for")),
                ({"engine": "httplib", "hosts": [{"freeze": {"at": "1s", "for": "1s"}}]},
                 ("engine httplib", "asio"))):
            self.refuse("run", "--scenario", self.scenario("wrong", **keys),
                        words=("wrong.json", *words))

    def test_the_plan_says_the_mode(self):
        plan = self.succeed("run", "--dry-run", "--mode", "open", "--rate", "2k").out
        self.assertIn("api-fanout: open: 200 requests, 2,000/s constant", plan)
        plan = self.succeed("run", "--dry-run", "--mode", "steady", "-n", "9k").out
        self.assertIn("api-fanout: steady: up to 9,000 requests", plan)
        self.assertNotIn("requests", self.succeed("run", "--dry-run").out)


if __name__ == "__main__":
    unittest.main()
