#!/usr/bin/env python3
"""A list that is too long for a sample of each request, and one that is too long for this machine."""

import unittest

import fanout_cli

REQUESTS = 1_500_000
SAMPLE_BYTES = 40


class LargeTest(fanout_cli.CliTest):
    def test_a_long_list_is_proven_without_a_sample_of_each_request(self):
        document, result = self.measure(
            "--scenario", "zero", "-n", REQUESTS, "--strategy", "event_loop,process_pool",
            "--transport", "null", "--rounds", 1, "--no-profile", "--no-references")
        self.assertIn("note: the list is too long for a sample of each request: counts are exact, "
                      "percentiles are those of a histogram, exact to 0.8 %",
                      result.out)
        for cell in document["cells"]:
            [run] = cell["runs"]
            self.assertEqual((run["valid"], run["reasons"]), (True, []))
            self.assertIn("tallied", run["flags"])
            self.assertEqual((run["requests"]["ok"], run["requests"]["attempts"]), (REQUESTS,) * 2)
            self.assertEqual(run["status_counts"], {"200": REQUESTS})
            self.assertEqual(sum(count for _, count in run["histogram"]), REQUESTS)
            self.assertLessEqual(run["latency_ns"]["p50"], run["latency_ns"]["p999"])
            self.assertLess(run["peak_memory_bytes"], REQUESTS * SAMPLE_BYTES)

    def test_a_list_of_samples_is_kept_where_times_are_needed(self):
        document, _ = self.measure(
            "--scenario", "zero", "-n", 1_000_000, "--strategy", "event_loop", "--transport", "null",
            "--rounds", 1, "--no-profile", "--no-references")
        [run] = document["cells"][0]["runs"]
        self.assertNotIn("tallied", run["flags"])
        self.assertGreater(run["peak_memory_bytes"], 1_000_000 * SAMPLE_BYTES)

    def test_what_does_not_fit_into_memory_is_refused_before_anything_runs(self):
        self.refuse("run", "-n", "4001M", words=["1 to 4000000000", "numbered in 32 bits"])
        self.refuse("run", "-n", "4000M", "--mode", "steady", "--strategy", "event_loop", words=[
            "memory_limited: 4,000,000,000 requests of event_loop / curl_asio take 209 GiB, ",
            " are free; make fewer requests (-n), or use mode batch, which keeps less"])


if __name__ == "__main__":
    unittest.main()
