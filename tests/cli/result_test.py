"""What real, small runs put into the result document, and that it is true."""

import json
import unittest

import fanout_cli
from fanout_cli import load, table_rows, validate

WORKERS = 4
HOST = {"delay": "5ms"}  # so that every worker gets work
KEPT = {"sequential": [40], "session_reuse": [1], "thread_per_request": [40], "others": [WORKERS]}
ADAPTIVE = ("aimd", "gradient")  # strategies that find their own number in flight
NULL = ("--scenario", "zero", "--transport", "null")


def runs_of(document):
    return [(cell, run) for cell in document["cells"] for run in cell["runs"]]


class Measured(fanout_cli.CliTest):
    def all_pairs(self, *arguments, rounds=1, **keys):
        """Every strategy on every transport that can; checks what holds of any valid run."""
        keys = {"hosts": [HOST], "workers": WORKERS, "requests": 40, **keys}
        document, result = self.measure("--scenario", self.scenario("pairs", **keys), "--transport",
                                        "all", "--rounds", rounds, *arguments)
        self.assertEqual(document["status"], "complete")
        self.assertEqual(document["stopped_by"], "rounds")
        self.check_cells(document["cells"], keys["requests"], rounds)
        return document, result

    def each_once(self, *arguments, **keys):
        """The same with every strategy once and every transport once."""
        keys = {"hosts": [HOST], "workers": WORKERS, "requests": 40, **keys}
        cells = self.measure_each_once("--scenario", self.scenario("each", **keys), "--rounds", 1,
                                       *arguments)
        self.check_cells(cells, keys["requests"], 1)
        return {"cells": cells}

    def check_cells(self, cells, requests, rounds):
        for cell in cells:
            with self.subTest(f"{cell['strategy']} / {cell['transport']}"):
                self.assertEqual(len(cell["runs"]), rounds)
                self.assertEqual(cell["summary"]["valid_runs"], rounds)
                for run in cell["runs"]:
                    self.check_run(cell, run, requests)

    def check_run(self, cell, run, requests):
        counts, server = dict(run["requests"]), run["server"]
        connected = counts.pop("connected")
        self.assertEqual((run["valid"], run["reasons"], run["errors"]), (True, [], {}))
        self.assertGreaterEqual(counts.pop("body_bytes"), 0)
        self.assertEqual(counts, {"total": requests, "ok": requests, "failed": 0,
                                  "attempts": requests, "retried": 0})
        self.assertEqual(sum(count for _, count in run["histogram"]), requests)
        lowest = [value for value, _ in run["histogram"]]
        self.assertEqual(lowest, sorted(set(lowest)))
        latency = run["latency_ns"]
        order = [latency[key] for key in ("min", "p50", "p90", "p99", "max")]
        self.assertEqual(order, sorted(order))
        self.assertLessEqual(run["cpu_ns"], run["process_cpu_ns"])
        self.assertGreater(run["peak_memory_bytes"], 1 << 20)
        least, most = {"process_pool": (cell["workers"],) * 2,
                       "process_loops": (min(cell["workers"], 2), cell["workers"])}.get(
                           cell["strategy"], (0, 0))
        self.assertTrue(least <= run["processes"] - 1 <= most, run["processes"])
        if cell["stack"] == "none":
            self.assertIsNone(server)
            return
        self.assertEqual((server["requests"], server["unique_tokens"], server["answered"]),
                         (requests,) * 3)
        self.assertEqual((server["duplicate_tokens"], server["untokened"]), (0, 0))
        if connected is not None:  # an external program does not say
            self.assertEqual(connected, server["connections"])
        self.assertLessEqual(server["peak_in_flight"], cell["workers"])

    def check_connections(self, document, expected):
        for cell, run in runs_of(document):
            if cell["stack"] == "none":
                continue
            with self.subTest(f"{cell['strategy']} / {cell['transport']}"):
                allowed = expected.get(cell["strategy"], expected["others"])
                if cell["strategy"] in ADAPTIVE:  # up to as many
                    allowed = range(1, max(allowed) + 1)
                self.assertIn(run["server"]["connections"], allowed)


class PairsTest(Measured):
    def test_connections_and_workers_with_reuse(self):
        """On every pair: as many connections as needed, and all workers in flight at once."""
        kept, _ = self.all_pairs()
        self.check_connections(kept, KEPT)
        for cell, run in runs_of(kept):
            if cell["stack"] != "none":
                self.assertEqual(run["server"]["peak_in_flight"], cell["workers"], cell["strategy"])

    def test_connections_without_reuse(self):
        fresh, _ = self.all_pairs("--reuse", "off")
        self.check_connections(fresh, {"others": [40]})


class EachTest(Measured):
    def test_connections_to_the_other_engine(self):
        self.check_connections(self.each_once("--engine", "httplib"), KEPT)
        self.check_connections(self.each_once("--engine", "httplib", "--reuse", "off"),
                               {"others": [40]})

    def test_head_and_post(self):
        for method in ("HEAD", "POST"):
            for engine in ("asio", "httplib"):
                self.each_once("--method", method, "--engine", engine, requests=12,
                               hosts=[{"delay": "1ms", "body_bytes": 3000}],
                               request_body_bytes=2000)


class EachAnswerTest(Measured):
    def test_two_hosts(self):
        document = self.each_once(hosts=[HOST, {"delay": "4ms", "body_bytes": 0}])
        # A worker needs a connection to a host only if it gets a request for it.
        some = range(WORKERS, 2 * WORKERS + 1)
        self.check_connections(document, {"sequential": [40], "session_reuse": [2],
                                          "thread_per_request": [40], "others": some})

    def test_statuses_that_were_asked_for_are_answers(self):
        for status in (404, 500, 301):
            with self.subTest(status):
                self.each_once(requests=8, hosts=[{"status": status}])

    def test_statuses_that_forbid_a_body(self):
        for status in (204, 404):
            with self.subTest(status):
                self.each_once(requests=4, timeout="1s", hosts=[{"status": status}])

    def test_bodies_of_several_sizes(self):
        sizes = {"list": [0, 200, 200, 70000]}
        for engine in ("asio", "httplib"):
            self.each_once(requests=40, engine=engine, hosts=[{"body_bytes": sizes}])
        self.each_once("--method", "HEAD", requests=12, hosts=[{"body_bytes": sizes}])

    def test_large_and_empty_bodies(self):
        for size in (0, 1, 1 << 20):
            self.each_once(requests=8, hosts=[{"body_bytes": size}])


class PlanTest(Measured):
    def test_impossible_pairs_are_skipped_with_a_reason(self):
        document, result = self.all_pairs(requests=8)
        pairs = {(row["strategy"], row["transport"]) for row in document["plan"]["skipped"]}
        self.assertIn(("event_loop", "curl_easy"), pairs)
        self.assertIn(("sequential", "curl_asio"), pairs)
        for row in document["plan"]["skipped"]:
            self.assertIn(row["strategy"], row["reason"])
            self.assertIn(f"skipped {row['strategy']} / {row['transport']}", result.out)
        measured = [{key: cell[key] for key in document["plan"]["cells"][0]}
                    for cell in document["cells"]]
        self.assertEqual(measured, document["plan"]["cells"])

    def order(self, seed):
        document, _ = self.measure(*NULL, "-n", 20, "--rounds", 4, "--seed", seed)
        order = sorted((run["round"], run["position"], cell["strategy"])
                       for cell, run in runs_of(document))
        cells = len(document["cells"])
        self.assertEqual([entry[:2] for entry in order],
                         [(place // cells, place % cells) for place in range(4 * cells)])
        return order

    def test_the_seed_fixes_the_order(self):
        first = self.order(5)
        self.assertEqual(self.order(5), first)
        self.assertNotEqual(self.order(6), first)
        rounds = [[name for number, _, name in first if number == wanted] for wanted in range(4)]
        self.assertNotEqual(rounds[0], rounds[1], "every round has an order of its own")

    def test_sweep_has_a_row_per_number_of_workers(self):
        document, result = self.measure(*NULL, "-n", 20, "--rounds", 1, "--workers", "1..4:3",
                                        command="sweep")
        self.assertEqual([row[0] for row in table_rows(result.out)[1:]], ["1", "4"])
        alone = [cell for cell in document["cells"] if cell["strategy"] == "sequential"]
        self.assertEqual([cell["workers"] for cell in alone], [1])

    def test_time_budget_ends_after_a_whole_round(self):
        document, result = self.measure(*NULL, "-n", 20, "--rounds", 50, "--time-budget", "1ms")
        self.assertEqual((document["status"], document["stopped_by"]), ("complete", "time budget"))
        self.assertEqual({len(cell["runs"]) for cell in document["cells"]}, {1})
        self.assertIn("time budget", result.out)


class FiguresTest(Measured):
    def test_intervals_only_from_six_rounds_and_p999_only_from_10_000_requests(self):
        for rounds, requests in ((5, 9_999), (6, 10_000)):
            document, result = self.measure(*NULL, "--strategy", "event_loop", "-n", requests,
                                            "--rounds", rounds)
            summary = document["cells"][0]["summary"]
            known = [one for one in summary["intervals"].values() if one]  # response times are not
            for interval in (summary["makespan_ns"], *known):
                self.assertEqual(interval["ci_low"] is not None, rounds == 6)
                if rounds == 6:
                    self.assertLessEqual(interval["ci_low"], interval["median"])
                    self.assertGreaterEqual(interval["ci_high"], interval["median"])
            for _, run in runs_of(document):
                self.assertEqual(run["latency_ns"]["p999"] is not None, requests == 10_000)
            self.assertEqual("no interval and no ranks" in result.out, rounds == 5)

    def test_report_as_json_is_the_file(self):
        file = self.scenario("several", requests=12, workers=WORKERS, hosts=[HOST])
        document, _ = self.measure("--scenario", file, "--strategy", "all", "--rounds", 3)
        (self.folder / "r.json").write_text(json.dumps(document))
        again = json.loads(self.succeed("report", "r.json", "--format", "json").out)
        self.assertEqual(again, document)


class InvalidTest(Measured):
    def bad_and_good(self, *arguments):
        """A scenario that hangs until its runs are ended and one that does not, in one invocation."""
        bad = self.scenario("bad", requests=12, workers=WORKERS,
                            hosts=[{"faults": [{"kind": "hang"}]}])
        good = self.scenario("good", requests=12, workers=WORKERS, hosts=[{"delay": "1ms"}])
        document, result = self.measure("--scenario", f"{bad},{good}", "--rounds", 2, *arguments,
                                        code=3)
        self.assertEqual(document["status"], "complete")
        for cell, run in runs_of(document):
            with self.subTest(f"{cell['strategy']} / {cell['transport']} / {cell['scenario']}"):
                self.assertEqual(run["valid"], cell["scenario"] == "good", run["reasons"])
        for cell in document["cells"]:
            self.assertEqual(len(cell["runs"]), 2)
            if cell["scenario"] == "bad":
                self.assertEqual(cell["summary"]["valid_runs"], 0)
                self.assertIn(f"INVALID {cell['strategy']} / {cell['transport']} / ", result.out)
        return [run for cell, run in runs_of(document) if cell["scenario"] == "bad"]

    def test_a_run_that_hangs_is_ended_at_its_limit(self):
        runs = self.bad_and_good("--run-limit", "3s", "--strategy",
                                 "thread_queue,process_pool,event_loop",
                                 "--transport", "curl_easy,curl_asio")
        for run in runs:
            self.assertIn("limit of 3.00 s", " ".join(run["reasons"]))

    def test_csv_and_saved_table_name_the_reasons(self):
        file = self.scenario("bad", requests=6, hosts=[{"faults": [{"kind": "hang"}]}])
        result = self.succeed("run", "--scenario", file, "--strategy", "session_reuse", "--rounds",
                              1, "--run-limit", "300ms", "--format", "csv", "-o", "r.json", code=3)
        self.assertIn(",false,", result.out)
        self.assertIn("6 of 6 requests have no outcome", result.out)
        validate(load(self.folder / "r.json"))
        saved = self.succeed("report", "r.json", code=2)
        self.assertIn("INVALID session_reuse / curl_easy / 1 worker: 6 of 6", saved.out)


class SchemaTest(Measured):
    def test_the_reference_results_are_of_today(self):
        for file in sorted((fanout_cli.ROOT / "results" / "reference").glob("*.json")):
            with self.subTest(file.name):
                validate(load(file))
                again = json.loads(self.succeed("report", file, "--format", "json").out)
                self.assertEqual(again, load(file))

    def objects(self, node):
        if isinstance(node, dict):
            if node.get("type") == "object":
                yield node
            node = list(node.values())
        for value in node if isinstance(node, list) else []:
            yield from self.objects(value)

    def test_no_object_may_hold_unknown_keys(self):
        schema = load(fanout_cli.ROOT / "results" / "report.schema.json")
        for node in self.objects(schema):
            if node.get("additionalProperties") is False:
                # Of a cell, where it speaks HTTP/2 and shares connections; of several machines.
                known = set(node["properties"]) - set(node["required"])
                self.assertIn(known, (set(), {"http", "connections"},
                                      {"server_machine", "clients"}), node)
            else:
                self.assertIn("propertyNames" if "minProperties" not in node else "minProperties",
                              node)

    def test_documents_that_lack_or_add_something_break_it(self):
        document, _ = self.measure("--scenario", "zero", "-n", 10, "--strategy", "sequential",
                                   "--transport", "curl_easy", "--rounds", 1)
        for place in (lambda d: d, lambda d: d["plan"], lambda d: d["cells"][0],
                      lambda d: d["cells"][0]["runs"][0], lambda d: d["cells"][0]["summary"],
                      lambda d: d["cells"][0]["runs"][0]["server"]["hold_ns"]):
            for key in place(document):
                broken = json.loads(json.dumps(document))
                del place(broken)[key]
                self.assertRaises(ValueError, validate, broken)
                broken = json.loads(json.dumps(document))
                place(broken)["unknown"] = 1
                self.assertRaises(ValueError, validate, broken)


if __name__ == "__main__":
    unittest.main()
