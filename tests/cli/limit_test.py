"""Each thing that can limit a cell, provoked, and named in one word."""

import os
import re
import resource
import unittest

import fanout_cli
from fanout_cli import table_rows

TRIES = 20  # short ones: between two disturbances
ONE = ("--strategy", "event_loop", "--transport", "beast_async")


def descriptors(hard):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class LimitTest(fanout_cli.CliTest):
    def limits(self, document, result):
        """What limited each cell, as the document and the table say."""
        rows = table_rows(result.out)
        column = rows[0].index("limit")
        limits = [cell["summary"]["limited_by"] for cell in document["cells"]]
        self.assertEqual([row[column] for row in rows[1:]], [word or "-" for word in limits])
        return limits

    def check_limit(self, expected, flag, *arguments):
        """Measures one cell until neighbours let a run be; such a run has to name this limit."""
        seen = []
        for _ in range(TRIES):
            document, result = self.measure(*arguments, "--rounds", 1)
            limits = self.limits(document, result)
            [run] = document["cells"][0]["runs"]
            if "noisy" in run["flags"]:
                continue
            self.assertEqual(limits, [run["limited_by"]])
            seen.append(run["limited_by"])
            if run["limited_by"] == expected:
                self.assertIn(flag, run["flags"])
                return run
        if not seen:
            self.skipTest("this machine is too busy to say what limits a run")
        self.fail(f"never {expected}, but {seen}")

    def test_a_slow_server_is_latency(self):
        file = self.scenario("slow", hosts=[{"delay": "50ms"}], requests=20, workers=4)
        self.check_limit("latency", "latency_bound", *ONE, "--scenario", file)

    def test_a_server_with_fewer_threads_than_workers_is_server(self):
        # Without reuse: it keeps a thread for each connection, so kept ones would shut out the rest.
        file = self.scenario("held", hosts=[{"delay": "40ms"}], requests=200, workers=100,
                             engine="httplib", threads=8, reuse=False)
        for strategy in ("thread_queue", "event_loop"):
            run = self.check_limit("server", "server_bound", "--strategy", strategy, "--transport",
                                   "curl_easy,curl_asio", "--scenario", file)
            # Its CPU idles; and what no client could do better is still a lower bound.
            self.assertLess(run["server"]["cpu_ns"], 0.5 * run["makespan_ns"])
            self.assertLessEqual(run["efficiency"], 1.01)

    @unittest.skipIf(len(os.sched_getaffinity(0)) != 2, "the client has not one CPU for itself")
    def test_no_delay_on_one_client_cpu_is_client(self):
        file = self.scenario("busy", hosts=[{}], requests=3000, workers=10)
        self.check_limit("client", "client_bound", "--strategy", "event_loop", "--transport",
                         "curl_asio", "--scenario", file)

    def test_few_descriptors_skip_the_cells_that_need_more(self):
        document, result = self.measure(*ONE, "--workers", "4,400", "--rounds", 1, "-n", 8,
                                        preexec_fn=descriptors(200))
        self.assertEqual([cell["workers"] for cell in document["cells"]], [4])
        [skipped] = document["plan"]["skipped"]
        self.assertRegex(skipped["reason"], r"^fd_limited: 400 workers .* need 464 .* 200 are")
        self.assertIn("400 workers: fd_limited: ", result.out)
        self.refuse("run", *ONE, "--workers", 400, words=("nothing to run: fd_limited: ", "-Hn"),
                    preexec_fn=descriptors(200))

    def test_few_ports_skip_the_cells_that_need_more(self):
        plan = self.succeed("run", "--scenario", "zero", "-n", 8_000_000, "--strategy",
                            "sequential,event_loop", "--dry-run").out
        self.assertRegex(plan, r"skipped sequential / curl_easy / 1 workers?: port_limited: needs "
                               r"8000000 connections to one address, \d+ of its ports")
        self.assertTrue(re.search(r"^event_loop +curl_asio", plan, re.M), plan)


if __name__ == "__main__":
    unittest.main()
