"""What a gate in continuous integration uses: --fail-if, --strict, and the forms that systems read."""

import re
import shlex
import sys
import unittest
import xml.etree.ElementTree as xml

try:
    import yaml
except ImportError:
    yaml = None

import fanout_cli
from fanout_cli import ROOT

CELLS = ("--scenario", "local-500", "-n", 20, "--strategy", "thread_pool,event_loop",
         "--transport", "curl_easy,curl_asio", "--workers", 10, "--no-references", "--no-profile")
INVALID, FAILED = 3, 4

# What junit-10.xsd of Jenkins' plugin xUnit says of the elements that we use: which may be inside,
# and the attributes, of which those in capitals are required.
JUNIT = {
    "testsuites": ({"testsuite"}, "name time tests failures errors"),
    "testsuite": ({"testsuite", "properties", "testcase", "system-out", "system-err"},
                  "NAME TESTS FAILURES ERRORS group time skipped timestamp hostname id package file "
                  "log url"),
    "testcase": ({"skipped", "error", "failure", "system-out", "system-err"},
                 "NAME time classname group"),
    "failure": (set(), "type message"),
}
JUNIT_TYPES = {"time": r"([0-9]{1,3})*\.[0-9]*", "tests": r"[0-9]+", "failures": r"[0-9]+",
               "errors": r"[0-9]+", "skipped": r"[0-9]+",
               "timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"}

# Ends before its work is done, and says something that is no text.
BABBLER = """
import sys
sys.stdin.readline()
print("ready \\x1b[31mbabbler", flush=True)
sys.stdin.readline()
sys.stderr.buffer.write(b"\\xff\\xed\\xa0\\x80 \\x01 <&> \\xef\\xbf\\xbf \\xe2\\x82\\xac")
sys.exit(1)
"""


def junit_problems(element, parent="", found=None):
    """What the element and all inside it have that the schema does not allow."""
    found = [] if found is None else found
    if element.tag not in JUNIT:
        return found + [f"{parent}/{element.tag}: unknown"]
    children, names = JUNIT[element.tag]
    known = {name.lower() for name in names.split()}
    required = {name.lower() for name in names.split() if name.isupper()}
    found += [f"{element.tag}: lacks {name}" for name in required - set(element.keys())]
    for name, value in element.items():
        if name not in known:
            found.append(f"{element.tag}: has {name}")
        elif not re.fullmatch(JUNIT_TYPES.get(name, ".*"), value):
            found.append(f"{element.tag}: {name} is {value}")
    if element.tag != "failure" and (element.text or "").strip():
        found.append(f"{element.tag}: has text")
    for child in element:
        if child.tag not in children:
            found.append(f"{element.tag}: {child.tag} inside")
        junit_problems(child, element.tag, found)
    return found


def commands_in(page):
    """The calls of fanout in the examples of a page, each as words."""
    text = "\n".join(re.findall(r"(?sm)^```\w+\n(.*?)^```", page))
    text = re.sub(r"\n +(?=--)", " ", re.sub(r"sh '([^']*)'", r'sh "\1"', text))
    commands = [shlex.split(line) for line in re.findall(r'fanout ((?:run|report) [^"\n]*)', text)]
    return [words[:words.index(">")] if ">" in words else words for words in commands]


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
        self.assertEqual((suites.tag, junit_problems(suites)), ("testsuites", []))
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

    def test_words_that_are_no_text_are_told_in_xml_all_the_same(self):
        program = self.folder / "babbler.py"
        program.write_text(BABBLER)
        _, result = self.measure("--scenario", "zero", "-n", 3, "--strategy", "sequential",
                                 "--rounds", 1, "--external",
                                 f"babbler={shlex.quote(sys.executable)} {program}", code=INVALID)
        file = re.search(r"results: (.*)\n", result.out)[1]
        suites = xml.fromstring(self.succeed("report", file, "--format", "junit").out)
        self.assertEqual(junit_problems(suites), [])
        [failure] = suites.iter("failure")
        self.assertIn("babbler", suites[0][1].get("name"))
        self.assertIn("<&>", failure.get("message"))
        self.assertIn("\N{REPLACEMENT CHARACTER}", failure.get("message"))
        self.assertIn("\N{EURO SIGN}", failure.get("message"))

    def test_the_examples_are_what_their_systems_read(self):
        text = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
        blocks = re.findall(r"(?s)```yaml\n(.*?)```", text)
        self.assertEqual(len(blocks), 2)
        for block in blocks:
            for line in block.splitlines():  # as far as that can be seen without a module
                self.assertRegex(line, r"\A *(- )?([\w-]+:( .*)?|\S.*)\Z")
                self.assertEqual((len(line) - len(line.lstrip(" "))) % 2, 0, line)
        for command in (gate for gate in re.findall(r"scripts/[a-z-]+", text)):
            self.assertTrue((ROOT / command).exists(), command)
        if yaml is None:
            return
        github, gitlab = map(yaml.safe_load, blocks)
        steps = github["jobs"]["speed"]["steps"]
        self.assertTrue(all("run" in step or "uses" in step for step in steps))
        self.assertIn("--format github", " ".join(step.get("run", "") for step in steps))
        self.assertEqual(gitlab["speed"]["artifacts"]["reports"]["junit"], "speed.xml")

    def test_the_commands_of_the_examples_are_known(self):
        commands = commands_in((ROOT / "docs" / "ci.md").read_text(encoding="utf-8"))
        self.assertEqual({words[0] for words in commands}, {"run", "report"})
        self.assertGreaterEqual(len(commands), 5)
        for words in commands:
            if words[0] == "run":
                self.assertIn("--fail-if", words)
                self.succeed(*words, "--dry-run")
            known = self.succeed(words[0], "--help").out
            for flag in (word for word in words if word.startswith("-")):
                self.assertRegex(known, rf"(?m)^  (-\w,)?{flag}\b|^  {flag},")


if __name__ == "__main__":
    unittest.main()
