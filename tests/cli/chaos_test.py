"""Kills and interruptions at random moments: nothing hangs, nothing is left, nothing is lost.

While an invocation runs, its result file is read again and again: it must be whole, valid against
the schema, and the runs in it must never become fewer. Moments come from CHAOS_SEED (printed).
CHAOS_TIMES (default 8) is how often each kind of accident happens.
"""

import contextlib
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import time
import unittest

import fanout_cli
from fanout_cli import kill_marked, leftovers, marked, validate

SEED = int(os.environ.get("CHAOS_SEED", random.SystemRandom().randrange(1_000_000)))
TIMES = int(os.environ.get("CHAOS_TIMES", "8"))
HANG_S = 60
ROUNDS = 4
RUNS = 3 * ROUNDS  # 75 ms of waiting each, and what a process costs
FINISHED = re.compile(r"^(?:\[(\d+)/\d+\] round (\d+)  (\w+) / (\w+) |"
                      r"invalid run of (\w+) / (\w+) / .*\(round (\d+)\): )", re.M)

print(f"CHAOS_SEED={SEED} CHAOS_TIMES={TIMES}", flush=True)


def state_of(pid):
    """State and parent, as in proc(5); X for a process that is no more."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "X", 0
    state, parent = stat.rpartition(")")[2].split()[:2]
    return state, int(parent)


def parsed(text):
    """The document; nothing if it was read amid a write of a run, which only a running one is."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        if '"runs_so_far": [' not in text:
            raise
        return None


def kill_for_sure(pid):
    """SIGKILL while it still runs; False if it had ended before. Stopped first, so that between
    looking and killing it cannot end by itself."""
    try:
        os.kill(pid, signal.SIGSTOP)
        while (state := state_of(pid)[0]) != "T":
            if state in "ZX":
                return False
        os.kill(pid, signal.SIGKILL)
        return True
    except ProcessLookupError:
        return False


class Invocation:
    """fanout run, watched."""

    def __init__(self, test, number):
        self.test, self.mark = test, f"{test.mark}-{number}"
        self.folder = test.folder / str(number)
        self.folder.mkdir()
        self.file = self.folder / "r.json"
        self.seen, self.runs = None, 0
        self.whole, self.grew = time.monotonic(), False  # when it was; whether runs were seen in it
        with open(self.folder / "out", "wb") as out, open(self.folder / "err", "wb") as err:
            self.controller = subprocess.Popen(
                [fanout_cli.FANOUT, "run", "--scenario", str(test.work), "--rounds", str(ROUNDS),
                 "--transport", "curl_easy,curl_asio", "--verbose", "--seed", str(number),
                 "--output", str(self.file)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=self.folder,
                env=fanout_cli.marked_environment(self.mark), start_new_session=True,
                preexec_fn=fanout_cli.heed_hang_up)
        test.addCleanup(self.controller.wait)
        test.addCleanup(kill_marked, self.mark)
        self.deadline = time.monotonic() + HANG_S

    def look(self):
        """Reads the file, whole or not there yet; returns the document."""
        try:
            text = self.file.read_text(encoding="utf-8")
        except FileNotFoundError:
            self.test.assertEqual(self.runs, 0, "the file has gone")
            return None
        if text != self.seen:
            document = parsed(text)
            if document is None:  # read while a run was appended, which takes microseconds
                self.test.assertLess(time.monotonic() - self.whole, 1, "the file stays broken")
                return None
            self.whole = time.monotonic()
            self.grew = self.grew or bool(document.get("runs_so_far"))
            validate(document)
            runs = sum(len(cell["runs"]) for cell in document["cells"])
            runs += sum("run" in entry for entry in document.get("runs_so_far", ()))
            self.test.assertGreaterEqual(runs, self.runs, "runs were lost")
            self.seen, self.runs = text, runs
        self.whole = time.monotonic()
        return parsed(text)

    def alive(self):
        if time.monotonic() > self.deadline:
            kill_marked(self.mark)
            self.test.fail(f"hangs: {self.error()}")
        return self.controller.poll() is None

    def watch(self, until):
        """Looks at the file until `until` answers something true, or the controller has ended."""
        while self.alive():
            self.look()
            if answer := until():
                return answer
            time.sleep(0.005)
        return None

    def watch_for(self, seconds):
        end = time.monotonic() + seconds
        self.watch(lambda: time.monotonic() >= end)

    def child(self, role, of_worker=False):
        """A child of the controller in this role, or a worker a run has forked."""
        for pid, arguments in marked(self.mark).items():
            if arguments[1:2] != [role]:
                continue
            state, parent = state_of(pid)
            if state not in "ZX" and (parent != self.controller.pid) == of_worker:
                return pid
        return None

    def kill_one(self, role, of_worker=False):
        """Kills the first child of that role from now on; False if none came."""
        def attempt():
            pid = self.child(role, of_worker)
            return pid is not None and kill_for_sure(pid)
        return bool(self.watch(attempt))

    def end(self, orphans_s=5.0):
        """Waits for the end; returns exit code and document, as fanout reads it."""
        self.watch(lambda: False)
        code = self.controller.wait()
        self.test.assertEqual(leftovers(self.mark, orphans_s), {}, "orphans")
        if not self.file.exists():
            return code, None
        shown = self.test.fanout("report", self.file, "--format", "json")
        document = json.loads(shown.out)
        validate(document)
        self.test.assertIn("verdicts", document)  # what is derived is there, whatever happened
        runs = sum(len(cell["runs"]) for cell in document["cells"])
        self.test.assertGreaterEqual(runs, self.runs, "runs were lost")
        self.runs = runs
        return code, document

    def error(self):
        return (self.folder / "err").read_text(encoding="utf-8", errors="replace")


class Chaos(fanout_cli.CliTest):
    def setUp(self):
        super().setUp()
        self.work = self.scenario("chaos", requests=60, workers=4, hosts=[{"delay": "5ms"}],
                                  strategies=["process_pool", "thread_queue", "event_loop"])
        self.random = random.Random(f"{SEED} {self.id()}")

    @contextlib.contextmanager
    def accident(self, number, latest_s):
        """An invocation and the moment of its accident."""
        moment = self.random.uniform(0, latest_s)
        with self.subTest(number=number, moment=moment):
            yield Invocation(self, number), moment

    def runs(self, document):
        return [(cell, run) for cell in document["cells"] for run in cell["runs"]]

    def check_announced(self, invocation, document):
        """Every run that was announced on standard error as finished is in the file."""
        saved = {(run["round"], cell["strategy"], cell["transport"])
                 for cell, run in self.runs(document)}
        for _, round_, strategy, transport, strategy2, transport2, round2 in FINISHED.findall(
                invocation.error()):
            self.assertIn((int(round_ or round2) - 1, strategy or strategy2,
                           transport or transport2), saved)

    def check_complete(self, invocation, code, document):
        """All rounds were run; returns the invalid runs."""
        text = invocation.error()
        self.assertIsNotNone(document, text)
        invalid = [run for _, run in self.runs(document) if not run["valid"]]
        self.assertEqual(code, 3 if invalid else 0, text)
        self.assertEqual((document["status"], invocation.runs), ("complete", RUNS), text)
        self.check_announced(invocation, document)
        return invalid


class RunTest(Chaos):
    def test_a_run_is_killed(self):
        hit = 0
        for number in range(TIMES):
            with self.accident(number, 1.0) as (invocation, moment):
                invocation.watch_for(moment)
                killed = invocation.kill_one("internal-cell")
                invalid = self.check_complete(invocation, *invocation.end())
                self.assertEqual(len(invalid), int(killed), [run["reasons"] for run in invalid])
                for run in invalid:
                    self.assertIn("killed by signal 9", " ".join(run["reasons"]))
                hit += killed
        self.assertGreater(hit, TIMES // 2)

    def test_a_forked_worker_is_killed(self):
        for number in range(max(1, TIMES // 2)):
            with self.accident(number, 0.5) as (invocation, moment):
                invocation.watch_for(moment)
                killed = invocation.kill_one("internal-cell", of_worker=True)
                invalid = self.check_complete(invocation, *invocation.end())
                self.assertEqual(len(invalid), int(killed), [run["reasons"] for run in invalid])
                for run in invalid:
                    self.assertIn("worker process", " ".join(run["reasons"]))


class ServerTest(Chaos):
    def check_server_killed(self, invocation):
        server = invocation.child("internal-server")
        killed = server is not None and kill_for_sure(server)
        if killed:  # and is replaced, unless that was the last run
            invocation.watch(lambda: invocation.child("internal-server") not in (None, server))
        invalid = self.check_complete(invocation, *invocation.end())
        self.assertLessEqual(len(invalid), int(killed), [run["reasons"] for run in invalid])
        for run in invalid:
            self.assertIn("server", " ".join(run["reasons"]))

    def test_the_server_is_killed(self):
        for number in range(TIMES):
            with self.accident(number, 1.0) as (invocation, moment):
                invocation.watch_for(moment)
                self.check_server_killed(invocation)

    def test_the_server_is_killed_as_soon_as_it_is_there(self):
        for number in range(max(1, TIMES // 4)):
            with self.accident(number, 0) as (invocation, _):
                while invocation.alive() and invocation.child("internal-server") is None:
                    pass
                self.check_server_killed(invocation)


class ControllerTest(Chaos):
    def test_the_controller_is_interrupted(self):
        for number in range(TIMES):
            with self.accident(number, 1.0) as (invocation, moment):
                invocation.watch(invocation.file.exists)  # before that nothing is to be saved
                invocation.watch_for(moment)
                number = self.random.choice((signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
                if self.random.random() < 0.5:
                    os.kill(invocation.controller.pid, number)
                else:
                    os.killpg(invocation.controller.pid, number)  # as a terminal does
                code, document = invocation.end(orphans_s=1)  # it kills them itself
                self.check_announced(invocation, document)
                self.assertEqual([path.name for path in invocation.folder.glob("*.tmp")], [])
                if invocation.runs == RUNS and code == 0:  # it came too late
                    continue
                self.assertEqual(code, 130, invocation.error())
                self.assertEqual((document["status"], document["stopped_by"]),
                                 ("interrupted", "interrupt"))
                for _, run in self.runs(document):
                    self.assertTrue(run["valid"], run["reasons"])
                out = (invocation.folder / "out").read_text()
                self.assertIn("interrupted; what was measured is shown", out)

    def test_the_controller_is_killed(self):
        grew = False
        for number in range(TIMES):
            with self.accident(number, 1.0) as (invocation, moment):
                invocation.watch_for(moment)
                invocation.controller.kill()
                code, document = invocation.end()
                grew = grew or invocation.grew
                self.assertEqual(code, -signal.SIGKILL)
                if document is None:
                    self.assertEqual(FINISHED.findall(invocation.error()), [])
                    continue
                self.assertEqual(document["status"], "running")
                self.check_announced(invocation, document)
                measured = any(run["valid"] for cell in document["cells"] for run in cell["runs"])
                shown = self.succeed("report", invocation.file, code=0 if measured else 2)
                self.assertIn("unfinished; its fanout still runs or was killed", shown.out)
        self.assertTrue(grew, "no file was seen to grow by runs")


if __name__ == "__main__":
    unittest.main()
