"""fanout compare as a gate: what it lets through, what it stops, and what it refuses to compare."""

import copy
import json
import unittest

import jsonschema

import fanout_cli
from fanout_cli import load

SCHEMA = json.loads((fanout_cli.ROOT / "results" / "comparison.schema.json")
                    .read_text(encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(SCHEMA)
CELLS = ("--scenario", "local-500", "-n", 20, "--strategy", "thread_pool,event_loop",
         "--transport", "curl_easy,curl_asio", "--workers", 10, "--no-references")
INCOMPLETE, REGRESSION, INCOMPARABLE = 3, 4, 5


class CompareTest(fanout_cli.CliTest):
    """All tests change copies of one result. Its makespans are made even, and limited by the delays
    of the server, since a neighbour's load would hide what is changed.
    """

    base = None

    def setUp(self):
        super().setUp()
        CompareTest.base = CompareTest.base or self.measured()
        self.document = copy.deepcopy(CompareTest.base)
        self.write("base.json", lambda document: None)

    def measured(self):
        document, _ = self.measure(*CELLS, "--rounds", 8)
        for cell in document["cells"]:
            for place, run in enumerate(cell["runs"]):
                run["makespan_ns"] = 100_000_000 + 100_000 * place
                run["limited_by"] = "latency"
        return document

    def write(self, name, change):
        """A copy of the result, changed."""
        document = copy.deepcopy(self.document)
        change(document)
        (self.folder / name).write_text(json.dumps(document))
        return name

    def slowed(self, strategy):
        def change(document):
            for cell in document["cells"]:
                for run in cell["runs"]:
                    if cell["strategy"] == strategy:
                        run["makespan_ns"] = run["makespan_ns"] * 11 // 10
                        run["efficiency"] /= 1.1
        return self.write("slowed.json", change)

    def compare(self, *arguments, code=0):
        result = self.fanout("compare", *arguments)
        self.assertEqual(result.code, code, str(result))
        self.assertEqual(result.err, "", str(result))
        return result.out

    def as_json(self, *arguments, code=0):
        document = json.loads(self.compare(*arguments, "--format", "json", code=code))
        jsonschema.Draft202012Validator(SCHEMA).validate(document)
        return document

    def test_a_result_and_itself(self):
        out = self.compare("base.json", "base.json")
        self.assertIn("\nno regression beyond 5 % in 6 comparisons", out)
        document = self.as_json("base.json", "base.json")
        self.assertFalse(document["regression"])
        self.assertFalse(document["incomplete"])
        for change in document["changes"]:
            wanted = "not separated" if change["measure"] == "makespan" else "declined"
            self.assertEqual(change["verdict"], wanted)
        self.assertIn("not judged: no client floor in both says how the machine changed", out)

    def test_makespans_longer_by_ten_percent(self):
        for strategy in ("thread_pool", "event_loop"):
            with self.subTest(strategy):
                name = self.slowed(strategy)
                out = self.compare("base.json", name, code=REGRESSION)
                self.assertIn("\n1 regression beyond 5 %:\n", out)
                self.assertRegex(out.splitlines()[-1], rf"^  {strategy} / .*makespan: 1\.10x slower")
                document = self.as_json("base.json", name, code=REGRESSION)
                worse = [(change["strategy"], change["measure"]) for change in document["changes"]
                         if change["verdict"] == "regression"]
                self.assertEqual(worse, [(strategy, "makespan")])

    def test_faster_is_no_regression(self):
        name = self.slowed("thread_pool")
        self.assertIn("1.10x faster", self.compare(name, "base.json"))

    def test_threshold_and_measure(self):
        name = self.slowed("thread_pool")
        for threshold in ("15%", "0.15"):
            out = self.compare("base.json", name, "--threshold", threshold)
            self.assertIn(" 1.10x slower\n", out)
            self.assertIn("no regression beyond 15 %", out)
        out = self.compare("base.json", name, "--measure", "cpu,p99")
        self.assertNotIn("makespan", out)
        self.compare("base.json", name, "--measure", "makespan", code=REGRESSION)
        self.assertIn("| thread_pool | curl_easy | 10 | makespan |",
                      self.compare("base.json", name, "--format", "markdown", code=REGRESSION))

    def refused(self, *arguments):
        """Exit code 5, nothing printed; the lines that say what differs."""
        result = self.fanout("compare", *arguments)
        self.assertEqual((result.code, result.out), (INCOMPARABLE, ""), str(result))
        first, *lines = result.err.splitlines()
        self.assertRegex(first, r"^fanout: compare: .*--force$")
        return lines

    def test_another_scenario(self):
        def other(document):
            document["plan"]["scenarios"][0]["server"]["hosts"][0]["delay"] = "18ms"
        lines = self.refused("base.json", self.write("other.json", other))
        self.assertEqual(len(lines), 1, lines)
        self.assertIn("scenario local-500.server.hosts[0].delay: ", lines[0])
        self.succeed("run", *CELLS[2:], "--scenario", "zero", "--rounds", 1, "-o", "zero.json")
        self.assertIn('  scenario "local-500" is in BASE only', self.refused("base.json", "zero.json"))
        result = self.fanout("compare", "base.json", "zero.json", "--force")
        self.assertEqual((result.code, result.out), (INCOMPARABLE, ""), str(result))
        self.assertIn("no cell is in both", result.err)

    def test_another_machine(self):
        def other(document):
            document["environment"]["cpu_model"] = "a faster one"
            document["tool"].update(commit="another", build="Debug")
        name = self.write("other.json", other)
        lines = self.refused("base.json", name)
        self.assertEqual([line.split(":")[0] for line in lines],
                         ["  environment.cpu_model", "  tool.build"])
        forced = self.compare("base.json", name, "--force")
        self.assertRegex(forced, r'note: differs, overruled: environment\.cpu_model: .*"a faster one"')
        self.assertEqual(len(self.as_json("base.json", name, "--force")["overruled"]), 2)

    def test_too_few_rounds(self):
        def short(document):
            for cell in document["cells"]:
                cell["runs"] = cell["runs"][:3]
        out = self.compare("base.json", self.write("short.json", short))
        self.assertIn("not enough evidence: at least 6 rounds needed, 3 in both\n", out)
        self.assertEqual(out.splitlines()[-1], "nothing judged: not enough evidence")
        self.assertNotIn("no regression", out)

    def test_cells_and_runs_that_are_missing(self):
        def fewer(document):
            del document["cells"][0], document["plan"]["cells"][0]
            for run in document["cells"][0]["runs"][:3]:
                run.update(valid=False, reasons=["made up"])
        name = self.write("fewer.json", fewer)
        out = self.compare("base.json", name, code=INCOMPLETE)
        last = "incomplete: 1 cell without all runs valid in NEW, 1 cell of BASE missing from NEW"
        self.assertEqual(out.splitlines()[-1], last)
        self.assertEqual(self.compare("base.json", name, "--force").splitlines()[-1], last)
        self.assertTrue(self.as_json("base.json", name, code=INCOMPLETE)["incomplete"])
        self.assertIn("note: thread_pool / curl_easy / 10 workers (local-500) is in BASE only\n", out)
        self.assertIn("8 of 8 runs valid in BASE, 5 of 8 in NEW", out)
        self.assertIn("not enough evidence: at least 6 rounds needed, 5 in both\n", out)

    def test_nothing_valid_in_either(self):
        def invalid(document):
            for cell in document["cells"]:
                for run in cell["runs"]:
                    run.update(valid=False, reasons=["made up"])
        name = self.write("invalid.json", invalid)
        out = self.compare(name, name, code=INCOMPLETE)
        self.assertEqual(out.splitlines()[-2:], ["nothing judged: not enough evidence",
                                                 "incomplete: 2 cells without all runs valid in NEW"])
        self.assertEqual(self.as_json(name, name, code=INCOMPLETE)["changes"], [])
        self.compare("base.json", name, code=INCOMPLETE)
        self.compare(name, "base.json")

    def test_a_regression_is_more_than_a_missing_cell(self):
        name = self.slowed("event_loop")
        document = load(self.folder / name)
        gone = [cell["strategy"] for cell in document["cells"]].index("thread_pool")
        del document["cells"][gone], document["plan"]["cells"][gone]
        (self.folder / name).write_text(json.dumps(document))
        for force in ((), ("--force",)):
            out = self.compare("base.json", name, *force, code=REGRESSION)
            self.assertIn("\nincomplete: 1 cell of BASE missing from NEW\n1 regression beyond", out)

    def test_wrong_usage(self):
        for arguments, word in ((("base.json",), "1 result named; give BASE and NEW"),
                                (("base.json", "none.json"), "none.json"),
                                (("base.json", "base.json", "--threshold", "-5%"), "--threshold"),
                                (("base.json", "base.json", "--measure", "mkespan"), "makespan"),
                                (("base.json", "base.json", "--format", "csv"), "--format"),
                                (("base.json",) * 3 + ("--format", "json"), "--format"),
                                ((".", "--new"), "--new")):
            with self.subTest(arguments):
                self.assert_refused(self.fanout("compare", *arguments), word)


if __name__ == "__main__":
    unittest.main()
