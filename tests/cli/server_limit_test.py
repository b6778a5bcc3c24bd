"""What a server's limits make of every strategy, and what clients do that are polite or impatient:
whatever is rejected, held back, tried again or asked twice, client and server count the same."""

import unittest

import fanout_cli

RATE = {"rate": 400, "burst": 5}
PLACES = {"concurrency": 4, "queue": 2, "status": 503}
LOOPS = "curl_asio,curl_multi,beast_async,floor,uring"


def runs_of(cells):
    return [(cell, run) for cell in cells for run in cell["runs"]]


def rejected(run):
    return sum(run["server"]["rejected"].values())


class Limited(fanout_cli.CliTest):
    def each_once(self, name, **keys):
        cells = self.measure_each_once(
            "--scenario", self.limited(name, **keys), "--rounds", 1,
            transports="curl_easy,curl_multi,curl_asio,beast_sync,beast_async,httplib")
        self.check(name, cells)
        return cells

    def limited(self, name, limit=None, delay="3ms", **keys):
        host = {"delay": delay, **({"limit": limit} if limit else {})}
        keys = {"requests": 60, "workers": 8, "hosts": [host], **keys}
        return self.scenario(name, **keys)

    def check(self, name, cells):
        """Every run is proven, and what the client saw is what the server counted."""
        self.assertTrue(cells)
        for cell, run in runs_of(cells):
            with self.subTest(f"{name}: {cell['strategy']} / {cell['transport']}"):
                self.assertEqual((run["valid"], run["reasons"]), (True, []))
                for status, count in run["server"]["rejected"].items():
                    self.assertEqual(run["status_counts"].get(status), count)
                if run["limits"]:
                    self.assertEqual(run["limits"]["refused"], rejected(run))


class LimitTest(Limited):
    def test_every_strategy_and_transport_under_a_rate(self):
        cells = self.each_once("rate", limit=RATE)
        self.assertGreaterEqual(len({cell["strategy"] for cell in cells}), 12)
        for _, run in runs_of(cells):
            # A full bucket, and what has dripped into it until the last answer.
            most = 5 + 400 * (run["makespan_ns"] / 1e9) + 1
            self.assertLessEqual(run["server"]["answered"] - rejected(run), most)
        self.assertTrue(any(rejected(run) for _, run in runs_of(cells)))

    def test_every_strategy_and_transport_under_a_concurrency(self):
        cells = self.each_once("places", limit=PLACES)
        for cell, run in runs_of(cells):
            self.assertLessEqual(run["server"]["peak_served"], 4)
            if cell["strategy"] == "event_loop":
                self.assertGreater(run["server"]["waited"], 0)

    def test_what_is_rejected_can_be_tried_again(self):
        cells = self.each_once("again", limit=PLACES,
                               retry={"retries": 15, "base": "2ms", "cap": "20ms"})
        for _, run in runs_of(cells):
            self.assertEqual(run["requests"]["attempts"],
                             run["requests"]["total"] + run["requests"]["retried"])

    def test_a_limit_beside_faults_and_over_tls(self):
        faults = [{"kind": kind, "share": 0.1} for kind in ("reset", "truncate")] + [
            {"kind": "status", "status": 500, "share": 0.1}]
        host = {"delay": "3ms", "faults": faults, "tls": "on", "limit": PLACES}
        cells = self.measure(
            "--scenario", self.limited("faulty", hosts=[host, {"delay": "1ms"}]), "--rounds", 1,
            "--no-profile", "--strategy", "thread_pool,event_loop,gradient",
            "--transport", "curl_easy,curl_asio,beast_async")[0]["cells"]
        self.check("faulty", cells)
        for _, run in runs_of(cells):
            self.assertTrue(0.5 <= run["limits"]["fairness"] <= 1, run["limits"])
            self.assertGreater(run["server"]["peak_served"], 0)

    def test_a_rate_that_changes_and_is_the_limit(self):
        limit = {"rate": 1000, "burst": 20, "then": {"after": "100ms", "rate": 100}}
        document, _ = self.measure("--scenario", self.limited("changing", limit, requests=120),
                                   "--rounds", 1, "--strategy", "event_loop", "--transport",
                                   "beast_async", "--max-rate", "95", "--no-profile")
        run = document["cells"][0]["runs"][0]
        self.assertEqual((rejected(run), run["limited_by"]), (0, ""))
        self.assertEqual(document["capacities"][0]["steps"][1][0], 100_000_000)


    def test_a_limit_that_rises_takes_on_who_waits_at_once(self):
        limit = {"concurrency": 1, "queue": 50, "then": {"after": "50ms", "concurrency": 8}}
        document, _ = self.measure(
            "--scenario", self.limited("rising", limit, delay="400ms", requests=8), "--rounds", 1,
            "--strategy", "event_loop", "--transport", "beast_async", "--no-profile")
        # Of which one would have left its place, had the others waited for that.
        self.assertEqual(document["cells"][0]["runs"][0]["server"]["peak_served"], 8)


class PolicyTest(Limited):
    def test_a_rate_is_kept_by_every_strategy(self):
        for _, run in runs_of(self.each_once("max_rate", max_rate=500, requests=30)):
            self.assertGreaterEqual(run["makespan_ns"], 29 * 2_000_000)

    def test_so_many_to_each_host_by_every_strategy(self):
        for _, run in runs_of(self.each_once("per_host", per_host=2)):
            self.assertLessEqual(run["server"]["peak_in_flight"], 2)

    def test_a_budget_of_retries_by_every_strategy(self):
        host = {"delay": "1ms", "faults": [{"kind": "status", "status": 503, "share": 0.6}]}
        cells = self.each_once("budget", hosts=[host], requests=100, retry={
            "retries": 5, "base": "1ms", "cap": "2ms", "budget": 0.2})
        for _, run in runs_of(cells):
            # A fifth of the requests, and a burst of ten.
            self.assertLessEqual(run["requests"]["retried"], 0.2 * 100 + 10)
            self.assertGreater(run["retries_denied"], 0)
            self.assertEqual(run["server"]["requests"], run["requests"]["attempts"])

    def test_second_attempts_of_every_loop(self):
        delay = {"kind": "bimodal", "fast": "2ms", "slow": "300ms", "slow_share": 0.05}
        document, _ = self.measure(
            "--scenario", self.limited("hedge", delay=delay, requests=200), "--rounds", 1,
            "--no-profile", "--strategy", "all", "--transport", LOOPS + ",curl_easy",
            "--hedge-after", "60ms", "--hedge-budget", "20%")
        self.check("hedge", document["cells"])
        self.assertGreaterEqual(len({cell["strategy"] for cell in document["cells"]}), 6)
        for cell, run in runs_of(document["cells"]):
            with self.subTest(cell["strategy"], transport=cell["transport"]):
                hedges = run["hedges"]
                self.assertGreater(hedges["won"], 0)
                self.assertLessEqual(hedges["won"], hedges["sent"])
                self.assertEqual(run["requests"]["attempts"], 200 + hedges["sent"])
                self.assertEqual(run["requests"]["ok"], 200)
        reasons = {skipped["reason"] for skipped in document["plan"]["skipped"]}
        self.assertIn("thread_pool blocks a worker until the answer; a hedge needs an event loop",
                      reasons)

    def test_a_host_is_left_alone_that_asks_for_it(self):
        host = {"delay": "1ms", "limit": {"rate": 1000, "burst": 3, "retry_after": "1s"}}
        document, _ = self.measure(
            "--scenario", self.limited("alone", hosts=[host], requests=20, workers=6, retry={
                "retries": 9, "base": "1ms", "pause_host": True}),
            "--rounds", 1, "--no-profile", "--strategy", "thread_pool,process_pool,event_loop",
            "--transport", "curl_easy,beast_async")
        self.check("alone", document["cells"])
        for _, run in runs_of(document["cells"]):
            self.assertGreaterEqual(run["makespan_ns"], 1_000_000_000)
            self.assertEqual(run["requests"]["ok"], 20)


class AdaptiveTest(Limited):
    def test_the_limit_over_time_is_kept_and_thinned_out(self):
        document, _ = self.measure(
            "--scenario", self.limited("places", limit=PLACES, requests=1500, workers=20,
                                       retry={"retries": 9, "base": "2ms", "cap": "9ms"}),
            "--rounds", 1, "--no-profile", "--strategy", "aimd,gradient", "--strategy-option",
            "aimd.start=20", "--strategy-option", "gradient.low=2")
        self.check("places", document["cells"])
        for cell, run in runs_of(document["cells"]):
            moments = run["limits"]["over_time"]
            self.assertTrue(100 < len(moments) <= 500, len(moments))
            self.assertEqual(moments, sorted(moments))
            self.assertTrue(all(1 <= limit <= 20 for _, limit, _, _ in moments))
            late = [limit for _, limit, _, _ in moments[len(moments) // 2:]]
            self.assertTrue(2 <= sum(late) / len(late) <= 8, sum(late) / len(late))
        first = document["cells"][0]["runs"][0]["limits"]["over_time"][0]
        self.assertGreater(first[1], 10, "aimd.start")
        self.assertEqual(document["plan"]["scenarios"][0]["strategy_options"],
                         {"aimd.start": 20, "gradient.low": 2})

    def test_variants_stand_in_one_table_with_one_verdict(self):
        file = self.limited("family", limit=PLACES, workers=[2, 8], strategies=["event_loop", "aimd"],
                            transports=["beast_async"], variants={
                                "slower": {"strategies": ["event_loop"], "max_rate": 2000}})
        document, result = self.measure("--scenario", file, "--rounds", 2, "--no-profile")
        self.assertEqual([scenario["name"] for scenario in document["plan"]["scenarios"]],
                         ["family", "family.slower"])
        family = document["families"][0]
        self.assertEqual(len(family["cells"]), 5)  # aimd finds its own number: only W = 8
        rows = [line.split()[:2] for line in result.out.splitlines()
                if line.startswith(("event_loop ", "aimd "))]
        self.assertEqual(rows[:5], [["event_loop", "-"], ["event_loop", "-"], ["aimd", "-"],
                                    ["event_loop", "slower"], ["event_loop", "slower"]])


class RefusedPolicyTest(Limited):
    def test_what_makes_no_sense_is_one_line(self):
        run = ("run", "--dry-run")
        for arguments, words in {
                ("--hedge-after", "soon"): ("--hedge-after", "30ms", "p95"),
                ("--hedge-after", "p100"): ("--hedge-after",),
                ("--hedge-budget", "0.1"): ("give --hedge-after",),
                ("--hedge-budget", "2", "--hedge-after", "1ms"): ("a share above 0 and up to 1",),
                ("--retry-budget", "20%"): ("give --retries",),
                ("--hedge-after", "9ms", "--retries", "1"): ("hedges or retries, not both",),
                ("--hedge-after", "9ms", "--per-host", "2"): ("would be taken for late",),
                ("--max-rate", "0"): ("--max-rate", "requests per second"),
                ("--per-host", "0"): ("--per-host",),
                ("--strategy-option", "aimd.decrease"): ("STRATEGY.OPTION=NUMBER",),
                ("--strategy-option", "aimd.decreas=0.5"): ("did you mean aimd.decrease?",),
                ("--strategy-option", "aimd.decrease=2"): ("from 0.1 to 0.99", "found 2"),
        }.items():
            with self.subTest(" ".join(arguments)):
                self.refuse(*run, *arguments, words=words)
        self.refuse(*run, "--scenario", self.limited("x", limit={"queue": 3}),
                    words=("server.hosts[0].limit", "a rate, a concurrency or both"))
        self.refuse(*run, "--scenario", self.scenario("y", variants={"v": {"requests": 0}}),
                    words=("variants.v", "requests"))
        self.refuse(*run, "--hedge-after", "9ms", "--strategy", "thread_pool",
                    words=("a hedge needs an event loop",))


if __name__ == "__main__":
    unittest.main()
