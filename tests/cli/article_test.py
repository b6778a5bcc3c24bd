"""The presets of the four articles, once each: what they claim, in counts and ratios."""

import unittest

import fanout_cli


class Article(fanout_cli.CliTest):
    def runs(self, scenario, *arguments):
        """(strategy, workers) -> its run on the scenario's first HTTP library, or as an external
        program; and the output.
        """
        document, result = self.measure("--scenario", scenario, "--rounds", 1, *arguments)
        stacks = {document["cells"][0]["stack"], "own"}
        return {(cell["strategy"], cell["workers"]): cell["runs"][0]
                for cell in document["cells"] if cell["stack"] in stacks}, result.out

    def with_peers(self, *names):
        """The flag that names them; skips the test where a peer is not installed."""
        for name, reason in fanout_cli.absent_peers(*names).items():
            self.skipTest(f"{name}: {reason}")
        return "--strategy", ",".join(names)


class Checked(Article):
    def check_urls(self, run):
        """Article A: every URL has exactly one outcome, and the server says the same."""
        errors, faults = run["errors"], run["server"]["faults"]
        self.assertEqual(run["requests"]["total"], 2000)
        self.assertEqual(run["requests"]["ok"] + sum(errors.values()), 2000)
        self.assertEqual(errors["refused"], 200)
        self.assertEqual(errors["bad_status"], faults["status"])
        self.assertEqual(errors["timeout"], faults["hang"])
        self.assertEqual(set(errors), {"refused", "bad_status", "timeout"})


class CheckTest(Checked):
    def test_a_checks_urls_with_threads_futures_and_a_loop(self):
        runs, out = self.runs("article-a", "--no-peers")
        self.assertEqual({workers for _, workers in runs}, {100, 200})
        for run in runs.values():
            self.check_urls(run)
        for workers in (100, 200):
            self.assertLessEqual(runs["thread_queue", workers]["queue_peak"], 400)
        self.assertIn("200 threads, a bounded queue", out)


class PresetTest(Checked):
    def test_a_as_presets_of_their_own(self):
        for scenario, key in (("url-check", ("thread_queue", 200)),
                              ("url-check-futures", ("thread_pool", 100))):
            runs, _ = self.runs(scenario)
            self.assertEqual(list(runs), [key])
            self.check_urls(runs[key])


class OriginalTest(Checked):
    def test_originals_of_a_come_to_the_same_sums(self):
        names = ("py_thread_queue_head", "py_thread_pool", "py_asyncio")
        runs, _ = self.runs("article-a", "--workers", 200, *self.with_peers(*names))
        for (name, _), run in runs.items():
            with self.subTest(name):
                self.check_urls(run)


class CountTest(Article):
    """Counts, and times that have a lower bound only."""

    def test_b_takes_as_many_waves_as_the_workers_make(self):
        runs, out = self.runs("article-b", "--workers", "10,20", "--no-peers")
        for (strategy, workers), run in runs.items():
            with self.subTest(f"{strategy} / {workers}"):
                self.assertGreaterEqual(run["makespan_ns"], 500 / workers * 17e6 * 0.99)
                self.assertEqual(run["server"]["connections"], 500)
        self.assertIn("process pool, 20 workers", out)

    def test_c_by_a_deadline_returns_what_is_there(self):
        runs, _ = self.runs("mashup-partial")
        for (strategy, workers), run in runs.items():
            with self.subTest(strategy):
                late = 1 if workers == 3 else 3  # one after the other waits for the slow one first
                self.assertEqual(run["errors"], {"deadline": late})
                self.assertEqual(run["requests"]["ok"], 3 - late)


class RatioTest(Article):
    def test_c_takes_as_long_as_the_slowest_and_sequential_the_sum(self):
        runs, _ = self.runs("article-c", "--no-peers")
        slowest = max(run["server"]["hold_ns"]["max"] for run in runs.values())
        for (strategy, _), run in runs.items():
            held = run["server"]["hold_ns"]["mean"] * 3 if strategy == "sequential" else slowest
            self.assertGreaterEqual(run["makespan_ns"], held * 0.98, strategy)
            self.assertLess(run["makespan_ns"], held * 1.2, strategy)

    def test_d_gains_from_a_session_what_connecting_costs(self):
        runs, out = self.runs("article-d", "--strategy", "sequential,session_reuse")
        sequential, session = runs["sequential", 1], runs["session_reuse", 1]
        self.assertEqual(sequential["server"]["connections"], 100)
        self.assertEqual(session["server"]["connections"], 2)
        ratio = sequential["makespan_ns"] / session["makespan_ns"]
        self.assertGreater(ratio, 1.6)
        self.assertLess(ratio, 1.9)
        self.assertIn("sequential, new connections", out)

    def test_originals_of_b_take_as_many_waves_as_the_workers_make(self):
        names = ("py_thread_pool", "py_process_pool", "thread_pool")
        runs, out = self.runs("article-b", "--workers", 5, *self.with_peers(*names))
        for (name, workers), run in runs.items():
            with self.subTest(name):
                ideal = 500 / workers * run["server"]["hold_ns"]["mean"]
                self.assertGreaterEqual(run["makespan_ns"], ideal * 0.99)
                self.assertLess(run["makespan_ns"], ideal * 1.6)
                self.assertEqual(run["server"]["connections"], 500)
        self.assertRegex(out, r"thread pool, 5 workers +1.79 s +py_thread_pool +[\d.]+ s")
        self.assertRegex(out, r"py_thread_pool +5 .* thread_pool +curl_easy .* [\d.]+x\n")

    def test_originals_of_c_take_as_long_as_the_slowest_and_the_sum(self):
        names = ("py_sequential", "py_thread_per_request")
        runs, _ = self.runs("article-c", *self.with_peers(*names))
        held = runs["py_sequential", 1]["server"]["hold_ns"]
        self.assertGreaterEqual(runs["py_sequential", 1]["makespan_ns"], 3 * held["mean"] * 0.98)
        self.assertLess(runs["py_thread_per_request", 3]["makespan_ns"], held["max"] * 1.2)

    def test_originals_of_d_gain_from_a_session_what_connecting_costs(self):
        runs, _ = self.runs("article-d", *self.with_peers("py_sequential", "py_session"))
        ratio = runs["py_sequential", 1]["makespan_ns"] / runs["py_session", 1]["makespan_ns"]
        self.assertGreater(ratio, 1.5)
        self.assertLess(ratio, 2.0)


if __name__ == "__main__":
    unittest.main()
