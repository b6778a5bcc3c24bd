"""fanout compare with several results: sides of sessions, results over time, and what is a trifle."""

import copy
import csv
import io
import json
import re
import unittest

import jsonschema

import fanout_cli
from compare_test import INCOMPARABLE, REGRESSION, SCHEMA

CELLS = ("--scenario", "zero", "-n", 100, "--reuse", "off", "--strategy", "thread_pool",
         "--transport", "curl_easy", "--workers", 4, "--no-profile")


class SessionsTest(fanout_cli.CliTest):
    """All tests change copies of one result with its references, whose figures are made even."""

    base = None

    def setUp(self):
        super().setUp()
        SessionsTest.base = SessionsTest.base or self.measure(*CELLS, "--rounds", 10)[0]
        for number, factor in enumerate((1, 1.01, 0.99), 1):
            self.write(f"base{number}.json", factor)
            self.write(f"same{number}.json", factor * 1.002)
            self.write(f"slow{number}.json", factor * 1.2)

    def write(self, name, factor=1, drift=1, change=lambda document: None):
        """A session whose cell costs so many times as much, on a machine that does as well."""
        document = copy.deepcopy(SessionsTest.base)
        for row in document["cells"] + document["references"]:
            for place, run in enumerate(row["runs"]):
                cost = 50e3 * drift * (1 + place / 1000)
                run["cpu_ns"] = round(cost * (factor if row in document["cells"] else 1)
                                      * run["requests"]["total"])
                run["server"]["cpu_ns"] = round(cost * run["server"]["requests"])
        change(document)
        (self.folder / name).write_text(json.dumps(document))
        return name

    def compare(self, *arguments, code=0):
        result = self.fanout("compare", *arguments)
        self.assertEqual(result.code, code, str(result))
        return result.err if code == INCOMPARABLE else result.out

    def as_json(self, *arguments, code=0):
        document = json.loads(self.compare(*arguments, "--format", "json", code=code))
        jsonschema.Draft202012Validator(SCHEMA).validate(document)
        return document

    def test_the_machine_drifts(self):
        name = self.write("drifted.json", drift=1.2)
        change, = self.as_json("base1.json", name, "--measure", "cpu")["changes"]
        self.assertEqual(change["verdict"], "not separated")
        self.assertAlmostEqual(change["drift"], 1.2, 2)
        self.assertAlmostEqual(change["new_ns"] / change["base_ns"], 1.2, 2)
        out = self.compare("base1.json", name, "--measure", "cpu")
        self.assertIn("note: drift is how the machine itself changed", out)
        change, = self.as_json("base1.json", "slow1.json", "--measure", "cpu",
                               code=REGRESSION)["changes"]
        self.assertAlmostEqual(change["ratio"], 1.2, 2)

    def test_several_results_of_a_side(self):
        base = [f"base{i}.json" for i in (1, 2, 3)]
        for kind, code in (("same", 0), ("slow", REGRESSION)):
            new = [f"{kind}{i}.json" for i in (1, 2, 3)]
            document = self.as_json(*base, "--new", *new, "--measure", "cpu,success", code=code)
            self.assertEqual(document["regression"], code == REGRESSION)
            self.assertEqual([one["file"] for one in document["new_sessions"]], new)
            self.assertEqual(len(document["base_sessions"]), 3)
        out = self.compare(*base, "--new", *new, "--measure", "cpu", code=REGRESSION)
        self.assertIn("Holm's correction is for all comparisons together", out)
        self.assertIn(" 3 and 3 sessions)\n", out)
        out = self.compare(*base, "--new", "slow1.json", "--measure", "cpu")
        self.assertIn("at least 3 sessions of each side needed, 3 and 1 seen", out)
        self.assertEqual(out.splitlines()[-1], "nothing judged: not enough evidence")

    def test_a_session_is_named_once(self):
        self.assert_refused(self.fanout("compare", "base1.json", "--new", "base2.json",
                                        "./base2.json"), "./base2.json is named twice")
        self.write("copy.json")
        for names in (("base1.json", "--new", "base2.json", "copy.json"),
                      ("base1.json", "base2.json", "copy.json")):
            self.assert_refused(self.fanout("compare", *names), "copy.json is a copy of base1.json")

    def test_what_over_time_does_not_know_is_refused(self):
        folder = self.history(1, 1.01, 0.99)
        self.assert_refused(self.fanout("compare", folder, "base1.json"), "put --new before")
        self.assert_refused(self.fanout("compare", folder, "--measure", "success"),
                            "success is for two sides")
        self.assert_refused(self.fanout("compare", "n" * 300, "base1.json"), "cannot be read")
        self.assert_refused(self.fanout("compare", "base1.json", "base2.json", "--measure",
                                        "succes"), "did you mean success?")

    def test_one_of_each_side_by_new(self):
        self.assertEqual(self.compare("base1.json", "base2.json"),
                         self.compare("base1.json", "--new", "base2.json"))

    def test_success_is_judged_where_it_is_named(self):
        def failing(document):
            for run in document["cells"][0]["runs"]:
                run["requests"].update(ok=run["requests"]["total"] - 5, failed=5)
        name = self.write("failing.json", change=failing)
        out = self.compare("base1.json", name, "--measure", "success", code=REGRESSION)
        self.assertIn("regression: fewer requests succeed", out)
        self.assertNotIn("makespan", out)
        self.compare("base1.json", name, "--measure", "cpu")
        self.assertEqual(self.compare("base1.json", "base2.json", "--measure", "success")
                         .splitlines()[-1],
                         "no regression: no cell in which fewer requests succeed")

    def test_trifles_are_noted(self):
        def other(document):
            document["environment"]["memory_bytes"] += 4096
        name = self.write("other.json", change=other)
        self.assertIn("note: differs, no matter: environment.memory_bytes: ",
                      self.compare("base1.json", name, "--measure", "cpu"))
        self.assertEqual(len(self.as_json("base1.json", name, "--measure", "cpu")["trifles"]), 1)

    def test_what_decides_is_refused(self):
        def quota(document):
            document["environment"]["cpu_quota"] = 0.5

        def more_memory(document):
            document["environment"]["memory_bytes"] *= 2

        for change, words in ((quota, "environment.cpu_quota"), (more_memory, "memory_bytes")):
            name = self.write("unlike.json", change=change)
            self.assertIn(words, self.compare("base1.json", name, code=INCOMPARABLE))
            self.assertIn(words, self.compare("base2.json", "base3.json", "--new", name,
                                              code=INCOMPARABLE))
            self.assertIn(words, self.compare("base2.json", "base3.json", name, code=INCOMPARABLE))

    def history(self, *factors):
        """A folder of results, a day between them, the last named first."""
        folder = self.folder / "history"
        folder.mkdir()
        for day, factor in enumerate(factors, 1):
            def date(document, day=day):
                document["started_at"] = f"2026-01-{day:02}T00:00:00Z"
            self.write(f"history/{99 - day}.json", factor, change=date)
        return "history"

    def test_results_over_time(self):
        folder = self.history(1, 1.01, 0.99, 1.005, 1.2, 1)
        out = self.compare(folder, "--measure", "cpu")
        self.assertRegex(out.splitlines()[-1], r"^first to leave: history/94\.json "
                         r"\(2026-01-05.*CPU per request: 1\.20x dearer$")
        self.assertIn("| 2026-01-05T00:00:00Z |",
                      self.compare(folder, "--measure", "cpu", "--format", "markdown"))
        rows = list(csv.DictReader(io.StringIO(
            self.compare(folder, "--measure", "cpu", "--format", "csv"))))
        self.assertEqual([row["started"][8:10] for row in rows],
                         ["01", "02", "03", "04", "05", "06"])
        self.assertEqual([row["is"].split(":")[0] for row in rows],
                         ["too few before"] * 3 + ["within", "out", "within"])

    def test_a_result_in_which_requests_fail_is_no_gain(self):
        folder = self.history(1, 1.01, 0.99, 1.005)

        def half_fails(document):
            document["started_at"] = "2026-01-30T00:00:00Z"
            for run in document["cells"][0]["runs"]:
                run["requests"].update(ok=50, failed=50)
        self.write("history/last.json", 0.5, change=half_fails)
        out = self.compare(folder, "--measure", "cpu")
        self.assertIn("% of the requests answered in those before, 50.0 % in this one", out)
        self.assertEqual(out.splitlines()[-1], "no result left its band")

    def test_results_over_time_that_stay(self):
        self.history(1, 1.01, 0.99, 1.005)
        files = [f"history/{name}.json" for name in (95, 96, 97, 98)]
        out = self.compare(*files, "--measure", "cpu")
        self.assertEqual(out.splitlines()[-1], "no result left its band")
        self.assertRegex(out.splitlines()[0], "^2026-01-01.*history/98.json")
        self.assertEqual(self.compare(*files[:3], "--measure", "cpu").splitlines()[-1],
                         "nothing judged: a result needs at least 3 before it")

    def page(self, *arguments):
        """The page as text, without its script, and what it draws."""
        result = self.fanout("compare", *arguments, "--html", "page.html")
        if "without the report page" in result.err:
            self.skipTest("built without Node")
        self.assertEqual((result.code, result.out), (0, "page: page.html\n"), str(result))
        page = (self.folder / "page.html").read_text()
        main, data = re.search(r'<main [^>]*>(.*)</main>\s*<script type="application/json"[^>]*>'
                               r"(.*?)</script>", page, re.S).groups()
        return main, json.loads(data)["history"]

    def test_a_page_of_results_over_time(self):
        folder = self.history(1, 1.01, 0.99, 1.005, 1.2, 1)
        main, history = self.page(folder, "--measure", "cpu")
        row, = history["rows"]
        self.assertEqual([point["left"] for point in row["points"]], [False] * 4 + [True, False])
        self.assertEqual((row["first_left"], row["points"][4]["words"]), (4, "out: 1.20x dearer"))
        self.assertEqual(history["results"][4]["name"], "history/94.json")
        table = list(csv.DictReader(io.StringIO(
            self.compare(folder, "--measure", "cpu", "--format", "csv"))))
        for key in ("measured_ns", "value_ns", "band_low_ns", "band_high_ns"):
            self.assertEqual([f"{point[key]:.0f}" if point[key] else "" for point in row["points"]],
                             [line[key] for line in table])
        self.assertIn("<h1>History of 6 results</h1>", main)
        last = self.compare(folder, "--measure", "cpu").splitlines()[-1]
        self.assertEqual(row["words"], last)
        self.assertEqual(main.count(f"<p>{last}</p>"), 2, "above all, and beside its row")
        self.assertEqual(main.count("<table>"), 2, "of the row, and of the results")
        self.assertIn('<td class="left">out: 1.20x dearer</td>', main)

    def test_a_page_is_of_results_over_time_alone(self):
        for files in (("base1.json", "base2.json"), ("base1.json", "--new", "base2.json"),
                      ("base1.json", "base2.json", "--new", "base3.json")):
            self.assert_refused(self.fanout("compare", *files, "--html", "page.html"),
                                "--html is for results over time")
        folder = self.history(1, 1.01, 0.99)
        for file, words in (("history/97.json", "is the result itself"), ("a.json", "end so")):
            self.assert_refused(self.fanout("compare", folder, "--html", file), words)
        self.assert_refused(self.fanout("compare", folder, "--html", "a.html", "--format", "csv"),
                            "--html and --format exclude each other")
        self.assertFalse((self.folder / "page.html").exists())

    def test_a_folder_without_results(self):
        (self.folder / "empty").mkdir()
        self.assert_refused(self.fanout("compare", "empty"), "holds no result")
        (self.folder / "empty" / "one.json").write_text("{}")
        self.assert_refused(self.fanout("compare", "empty", "base1.json", "base2.json"),
                            "one.json")


if __name__ == "__main__":
    unittest.main()
