"""What becomes of requests when the server fails on purpose: on every strategy and transport each
request has exactly one outcome, of the right class, and the server counts the same."""

import unittest

import fanout_cli

REQUESTS = 24
WORKERS = 6
SHARE = 0.4

# The fault, and the outcome it has to become.
FAULTS = {
    "refuse": ({"kind": "refuse"}, "refused"),
    "reset": ({"kind": "reset", "share": SHARE}, "reset"),
    "reset_amid_body": ({"kind": "reset_amid_body", "share": SHARE}, "truncated"),
    "truncate": ({"kind": "truncate", "share": SHARE}, "truncated"),
    "hang": ({"kind": "hang", "share": SHARE}, "timeout"),
    "status": ({"kind": "status", "share": SHARE, "status": 503}, "bad_status"),
    "drip": ({"kind": "drip", "share": SHARE, "over": "20ms"}, None),
    "drip_too_long": ({"kind": "drip", "share": SHARE, "over": "5s"}, "timeout"),
}
MIXED = [{"kind": kind, "share": 0.1} for kind in ("reset", "reset_amid_body", "truncate")] + [
    {"kind": "status", "share": 0.1, "status": 500}]


def runs_of(document):
    return [(cell, run) for cell in document["cells"] for run in cell["runs"]]


class Faulty(fanout_cli.CliTest):
    def run_scenario(self, name, *arguments, **keys):
        document, result = self.measure("--scenario", self.faulty(name, **keys), "--rounds", 1,
                                        *arguments)
        self.check_cells(name, document["cells"])
        return document, result

    def run_each_once(self, name, *arguments, **keys):
        """Every strategy once and every transport once, that of no network left out."""
        cells = self.measure_each_once("--scenario", self.faulty(name, **keys), "--rounds", 1,
                                       *arguments, transports="curl_easy,curl_multi,curl_asio,"
                                       "beast_sync,beast_async,httplib,floor,uring")
        self.assertGreaterEqual(len({cell["strategy"] for cell in cells}), 10)
        self.assertGreaterEqual(len({cell["transport"] for cell in cells}), 6)
        self.check_cells(name, cells)
        return {"cells": cells}

    def faulty(self, name, **keys):
        keys = {"requests": REQUESTS, "workers": WORKERS, "timeout": "400ms", **keys}
        return self.scenario(name, **keys)

    def check_cells(self, name, cells):
        for cell, run in runs_of({"cells": cells}):
            with self.subTest(f"{name}: {cell['strategy']} / {cell['transport']}"):
                self.check_sums(run)

    def check_sums(self, run):
        """Every request has one outcome, and every attempt is accounted for on both sides."""
        self.assertEqual((run["valid"], run["reasons"]), (True, []))
        counts, server = run["requests"], run["server"]
        self.assertEqual(counts["ok"] + sum(run["errors"].values()), counts["total"])
        self.assertNotIn("none", run["errors"])
        self.assertEqual(sum(run["retries"].values()), counts["retried"])
        reached = counts["attempts"] - run["errors"].get("refused", 0)
        self.assertEqual(server["unique_tokens"], reached)
        self.assertEqual(server["requests"], reached + server["duplicate_tokens"])


class EachFaultTest(Faulty):
    def test_every_fault_on_every_strategy_and_on_every_transport(self):
        for name, (fault, outcome) in FAULTS.items():
            # Only what is to time out has a time-out that a busy machine may reach.
            document = self.run_each_once(name, hosts=[{"body_bytes": 1000, "faults": [fault]}],
                                          timeout="400ms" if outcome == "timeout" else "5s")
            seen = set()
            for cell, run in runs_of(document):
                with self.subTest(f"{name}: {cell['strategy']} / {cell['transport']}"):
                    seen.add(run["requests"]["failed"])
                    self.assertLessEqual(set(run["errors"]), {outcome})
                    if fault["kind"] != "refuse":
                        # A drip that is whole in time is a fault acted out and no failure.
                        met = run["server"]["faults"][fault["kind"]]
                        self.assertGreater(met, 0)
                        self.assertEqual(run["errors"], {outcome: met} if outcome else {})
            self.assertEqual(len(seen), 1, "all meet the same faults in a round")


class FaultTest(Faulty):
    def test_a_mix_on_several_hosts_one_of_which_refuses(self):
        document, _ = self.run_scenario("mix", "--transport", "curl_easy,curl_asio,beast_async",
                                        hosts=[{"faults": MIXED}, {"faults": [{"kind": "refuse"}]},
                                               {"delay": "2ms"}])
        for _, run in runs_of(document):
            self.assertEqual(run["errors"]["refused"], REQUESTS / 3)
            faults = run["server"]["faults"]
            self.assertEqual(run["errors"].get("truncated", 0),
                             faults.get("truncate", 0) + faults.get("reset_amid_body", 0))

    def test_head_has_no_middle_of_a_body(self):
        document, _ = self.run_scenario("head", "--transport", "curl_easy,beast_async,httplib",
                                        method="HEAD",
                                        hosts=[{"delay": "5ms", "faults": [
                                            {"kind": "truncate", "share": SHARE / 2},
                                            {"kind": "reset_amid_body", "share": SHARE / 2}]}])
        for _, run in runs_of(document):
            self.assertEqual(set(run["errors"]), {"reset"})

    def test_the_server_closes_after_some_requests(self):
        document, _ = self.run_scenario("close", "--strategy", "session_reuse,event_loop",
                                        "--workers", 1, hosts=[{"close_after": 5}])
        for _, run in runs_of(document):
            self.assertEqual(run["requests"]["ok"], REQUESTS)
            self.assertEqual(run["server"]["connections"], -(-REQUESTS // 5))

    def test_a_server_that_slows_down_under_load(self):
        slow = {"delay": "2ms", "slowdown": {"above": 2, "per_request": "4ms"}}
        document, _ = self.run_scenario("slow", "--strategy", "event_loop", "--workers", "2,16",
                                        "--transport", "curl_asio", timeout="5s", hosts=[slow])
        few, many = (run["server"]["hold_ns"]["p50"] for _, run in runs_of(document))
        self.assertGreater(many, 3 * few)
        self.assertGreaterEqual(many, 2e6 + 4e6)


class LimitTest(Faulty):
    """Time limits that faults and delays come close to."""

    def test_a_reset_that_a_library_answers_by_sending_again_may_time_out(self):
        document, _ = self.run_scenario(
            "twice", "--strategy", "thread_pool,event_loop", "--transport",
            "curl_easy,curl_asio,beast_async,httplib", timeout="700ms",
            hosts=[{"delay": "400ms", "faults": [{"kind": "reset", "share": 0.3}]}])
        for _, run in runs_of(document):
            self.assertLessEqual(set(run["errors"]), {"reset", "timeout"})

    def test_time_outs_before_a_request_can_have_arrived(self):
        self.run_scenario("early", "--strategy", "thread_pool,event_loop", "--transport",
                          "curl_easy,curl_asio,beast_async", requests=60, workers=30,
                          timeout="8ms", reuse=False,
                          hosts=[{"tls": "on", "faults": [{"kind": "hang"}]}])

    def test_a_drip_counts_by_its_pieces(self):
        over = [{"kind": "drip", "over": "5s"}]
        for method, body, outcome in (("HEAD", 100, None), ("GET", 0, None), ("GET", 1, None),
                                      ("GET", 2, "timeout"), ("GET", 1000, "timeout")):
            document, _ = self.run_scenario("pieces", "--strategy", "event_loop", method=method,
                                            workers=REQUESTS, timeout="2s",
                                            hosts=[{"body_bytes": body, "faults": over}])
            for _, run in runs_of(document):
                self.assertEqual(run["errors"], {outcome: REQUESTS} if outcome else {})

    def test_a_drip_that_ends_as_its_time_does(self):
        self.run_scenario("edge", "--strategy", "thread_pool,event_loop", "--transport",
                          "curl_easy,curl_asio,beast_async,httplib", timeout="800ms",
                          hosts=[{"faults": [{"kind": "drip", "over": "1s", "share": SHARE}]}])

    def test_a_drip_is_not_lateness_of_the_server(self):
        document, _ = self.run_scenario(
            "drip", "--strategy", "thread_pool", timeout="10s", workers=REQUESTS,
            hosts=[{"delay": "10ms", "faults": [{"kind": "drip", "over": "1s"}]}])
        for _, run in runs_of(document):
            self.assertGreaterEqual(run["server"]["hold_ns"]["p50"], 1008e6)
            self.assertLess(run["server"]["hold_error_ns"]["p50"], 500e6)

    def check_sums(self, run):
        self.assertEqual((run["valid"], run["reasons"]), (True, []))
        if not run["requests"]["retried"]:
            self.assertLessEqual(run["efficiency"], 1.01)


class LongWaitTest(Faulty):
    def test_hangs_and_waits_do_not_make_a_run_look_hung(self):
        """Longer than the 15 s that any run may take."""
        self.run_scenario("hangs", "--strategy", "session_reuse", requests=40, timeout="500ms",
                          hosts=[{"faults": [{"kind": "hang"}]}])


class RetryTest(Faulty):
    RETRY = {"retries": 3, "base": "1ms", "factor": 2, "cap": "4ms"}

    def test_retries_carry_through_a_tenth_of_failures(self):
        faults = [{"kind": "reset", "share": 0.025}, {"kind": "truncate", "share": 0.025},
                  {"kind": "status", "status": 503, "share": 0.05}]
        document, result = self.run_scenario(
            "tenth", "--transport", "curl_easy,curl_asio,beast_async", "--strategy",
            "thread_pool,process_pool,event_loop,coroutines", requests=8000, workers=32,
            timeout="10s", retry=self.RETRY, hosts=[{"faults": faults}])
        expected = sum(0.1 ** k for k in range(4))
        for cell, run in runs_of(document):
            with self.subTest(f"{cell['strategy']} / {cell['transport']}"):
                counts = run["requests"]
                self.assertGreaterEqual(counts["ok"] / counts["total"], 0.999)
                self.assertAlmostEqual(counts["attempts"] / counts["total"] / expected, 1,
                                       delta=0.02)
                self.assertAlmostEqual(cell["summary"]["amplification"],
                                       counts["attempts"] / counts["ok"])
                self.assertEqual(run["server"]["unique_tokens"], counts["attempts"])
        self.assertIn("att/ok", result.out)
        self.assertIn("attempts made again", result.out)

    def test_what_is_not_transient_is_not_made_again(self):
        document, _ = self.run_scenario(
            "permanent", "--transport", "curl_easy,curl_asio", retry=self.RETRY,
            hosts=[{"faults": [{"kind": "status", "share": SHARE, "status": 500}]}])
        for _, run in runs_of(document):
            self.assertEqual(run["requests"]["attempts"], REQUESTS)

    def test_a_post_is_made_again_only_if_asked(self):
        hosts = [{"faults": [{"kind": "status", "share": SHARE, "status": 503}]}]
        for post in (False, True):
            document, _ = self.run_scenario(
                "post", "--strategy", "thread_pool,event_loop", method="POST", hosts=hosts,
                request_body_bytes=100, retry={**self.RETRY, "post": post})
            for _, run in runs_of(document):
                self.assertEqual(run["requests"]["retried"] > 0, post)

    def test_retry_after_is_waited_for(self):
        fault = {"kind": "status", "share": 0.05, "status": 429, "retry_after": "1s"}
        document, _ = self.run_scenario(
            "later", "--strategy", "thread_pool,event_loop", "--transport",
            "curl_easy,beast_async,httplib", timeout="10s", retry=self.RETRY,
            hosts=[{"faults": [fault]}])
        for _, run in runs_of(document):
            self.assertGreater(run["requests"]["retried"], 0)
            self.assertGreaterEqual(run["latency_ns"]["max"], 1e9)


class DeadlineTest(Faulty):
    def test_what_is_not_answered_by_the_deadline_is_reported_so(self):
        slow_s = 20
        hosts = [{"delay": f"{slow_s}s"}, {"delay": "20ms"}, {"delay": "20ms"}]
        document = self.run_each_once("partial", "--deadline", "400ms", requests=3, workers=3,
                                      timeout="30s", hosts=hosts)
        for cell, run in runs_of(document):
            with self.subTest(f"{cell['strategy']} / {cell['transport']}"):
                one_by_one = cell["workers"] == 1
                self.assertEqual(run["errors"], {"deadline": 3 if one_by_one else 1})
                self.assertEqual(run["requests"]["attempts"], 1 if one_by_one else 3)
                self.assertGreaterEqual(run["makespan_ns"], 0.39e9)
                self.assertLess(run["makespan_ns"] / (slow_s * 1e9), 0.5)  # it was not awaited

    def test_no_retry_overruns_the_deadline(self):
        """Second retries would wait up to 20 s, further ones up to the cap."""
        cap_s = 60
        document, _ = self.run_scenario(
            "overrun", "--deadline", "500ms", "--transport", "curl_easy,curl_asio,beast_async",
            "--strategy", "thread_pool,event_loop", retry={"retries": 15, "base": "400ms",
                                                           "factor": 50, "cap": f"{cap_s}s"},
            hosts=[{"faults": [{"kind": "status", "status": 503}]}])
        for _, run in runs_of(document):
            self.assertLess(run["makespan_ns"] / (cap_s * 1e9), 0.1)
            self.assertLess(run["requests"]["attempts"], 16 * run["requests"]["total"])
            self.assertLessEqual(set(run["errors"]), {"bad_status", "deadline"})

    def check_sums(self, run):
        """What the deadline cut may or may not have reached the server."""
        self.assertEqual((run["valid"], run["reasons"]), (True, []))
        counts, server = run["requests"], run["server"]
        self.assertEqual(counts["ok"] + sum(run["errors"].values()), counts["total"])
        self.assertLessEqual(server["unique_tokens"], counts["attempts"])


class QueueTest(fanout_cli.CliTest):
    def test_the_queue_holds_no_more_than_it_may(self):
        file = self.scenario("queue", requests=60, workers=3, hosts=[{"delay": "2ms"}])
        for flags, most in (((), 6), (("--queue-capacity", 1), 1),
                            (("--queue-capacity", "unbounded"), 60)):
            document, _ = self.measure("--scenario", file, "--strategy", "thread_queue,thread_pool",
                                       "--rounds", 1, *flags)
            (_, queued), (_, pooled) = runs_of(document)
            self.assertLessEqual(queued["queue_peak"], most)
            self.assertGreater(queued["queue_peak"], most // 3)
            self.assertIsNone(pooled["queue_peak"])


if __name__ == "__main__":
    unittest.main()
