"""External programs that keep to the protocol, and ways not to: each costs its own run at most."""

import os
import pathlib
import re
import shlex
import signal
import sys
import time
import unittest

import fanout_cli

ROGUE = pathlib.Path(__file__).with_name("rogue.py")
REQUESTS = 10

# What a program does, and what the reason says.
LIES = {
    "skips": "1 of 10 requests have no outcome",
    "doubles-records": "1 request issued or recorded more than once",
    "invents": "the server received 9, the client made 10 requests",
    "repeats-tokens": "reached the server more than once",
    "wrong-token": "1 request failed: 1 bad_token",
    "reports-early": "before the server can have answered",
    "shifts-times": "all requests had ended, says the program",
    "too-many": "requests were in flight at once, 1 are allowed",
    "connects-early": "the program connected before `go`",
    "future": "which ends in the future",
    "before-go": "which begins before `go",
    "wrong-method": "0 of 10 requests were GET",
    "sends-bodies": "of request bodies, 0 are right",
}
FAULTS = {
    "no-plan": "before it was ready: it ended: exit code 1: cannot begin",
    "greets-wrongly": 'before it was ready: it wrote "hello" to standard output, not `ready`',
    "dies": "after 2 of 10 records: it ended: killed by signal 9 (Killed): out of ideas",
    "leaves-early": "after 0 of 10 records: it ended: exit code 0",
    "floods-stderr": "complaint 19999",
    "malformed": 'it wrote "working on it" to standard output, which is no record',
    "endless": "it wrote a line of more than 4096 bytes",
    "one-more": "where `done` is due, after as many records as requests",
    "fails-late": "it ended after `done`: exit code 7",
    "leaves-a-child": "the program left processes behind that it did not await",
    "ignores-children": "it ignores SIGCHLD",
}
HANGS = {
    "never-ready": "before it was ready: it did not say `ready` (and flush it) within 3.00 s",
    "ignores-go": "after 0 of 10 records: it did not end within 3.00 s",
    "stays": "it did not end after `done` within 10.0 s",
}


def rogue(way):
    return f"{way}={shlex.quote(sys.executable)} {shlex.quote(str(ROGUE))} {way}"


class ProgramTest(fanout_cli.CliTest):
    def setUp(self):
        super().setUp()
        self.work = self.scenario("external", requests=REQUESTS, workers=1,
                                  hosts=[{"delay": "15ms"}], strategies=["session_reuse"])

    def runs(self, *ways, code=3, arguments=()):
        """way -> its run, beside one of fanout's own."""
        externals = [word for way in ways for word in ("--external", rogue(way))]
        rounds = () if "--rounds" in arguments else ("--rounds", 1)
        document, result = self.measure("--scenario", self.work, *rounds, *externals, *arguments,
                                        code=code)
        runs = {cell["strategy"]: cell["runs"][0] for cell in document["cells"]}
        self.assertEqual(set(runs), {"session_reuse", *ways})
        self.assertTrue(runs["session_reuse"]["valid"], runs["session_reuse"]["reasons"])
        return runs, document, result

    def check_caught(self, reasons, arguments=()):
        runs, _, result = self.runs(*reasons, arguments=arguments)
        for way, reason in reasons.items():
            with self.subTest(way):
                self.assertFalse(runs[way]["valid"])
                self.assertIn(reason, " / ".join(runs[way]["reasons"]))
                self.assertIn(f"INVALID {way} / own / 1 worker: ", result.out)


class CaughtTest(ProgramTest):
    def test_lies_are_caught(self):
        self.check_caught(LIES)

    def test_faults_cost_their_own_run(self):
        self.check_caught(FAULTS)

    def test_hangs_are_ended(self):
        self.check_caught(HANGS, arguments=("--run-limit", "3s"))


class RankingTest(ProgramTest):
    def test_is_not_ranked_among_strategies(self):
        document, _ = self.measure(*self.beside(), "--no-references", "--no-profile")
        self.assertTrue(document["verdicts"])
        for verdict in document["verdicts"]:
            self.assertNotIn("honest", str(verdict))
        self.assertNotIn("honest", str(document["recommendations"]))

    def test_is_no_reference_of_any(self):
        plan = self.succeed("run", *self.beside(), "--dry-run").out
        references = re.findall("^beside them, as .*", plan, re.M)
        self.assertEqual(len(references), 3, plan)
        self.assertNotIn("honest", str(references))

    def beside(self):
        """The program beside two strategies, in as many rounds as make ranks and references."""
        return ("--scenario", self.work, "--rounds", 10, "--strategy",
                "session_reuse,sequential", "--external", rogue("honest"))


class ExternalTest(ProgramTest):
    def test_an_honest_program_is_proven_like_any_strategy(self):
        runs, document, result = self.runs("honest", code=0)
        run = runs["honest"]
        self.assertTrue(run["valid"], run["reasons"])
        self.assertEqual(run["program"], "rogue 1.0")
        self.assertEqual(run["requests"]["ok"], REQUESTS)
        self.assertEqual(run["server"]["unique_tokens"], REQUESTS)
        self.assertEqual(run["server"]["connections"], REQUESTS)
        self.assertGreaterEqual(run["latency_ns"]["min"], 15e6)
        cell = next(cell for cell in document["cells"] if cell["strategy"] == "honest")
        self.assertEqual((cell["transport"], cell["stack"], cell["workers"]), ("own", "own", 1))
        self.assertEqual(document["plan"]["programs"],
                         [{"name": "honest", "command": ["/bin/sh", "-c", "exec " + rogue("honest")[7:]],
                           "imitates": ""}])
        self.assertIn("own: an external program", result.out)

    def test_keeping_connections_is_caught_where_there_are_to_be_none(self):
        runs, _, _ = self.runs("keeps", arguments=("--reuse", "off"))
        self.assertIn("10 requests came on 1 connection, the scenario has a new one for each",
                      runs["keeps"]["reasons"])

    def test_times_are_checked_where_requests_fail_too(self):
        self.work = self.scenario("failing", requests=REQUESTS, workers=1,
                                  strategies=["session_reuse"],
                                  hosts=[{"delay": "15ms"}, {"faults": [{"kind": "reset"}]}])
        runs, _, _ = self.runs("shifts-times")
        self.assertIn("all requests had ended, says the program", str(runs["shifts-times"]["reasons"]))

    def test_what_a_program_prints_is_shown_where_its_run_is_not_valid(self):
        runs, _, _ = self.runs("prints")
        self.assertEqual(runs["prints"]["reasons"][-1], "it printed: something is wrong")

    def test_cpu_is_counted_where_the_end_of_children_is_ignored(self):
        """As a daemon may start fanout: what is ignored is inherited."""
        document, _ = self.measure(
            "--scenario", self.work, "--rounds", 1, "--strategy", "session_reuse", "--external",
            rogue("burns"), preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN))
        self.assertGreater(document["cells"][1]["runs"][0]["cpu_ns"], 0.45e9)

    def test_memory_is_known_or_the_run_is_not_valid(self):
        """A program that does not wait for the end of its input may be gone before it is read."""
        _, document, _ = self.runs("leaves-at-done", code=None, arguments=("--rounds", 5))
        for run in document["cells"][1]["runs"]:
            if run["valid"]:
                self.assertGreater(run["peak_memory_bytes"], 1 << 20)
            else:
                self.assertIn("it ended before the end of its input", run["reasons"][0])

    def test_a_command_that_is_not_there_says_so(self):
        document, _ = self.measure("--scenario", self.work, "--rounds", 1, "--external",
                                   "absent=/no/such/program", code=3)
        reasons = document["cells"][1]["runs"][0]["reasons"]
        self.assertIn("exit code 127: ", reasons[0])
        self.assertIn("/no/such/program", reasons[0])

    def test_cpu_is_that_of_all_its_processes_from_go_on(self):
        runs, _, _ = self.runs("burns", "honest", code=0)
        burnt = runs["burns"]["cpu_ns"] - runs["honest"]["cpu_ns"]
        self.assertAlmostEqual(burnt / 0.5e9, 1, delta=0.3)  # 0.2 + 0.3 of the 1.0 s it used
        self.assertGreater(runs["burns"]["process_cpu_ns"] / 1e9, 0.95)

    def test_it_inherits_nothing_of_fanouts(self):
        runs, _, _ = self.runs("peeks", code=0)
        self.assertTrue(runs["peeks"]["valid"], runs["peeks"]["reasons"])

    def end_of(self, way, number, supervisor=False):
        """What is left once a controller, or a run's supervisor, is sent a signal."""
        invocation = fanout_cli.subprocess.Popen(
            [fanout_cli.FANOUT, "run", "--scenario", self.work, "--strategy", "session_reuse",
             "--external", rogue(way), "--rounds", "1", "-o", self.folder / "out.json"],
            cwd=self.folder, stdout=fanout_cli.subprocess.DEVNULL,
            stderr=fanout_cli.subprocess.DEVNULL, env=fanout_cli.marked_environment(self.mark))
        deadline = time.monotonic() + 30
        while not any(words[1:2] == [str(ROGUE)]
                      for words in fanout_cli.marked(self.mark).values()):
            self.assertLess(time.monotonic(), deadline, "the program did not start")
            time.sleep(0.01)
        time.sleep(0.3)
        target = invocation.pid
        if supervisor:
            target = next(pid for pid, words in fanout_cli.marked(self.mark).items()
                          if "internal-cell" in words)
        os.kill(target, number)
        invocation.wait()
        self.assertEqual(fanout_cli.leftovers(self.mark), {}, f"after signal {number}")

    def test_nothing_is_left_when_the_controller_ends(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            for way in ("never-ready", "leaves-a-child", "ignores-go"):
                with self.subTest(way=way, number=number):
                    self.end_of(way, number)

    def test_nothing_is_left_when_a_supervisor_is_killed(self):
        self.end_of("strays", signal.SIGKILL, supervisor=True)

    def test_the_program_of_the_page_on_contributing(self):
        page = (fanout_cli.ROOT / "CONTRIBUTING.md").read_text()
        program = self.folder / "mine.py"
        program.write_text(page.split("```python\n")[1].split("```")[0])
        command = f"mine={shlex.quote(sys.executable)} {program}"
        document, _ = self.measure("--scenario", self.work, "--rounds", 1, "--external", command)
        run = document["cells"][1]["runs"][0]
        self.assertEqual(run["requests"]["ok"], REQUESTS)
        self.assertIn("Python ", run["program"])

    def test_wrong_flags_are_refused(self):
        for text, words in (("mine", "NAME=COMMAND"), ("=x", "NAME=COMMAND"),
                            ("thread_pool=x", "fanout's own")):
            self.refuse("run", "--external", text, words=("--external", words))
        self.refuse("run", "--peers", "--no-peers", words=("--no-peers",))
        self.refuse("run", "--strategy", "rb_*", words=("rb_*", "fanout list strategies"))
        self.refuse("run", "--strategy", "py_sesion", words=("did you mean py_session",))


if __name__ == "__main__":
    unittest.main()
