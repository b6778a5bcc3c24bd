"""What a gate in continuous integration uses: --fail-if, --strict, and the forms that systems read."""

import re
import unittest
import xml.etree.ElementTree as xml

import yaml

import fanout_cli
from fanout_cli import ROOT

CELLS = ("--scenario", "local-500", "-n", 20, "--strategy", "thread_pool,event_loop",
         "--transport", "curl_easy,curl_asio", "--workers", 10, "--no-references", "--no-profile")
INVALID, FAILED = 3, 4


class CiTest(fanout_cli.CliTest):
    result = None

    def measured(self, *arguments, code=0, rounds=6):
        return self.measure(*CELLS, "--rounds", rounds, *arguments, code=code)

    def test_conditions_decide_the_exit_code(self):
        document, result = self.measured("--fail-if", "makespan > 1m", "--fail-if", "success<99%")
        self.assertEqual([one["failed"] for one in document["conditions"]], [False] * 4)
        self.assertIn("passed: no condition of --fail-if holds in 4 checks\n", result.out)
        document, result = self.measured("--fail-if", "event_loop: makespan > 1ms",
                                         "--fail-if", "rps < 1", code=FAILED)
        failed = [one for one in document["conditions"] if one["failed"]]
        self.assertEqual([one["strategy"] for one in failed], ["event_loop"])
        self.assertRegex(failed[0]["words"],
                         r"\Amakespan is \S+ ms \(up to \S+ ms, the end of its 95 % interval\)\Z")
        self.assertIn("failed: event_loop / curl_asio / 10 workers (local-500): event_loop: makespan "
                      "> 1ms: makespan is ", result.out)
        words = self.measured("--fail-if", "p50 > 1ms", rounds=1, code=FAILED)[0]["conditions"]
        self.assertIn("(its median; too few rounds for an interval)", words[0]["words"])
        words = self.measured("--fail-if", "p50 > 1ms", "--fail-on", "median", code=FAILED)[0]
        self.assertTrue(words["conditions"][0]["words"].endswith("(its median)"))

    def test_a_condition_that_is_none_is_refused(self):
        for condition, why in (
                ("p99 50ms", "a figure, < or >, and a value"), ("p98 > 5ms", "one of the figures "),
                ("p99 > 5", "a duration with a unit, such as 50ms after p99 >"),
                ("success < 200%", "a share of 1, such as 99.9% after success <"),
                ("memory > 5", "a size with a unit"), ("rps < nan", "a number per second"), ("rps < fast", "a number per second"),
                ("process_pool: p99 > 5ms", "a strategy of this measurement")):
            result = self.fanout("run", *CELLS, "--fail-if", condition, "--dry-run")
            self.assertEqual((result.code, result.out), (2, ""), str(result))
            self.assertIn(f"fanout: --fail-if: expected {why}", result.err)
            self.assertIn(f'found "{condition}"\n', result.err)

    def test_strict_is_about_every_request(self):
        file = self.scenario("few", requests=40, hosts=[{"faults": [{"kind": "status", "status": 500, "share": 0.2}]}])
        few = ("--scenario", file, "--strategy", "thread_pool", "--rounds", 1)
        document, _ = self.measure(*few)
        self.assertGreater(document["cells"][0]["runs"][0]["requests"]["failed"], 0)
        self.measure(*few, "--strict", code=INVALID)
        self.measured("--strict", rounds=1)

    def test_every_form_says_what_failed(self):
        _, result = self.measured("--fail-if", "thread_pool: cpu > 1ns", code=FAILED)
        file = re.search(r"results: (.*)\n", result.out)[1]
        suites = xml.fromstring(self.succeed("report", file, "--format", "junit").out)
        self.assertEqual(suites.tag, "testsuites")
        [suite] = suites
        self.assertEqual({key: suite.get(key) for key in ("name", "tests", "failures", "errors")},
                         {"name": "fanout.local-500", "tests": "3", "failures": "1", "errors": "0"})
        for case in suite:
            self.assertEqual((case.tag, set(case.keys())), ("testcase", {"classname", "name", "time"}))
            self.assertGreater(float(case.get("time")), 0)
        [failure] = suite.iter("failure")
        self.assertRegex(failure.get("message"), r"\Acpu is \S+ us \(up to ")
        summary = self.folder / "summary.md"
        told = self.succeed("report", file, "--format", "github",
                            variables={"GITHUB_STEP_SUMMARY": str(summary)}).out
        self.assertRegex(told, r"(?m)^::error title=fanout%3A thread_pool / curl_easy / 10 workers%3A "
                               r"not thread_pool%3A cpu > 1ns::cpu is ")
        self.assertIn("| thread_pool | curl_easy |", re.sub(" +", " ", summary.read_text()))
        scraped = self.succeed("report", file, "--format", "prometheus").out
        for line in scraped.splitlines():
            self.assertRegex(line, r'\A(# (HELP|TYPE) fanout_\w+ .+|fanout_\w+\{scenario="local-500",'
                                   r'strategy="\w+",transport="\w+",workers="10"\} [0-9.e+-]+)\Z')

    def test_the_examples_are_what_their_systems_read(self):
        text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
        github, gitlab = (yaml.safe_load(block) for block in
                          re.findall(r"(?s)```yaml\n(.*?)```", text))
        steps = github["jobs"]["speed"]["steps"]
        self.assertTrue(all("run" in step or "uses" in step for step in steps))
        self.assertIn("--format github", " ".join(step.get("run", "") for step in steps))
        self.assertEqual(gitlab["speed"]["artifacts"]["reports"]["junit"], "speed.xml")
        for flag in set(re.findall(r"--fail-if '([^']*)'", text)):
            self.succeed("run", *CELLS, "--fail-if", flag, "--dry-run")


if __name__ == "__main__":
    unittest.main()
