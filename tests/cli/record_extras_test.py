"""fanout record: what it asks beyond a recording, and that it stays polite while it does."""

import json
import random
import time
import unittest

from record_test import AT_ONCE, Recorder, at_once
from recorded_api import answer


class ExtrasTest(Recorder):
    def test_it_never_sends_more_than_it_says(self):
        draw = random.Random(11)
        for _ in range(20):
            api = self.api(lambda _: (0, answer(body=b"ok")))
            probes = draw.random() < 0.5
            checks = draw.random() < 0.5
            count = draw.randrange(20, 53 if probes else 91)
            extras = ["--concurrency-probe"] * probes + ["--check"] * checks
            self.record("--url", api.url(), "-n", str(count), *extras, *AT_ONCE)
            self.assertEqual(api.requests, 100 if checks else count + 38 * probes, (count, extras))
            self.assertLessEqual(api.most_at_once, 10 if probes else 1)
            api.stop()

    def test_an_api_that_asks_to_wait_is_left_alone(self):
        for turn_of_wait, most in ((30, 31), (45, 45 + 10)):  # alone, and while ten are asking
            api = self.api(lambda turn, wait=turn_of_wait: (0.005, answer(429 if turn >= wait
                                                                          else 200)))
            scenario, result = self.record("--url", api.url(), "-n", "40", "--anonymous",
                                           "--concurrency-probe", "--check", *AT_ONCE)
            self.assertLessEqual(api.requests, most)
            self.assertIn("nothing more was sent", result.out)
            self.assertIn("Not checked", result.out)
            self.assertIn("fanout run --scenario my-api.json", result.out)
            self.assertNotIn("127.0.0.1", json.dumps(scenario) + result.out)

    def test_a_slow_answer_is_no_reason_to_ask_faster(self):
        moments = []

        def slow_once(turn):
            moments.append(time.monotonic())
            return 0.5 if turn == 3 else 0, answer(body=b"ok")

        api = self.api(slow_once)
        self.record("--url", api.url(), "-n", "20", "--rate", "20/s")
        gaps = [after - before for before, after in zip(moments, moments[1:])]
        self.assertGreater(sorted(gaps)[2], 0.02, gaps)

    def test_redirects_are_no_failures_of_the_double(self):
        api = self.api(lambda turn: (0, answer(302 if turn % 3 == 2 else 200)))
        scenario, result = self.record("--url", api.url(), "-n", "30", *AT_ONCE)
        self.assertNotIn("faults", scenario["server"]["hosts"][0])
        self.assertIn("status 302 of 10 requests", result.out)

    def test_an_api_that_slows_down(self):
        api = self.api(lambda _: (0.004 * max(1, api.at_once - 3), answer(body=b"ok")))
        scenario, result = self.record("--url", api.url(), "-n", "40", "--concurrency-probe",
                                       "--rate", "400/s")
        self.assertEqual(api.requests, 78)
        self.assertIn("slowdown", scenario["server"]["hosts"][0], result.out)
        self.assertEqual(set(scenario["recorded"]["hosts"][0]["think_time_at_once"]),
                         {"2", "5", "10"})
        self.assertIn("with more at once than it was asked", result.out)

    def test_a_check_says_what_got_no_answer(self):
        """The list comes from standard input, which can be read only once."""
        api = self.api(lambda turn: (0, answer(body=b"ok") if turn != 70 else b"nonsense"))
        (self.folder / "list.txt").write_text(api.url() + "\n")
        scenario, result = self.record("--urls", "-", *AT_ONCE, "--check",
                                       within=("sh", "-c", 'exec "$@" <list.txt', "sh"))
        check = scenario["recorded"]["check"]
        self.assertEqual((check["requests"], check["answered"]), (40, 39))
        self.assertIn("Of them 1 got no answer from the API", result.out)

    def test_the_double_is_held_against_the_api(self):
        api = self.api(lambda turn: (0.020 if turn % 4 else 0.040, answer(body=b"ok")))
        scenario, result = self.record("--url", api.url(), "-n", "60", *AT_ONCE, "--check")
        self.assertEqual(api.requests, 100)
        check = scenario["recorded"]["check"]
        self.assertEqual(check["requests"], 40)
        predicted, actual = (int(check["makespan"][key][:-2]) for key in ("predicted", "actual"))
        self.assertTrue(0.5 < predicted / actual < 2, check)
        self.assertIn("Checked by 40 requests, one after the other, to the scenario (session_reuse", result.out)

    def test_what_does_not_fit_into_a_hundred_requests(self):
        api = self.api(at_once, close=True)
        for arguments, words in ((("-n", "95", "--check"), ("105 requests", "give -n 90")),
                                 (("-n", "70", "--concurrency-probe"), ("108 requests", "-n 62")),
                                 (("--url", api.url("/b").replace("127.0.0.1", "127.0.0.2"),
                                   "--concurrency-probe"), ("is for one host",))):
            self.refuse("record", "--url", api.url(), *arguments, "-o", "my-api.json", words=words)
        self.assertEqual(api.requests, 0)


if __name__ == "__main__":
    unittest.main()
