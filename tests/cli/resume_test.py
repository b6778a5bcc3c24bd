"""fanout run --resume: what stopped a measurement loses nothing, and nothing is measured twice.

Measurements are killed at moments that come from RESUME_SEED (printed).
"""

import json
import os
import pathlib
import random
import signal
import subprocess
import time
import unittest

import fanout_cli
from fanout_cli import free_port, listens, load, validate

SEED = int(os.environ.get("RESUME_SEED", random.SystemRandom().randrange(1_000_000)))
KILLS = 4
ROUNDS = 10  # from which on there are references
NULL = ("--scenario", "zero", "--strategy", "sequential", "--transport", "null", "-n", 50,
        "--no-references")

print(f"RESUME_SEED={SEED}", flush=True)


class Resuming(fanout_cli.CliTest):
    def start(self, *arguments):
        """fanout run, of which its output is read as it comes."""
        run = subprocess.Popen([fanout_cli.FANOUT, "run", *map(str, arguments)], cwd=self.folder,
                               text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, start_new_session=True,
                               env=fanout_cli.marked_environment(self.mark))
        self.addCleanup(run.communicate)
        self.addCleanup(run.kill)
        return run

    def wait_for_runs(self, run, file, runs):
        """Until the file has so many runs of the measurement; False if it ends before."""
        deadline = time.monotonic() + fanout_cli.HANG_S
        while not file.exists() or file.read_text().count('"run":') < runs:
            self.assertLess(time.monotonic(), deadline, "hangs")
            if run.poll() is not None:
                return False
            time.sleep(0.002)
        return True

    def stop(self, run):
        run.send_signal(signal.SIGSTOP)
        stat = pathlib.Path(f"/proc/{run.pid}/stat")
        while (state := stat.read_text().rpartition(")")[2].split()[0]) not in "TZ":
            time.sleep(0.002)
        self.assertEqual(state, "T")

    def rows(self, document):
        return document["cells"] + document["references"]

    def read(self, file):
        """The document as fanout reads it, however it was left."""
        document = json.loads(self.succeed("report", file, "--format", "json", code=None).out)
        validate(document)
        return document

    def check_whole(self, document, rounds=ROUNDS):
        validate(document)
        self.assertEqual((document["status"], document["stopped_by"]), ("complete", "rounds"))
        places = [[] for _ in range(rounds)]
        for row in self.rows(document):
            self.assertEqual([run["round"] for run in row["runs"]], list(range(rounds)))
            for run in row["runs"]:
                places[run["round"]].append(run["position"])
        for place in places:
            self.assertEqual(sorted(place), list(range(len(place))))

    def ended_by_its_budget(self, *arguments, rounds=3):
        """A file with one round, which is to be gone on with."""
        file = self.folder / "r.json"
        self.succeed("run", *arguments, "--rounds", rounds, "--time-budget", "1ns", "-o", file)
        self.assertEqual(load(file)["stopped_by"], "time budget")
        return file


class KillTest(Resuming):
    def test_killed_again_and_again_it_ends_up_whole(self):
        moments = random.Random(SEED)
        file, work = self.folder / "r.json", self.scenario(
            "work", requests=20, workers=4, hosts=[{"delay": "2ms"}], reuse=False,
            strategies=["thread_queue", "event_loop"])
        arguments = ("--scenario", work, "--rounds", ROUNDS, "--seed", SEED, "-o", file)
        kept, done = [], 0
        for _ in range(KILLS):
            run = self.start(*arguments, "--no-progress")
            if self.wait_for_runs(run, file, done + 1):
                time.sleep(moments.uniform(0, 0.2))
            run.kill()
            run.communicate()
            document = self.read(file)
            self.assertEqual(document["status"], "running")
            before, kept = kept, [row["runs"] for row in self.rows(document)]
            for runs, earlier in zip(kept, before):
                self.assertEqual(runs[:len(earlier)], earlier, "runs were lost or made again")
            done, arguments = sum(map(len, kept)), ("--resume", file)
            work.unlink(missing_ok=True)  # the plan is in the file
        self.assertGreater(done, KILLS - 1)
        result = self.succeed("run", "--resume", file)
        document = load(file)
        self.check_whole(document)
        for row, earlier in zip(self.rows(document), kept):
            self.assertEqual(row["runs"][:len(earlier)], earlier)
        self.assertEqual(document["resumed"][-1]["runs"], done)
        self.assertEqual(len(document["resumed"]), KILLS)
        self.assertIn(f"({done} runs)", result.out)
        self.assertEqual({reference["role"] for reference in document["references"]},
                         {"twin", "client_floor", "server_ceiling"})
        for cell in document["cells"]:
            self.assertIsNotNone(cell["profile"])


class InterruptTest(Resuming):
    def setUp(self):
        super().setUp()
        self.file = self.folder / "r.json"

    def refuse_changed(self, change, *words):
        document = load(self.file)
        change(document)
        changed = self.folder / "changed.json"
        changed.write_text(json.dumps(document))
        self.refuse("run", "--resume", changed, words=("changed.json", *words))

    def check_refusals(self):
        """Of what is interrupted and cannot be gone on with, or not so."""
        for flag in (("--rounds", 5), ("--seed", 1), ("--scenario", "zero"), ("--url", "http://x"),
                     ("-n", 5), ("--against", "x"), ("--no-profile",), ("-H", "A: b")):
            self.refuse("run", "--resume", self.file, *flag, words=("--resume", "r.json"))
        for name, text in (("none.json", None), ("text.json", "no result"), ("other.json", "{}")):
            if text is not None:
                (self.folder / name).write_text(text)
            self.refuse("run", "--resume", name, words=(name,))
        self.refuse("run", "--resume", "", words=("result",))

        def kernel(document):
            document["environment"]["kernel"] = "9.9"
        def library(document):
            document["environment"]["libraries"]["null"] = "other"
        def commit(document):
            document["tool"]["commit"] = "other"
        def secret(document):
            document["command"] += " -H 'Authorization: ***'"
        def hole(document):
            document["cells"][0]["runs"][0]["round"] = 1
        def hopeless(document):
            document.update(status="complete", stopped_by="no success")
        self.refuse_changed(kernel, 'environment.kernel: "9.9" then, ')
        self.refuse_changed(library, 'environment.libraries.null: "other" then, ')
        self.refuse_changed(commit, 'tool.commit: "other" then, ')
        self.refuse_changed(secret, "secrets", "--keep-secrets")
        self.refuse_changed(hole, "first rounds")
        self.refuse_changed(hopeless, "answered nothing")

    def test_interrupted_it_says_how_to_go_on_and_does(self):
        work = self.scenario("work", requests=10, workers=4, hosts=[{"delay": "2ms"}],
                             strategies=["event_loop"])
        run = self.start("--scenario", work, "--rounds", 8, "--no-progress", "-o", self.file)
        self.assertTrue(self.wait_for_runs(run, self.file, 2))
        self.stop(run)  # it writes nothing now, and is there
        self.refuse("run", "--resume", self.file, words=("is being measured",))
        run.send_signal(signal.SIGCONT)
        run.send_signal(signal.SIGINT)
        out, _ = run.communicate(timeout=fanout_cli.HANG_S)
        self.assertEqual(run.returncode, 130)
        self.assertTrue(out.endswith(f"go on by: fanout run --resume {self.file}\n"), out)
        before = self.file.read_text()
        done = sum(len(row["runs"]) for row in self.rows(load(self.file)))
        self.check_refusals()
        plan = self.succeed("run", "--resume", self.file, "--dry-run")
        self.assertIn(f"{done} runs measured so far", plan.out)
        self.succeed("run", "--resume", self.file, "-o", "whole.json", "--quiet")
        self.check_whole(load(self.folder / "whole.json"), 8)
        self.assertEqual(self.file.read_text(), before)
        again = self.succeed("run", "--resume", "whole.json")
        self.assertRegex(again.out, r"\Awhole\.json: whole already, with 8 rounds; [^\n]+\n\Z")

    def test_a_plan_of_hours_says_so_before_it_begins(self):
        work = self.scenario("long", requests=10000, workers=1, hosts=[{"delay": "1s"}],
                             strategies=["event_loop"])
        run = self.start("--scenario", work, "--rounds", 2, "--no-progress", "-o", self.file)
        self.assertRegex(run.stderr.readline(),
                         r"^note: this takes about \d+\.\d+ h; if it is stopped, go on by: "
                         r"fanout run --resume \S+r\.json\n$")
        self.assertTrue(self.wait_for_runs(run, self.file, 0))
        run.send_signal(signal.SIGINT)
        self.assertEqual(run.wait(timeout=fanout_cli.HANG_S), 130)


class PartTest(Resuming):
    """What is needed besides the document."""

    def test_what_a_time_budget_ended_goes_on_for_another(self):
        file = self.ended_by_its_budget(*NULL)
        self.succeed("run", "--resume", file)
        self.assertEqual(load(file)["stopped_by"], "time budget")
        result = self.succeed("sweep", "--resume", file)
        self.check_whole(load(file), 3)
        self.assertEqual([each["rounds"] for each in load(file)["resumed"]], [1, 2])
        self.assertRegex(result.out, r"note: resumed \S+Z after 2 of 3 rounds \(")

    def test_a_full_disk_loses_nothing(self):
        file = self.ended_by_its_budget(*NULL, rounds=40)
        document = load(file)
        document["plan"]["time_budget_ns"] = None
        file.write_text(json.dumps(document))
        (self.folder / "disk").mkdir()
        within = self.namespaces(("--mount",), "mount -t tmpfs -o size=16k disk disk")
        failed = subprocess.run(
            [*within, "sh", "-c", 'mv r.json disk; "$0" run --resume disk/r.json; code=$?; '
             'mv disk/r.json .; exit $code', fanout_cli.FANOUT], cwd=self.folder, text=True,
            capture_output=True, check=False, env=fanout_cli.marked_environment(self.mark))
        self.assertEqual(failed.returncode, 1, failed.stderr)
        self.assertRegex(failed.stderr, r"\nnote: go on with what was measured by: "
                         r"fanout run --resume disk/r\.json\nfanout: .*No space left on device\n$")
        runs = sum(len(row["runs"]) for row in self.rows(self.read(file)))
        self.assertGreater(runs, sum(len(row["runs"]) for row in self.rows(document)))
        self.succeed("run", "--resume", file)
        self.check_whole(load(file), 40)
        self.assertEqual(load(file)["resumed"][-1]["runs"], runs)

    def test_a_list_of_urls_and_a_body_must_be_what_they_were(self):
        port = free_port()
        server = subprocess.Popen([fanout_cli.FANOUT, "serve", "--port", str(port)],
                                  stdout=subprocess.DEVNULL,
                                  env=fanout_cli.marked_environment(self.mark))
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        while not listens(port):
            time.sleep(0.01)
        urls, body = self.folder / "urls.txt", self.folder / "body.json"
        urls.write_text(f"http://127.0.0.1:{port}/a\nhttp://127.0.0.1:{port}/b\n")
        body.write_text('{"a": 1}')
        file = self.ended_by_its_budget("--urls", urls, "--body", "@body.json", "-n", 4,
                                        "--strategy", "sequential", "--failures", "failed.csv",
                                        rounds=2)
        for flags in ((), ("--failures", "failed.csv")):
            self.refuse("run", "--resume", file, *flags, words=("failed.csv", "--failures"))
        flags = ("--failures", "more.csv")
        for changed, words in ((urls, ("urls.txt", "2 URLs")), (body, ("--body", "8"))):
            text = changed.read_text()
            changed.write_text(text[:-3] + "\n")
            self.refuse("run", "--resume", file, *flags, words=words)
            changed.unlink()
            self.refuse("run", "--resume", file, *flags, words=(changed.name,))
            changed.write_text(text)
        self.succeed("run", "--resume", file, *flags)
        self.check_whole(load(file), 2)


if __name__ == "__main__":
    unittest.main()
