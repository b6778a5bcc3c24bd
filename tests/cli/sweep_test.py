"""fanout sweep: its plan, its tables and what it says of them."""

import re
import unittest

import fanout_cli
from fanout_cli import table_rows

STRATEGIES = "thread_pool,event_loop,process_pool"


def section(text, title):
    """The table under a heading line."""
    return table_rows(text.split(f"\n{title}\n\n", 1)[1])


class SweepTest(fanout_cli.CliTest):
    def test_article_b(self):
        """The rows of the article: workers down, strategies across, ceil(N / W) delays each."""
        document, result = self.measure("--scenario", "local-500", "--strategy", STRATEGIES, "-n",
                                        100, "--workers", "1,5,10,20", "--rounds", 1,
                                        command="sweep")
        titles, *rows = section(result.out, "makespan")
        self.assertEqual(titles[:2], ["workers", "thread_pool"])
        self.assertEqual([row[0] for row in rows], ["1", "5", "10", "20"])
        self.assertEqual({sweep["strategy"] for sweep in document["sweeps"]},
                         set(STRATEGIES.split(",")))
        for sweep in document["sweeps"]:  # 1.7 s, 340, 170, 85 ms: each step is worth its workers
            self.assertEqual(sweep["knee_workers"], 20, sweep)
        self.assertRegex(result.out, r"(?m)^thread_pool +curl_easy +20 +20\+ ")
        for title in ("requests per second", "efficiency", "CPU us per request"):
            self.assertEqual(len(section(result.out, title)), 5, title)

    def test_the_recommendation_is_words_and_data(self):
        document, result = self.measure("--strategy", "thread_pool,event_loop", "-n", 40,
                                        "--workers", "2,4", "--rounds", 1, command="sweep")
        (recommendation,) = document["recommendations"]
        for line in recommendation["lines"]:
            self.assertIn(f"\n{line}\n", result.out)
        self.assertRegex(recommendation["lines"][0], "^Not enough evidence to rank: 1 round,")
        best = recommendation["best"]
        self.assertIn(f"Shortest median: {best['strategy']} / {best['transport']}", result.out)
        self.assertIn((best["strategy"], best["transport"], best["workers"]),
                      [(c["strategy"], c["transport"], c["workers"]) for c in document["cells"]])

    def test_a_scenario_with_one_number_of_workers_is_swept_from_1_to_64(self):
        dry = self.succeed("sweep", "--strategy", "thread_pool", "--dry-run")
        self.assertEqual([row[4] for row in table_rows(dry.out)[1:]],
                         ["1", "2", "4", "8", "16", "32", "64"])
        self.assertRegex(dry.out, r"7 cells x 10 rounds, seed 1, about \S")

    def test_a_scenario_with_several_is_swept_over_those(self):
        dry = self.succeed("sweep", "--scenario", "local-500", "--strategy", "thread_pool",
                           "--dry-run")
        self.assertEqual([row[4] for row in table_rows(dry.out)[1:]], ["1", "5", "10", "20"])

    def test_the_predicted_duration_comes_first(self):
        _, result = self.measure("--strategy", "event_loop", "-n", 20, "--workers", "1,2",
                                 "--rounds", 1, command="sweep")
        self.assertRegex(result.err, r"\A4 cells x 1 round, about \S")

    def test_lists_that_are_no_sweep_are_refused(self):
        for workers in ("20,10,5,1", "1,5,5", "8..1", "1..1000:1", "0..4", "1..", "1,,5"):
            with self.subTest(workers):
                self.refuse("sweep", "--workers", workers, words=("--workers: expected ", workers))


class ProgressTest(fanout_cli.CliTest):
    def test_lines_name_cell_round_count_and_result(self):
        _, result = self.measure("--strategy", "event_loop", "--transport", "curl_asio", "-n", 20,
                                 "--rounds", 2)
        lines = re.findall(r"(?m)^\[(\d)/2\] round (\d)  event_loop / curl_asio / api-fanout / "
                           r"10 workers  \S+ m?s$", result.err)
        self.assertEqual(lines, [("1", "1"), ("2", "2")], result.err)

    def test_quiet_is_silent(self):
        _, result = self.measure("--strategy", "event_loop", "-n", 20, "--rounds", 1, "--quiet")
        self.assertEqual(result.err, "")


if __name__ == "__main__":
    unittest.main()
