"""Real targets of which some requests fail or take too long: words, exit codes, and no praise."""

import pathlib
import unittest

import fanout_cli
from fanout_cli import table_rows

SERVER = pathlib.Path(__file__).with_name("odd_target.py")
INVALID, FAILED = 3, 4
FEW = ("--transport", "curl_easy,curl_asio", "--rounds", 1, "--no-profile", "--quiet")
TWO = ("--strategy", "thread_pool,event_loop", *FEW[:-1])
ONE = ("--strategy", "event_loop", *FEW)


class OddTargetTest(fanout_cli.CliTest):
    @classmethod
    def setUpClass(cls):
        cls.port = fanout_cli.serve(cls, SERVER)

    def url(self, path):
        return ("--url", f"http://127.0.0.1:{self.port}/{path}")

    def assert_no_praise(self, document, result):
        """Nothing is called fastest or recommended where fewer than 99 % succeeded."""
        self.assertIsNone(document["recommendations"][0]["best"])
        self.assertIn("\nNothing to recommend.\n", result.out)
        for word in ("Fastest", "Shortest", "faster than", "shorter than"):
            self.assertNotIn(word, result.out)


class StatusTest(OddTargetTest):
    REQUESTS = {"half": 40, "few": 66, "codes": 40}
    CODES = [f"{code}: 8 of 40 requests" for code in (401, 404, 429, 500)]

    def test_what_fails_is_said_and_never_praised(self):
        for path, lines, share in (("half", ["503: 20 of 40 requests"], "50 %"),
                                   ("few", ["503: 2 of 66 requests"], "96.96 %"),
                                   ("codes", self.CODES, "20 %")):
            with self.subTest(path):
                document, result = self.measure(*self.url(path), *TWO, "-n", self.REQUESTS[path])
                for line in lines:
                    self.assertEqual(result.out.count(f"\n{line}\n"), 1, result.out)
                self.assertIn(f"({share} of its requests succeeded, fewer than 99 %)", result.out)
                self.assertIn("p50 and p99 are of the requests that succeeded; in 2 of 2 cells "
                              "more than 1 % failed, time-outs not counted\n", result.out)
                self.assert_no_praise(document, result)

    def test_gates_see_it(self):
        for path, requests in self.REQUESTS.items():
            with self.subTest(path):
                work = ("run", *self.url(path), *ONE, "-n", requests, "-o", "r.json")
                self.succeed(*work, "--strict", code=INVALID)
                said = self.succeed(*work, "--strict", "--fail-if", "success < 99.9%", code=FAILED)
                self.assertIn("success < 99.9%: success is ", said.err)


class TimeTest(OddTargetTest):
    def test_a_tail_is_a_figure_like_any_other(self):
        document, result = self.measure(*self.url("tail"), *TWO, "-n", 66)
        for cell in document["cells"]:
            self.assertEqual(cell["summary"]["success_share"], 1)
            self.assertGreater(cell["summary"]["latency_p99_ns"], 0.9e9)
        self.assertNotIn(">:", result.out)
        self.succeed("run", *self.url("tail"), *ONE, "-n", 66, "-o", "r.json", "--strict")
        said = self.succeed("run", *self.url("tail"), *ONE, "-n", 66, "-o", "r.json", "--fail-if",
                            "p99 > 500ms", code=FAILED)
        self.assertIn("p99 > 500ms: p99 is ", said.err)

    def test_what_times_out_makes_no_percentile_shorter(self):
        document, result = self.measure(*self.url("stuck"), *TWO, "--timeout", "1s", "-n", 66)
        titles, *rows = table_rows(result.out)
        self.assertEqual([row[titles.index("p99")] for row in rows], ["> 1.00 s"] * 2, result.out)
        self.assertIn("\n>: more of the requests timed out than lie beyond the percentile, which "
                      "is the time limit or more\n", result.out)
        for cell in document["cells"]:
            self.assertEqual(cell["summary"]["latency_p99_ns"], 1e9)
            self.assertGreater(cell["summary"]["timed_out_share"], 0.01)
        self.assert_no_praise(document, result)
        self.assertIn("| > 1.00 s |", self.succeed("report", self.result_of(result), "--format",
                                                   "markdown").out)

    def test_gates_see_what_times_out(self):
        work = ("run", *self.url("stuck"), *ONE, "--timeout", "1s", "-n", 66, "-o", "r.json")
        self.succeed(*work, "--strict", code=INVALID)
        for condition, code in (("p99 > 50ms", FAILED), ("p99 > 20s", FAILED), ("p50 > 20s", 0)):
            self.succeed(*work, "--fail-if", condition, code=code)
        said = self.succeed(*work, "--fail-if", "p99 > 50ms", code=FAILED)
        self.assertRegex(said.err, r"p99 > 50ms: p99 is more than 1\.00 s, the time limit: \S+ % "
                                   r"timed out of the requests that did or succeeded\n")

    def result_of(self, result):
        return result.out.split("results: ")[1].strip()


class LimitedTest(OddTargetTest):
    def test_a_server_that_refuses_more_than_three_at_once_is_best_with_three(self):
        document, result = self.measure(*self.url("limited"), "--strategy", "thread_pool",
                                        "--workers", "1,3,4,8", "-n", 60, *FEW[:-1],
                                        command="sweep")
        sweeps = document["sweeps"]
        self.assertEqual([sweep["best_workers"] for sweep in sweeps], [3] * len(sweeps), result.out)
        self.assertEqual(document["recommendations"][0]["best"]["workers"], 3)


if __name__ == "__main__":
    unittest.main()
