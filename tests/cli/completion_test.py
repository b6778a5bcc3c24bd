"""The shells complete fanout's command line: bash, and zsh and fish where they are installed."""

import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import tempfile
import time
import unittest

FANOUT = pathlib.Path(os.environ["FANOUT"]).resolve()
SCRIPTS = (pathlib.Path(os.environ.get("FANOUT_SOURCE", ".")).resolve()
           / "harness/commands/completion")
HANG_S = 60
ENVIRONMENT = {**os.environ, "PATH": f"{FANOUT.parent}:{os.environ['PATH']}", "TERM": "dumb"}


def output_of(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, check=True,
                          env=ENVIRONMENT, **options).stdout


def typed_at(shell, lines, expected):
    """What an interactive shell has printed once the text `expected` appears, after these lines
    were typed; the last of them is left without its end."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(shell[0], shell, ENVIRONMENT)
    printed = ""
    try:
        os.write(terminal, "\n".join(lines).encode())
        deadline = time.monotonic() + HANG_S
        while expected not in printed and time.monotonic() < deadline:
            if select.select([terminal], [], [], 1)[0]:
                printed += os.read(terminal, 4096).decode(errors="replace")
    except OSError as error:
        printed += f"\n{shell[0]} has ended: {error}"
    finally:
        os.close(terminal)  # which ends the shell
        os.waitpid(pid, 0)
    return printed


class ProgramTest(unittest.TestCase):
    """What the program answers to the shells, beside what its help and its errors say."""

    def offered(self, *words):
        lines = output_of(FANOUT, "internal-complete", *words).splitlines()
        return [line.split("\t")[0] for line in lines]

    def test_every_command_and_flag_of_the_help_is_offered(self):
        commands = re.findall(r"^  (\w+)  ", output_of(FANOUT, "--help").split("Subcommands:")[1],
                              re.M)
        self.assertEqual(self.offered(""), commands)
        for command in commands:
            flags = re.findall(r"^  (?:-\w,)?(--[\w-]+)", output_of(FANOUT, command, "--help"), re.M)
            self.assertEqual(self.offered(command, "--"), flags)

    def test_every_name_that_a_flag_takes_is_offered(self):
        asked = 0
        for command in self.offered(""):
            for flag in re.findall(r"^  (--[\w-]+) NAME ", output_of(FANOUT, command, "--help"), re.M):
                refused = subprocess.run([FANOUT, command, flag, "?"], capture_output=True, text=True,
                                         timeout=HANG_S)
                names = re.search(r"expected one of (.*), found", refused.stderr)
                self.assertIsNotNone(names, refused.stderr)
                self.assertEqual(self.offered(command, flag, ""), names[1].split(", "), flag)
                asked += 1
        self.assertGreater(asked, 10)

    def test_a_list_offers_no_name_twice(self):
        self.assertEqual(self.offered("compare", "--measure", "cpu,"),
                         ["cpu,makespan", "cpu,throughput", "cpu,p99", "cpu,response_p99",
                          "cpu,success"])

    def test_arguments_are_offered_while_there_may_be_more(self):
        self.assertIn("scenarios", self.offered("list", ""))
        self.assertEqual(self.offered("list", "cells", "scen"), [])
        self.assertEqual(self.offered("report", "a.json", "b.json", ""), [":files"])
        self.assertIn(":files", self.offered("compare", "a.json", "b.json", ""))
        self.assertIn(":files", self.offered("compare", "a.json", "--new", ""))


class BashTest(unittest.TestCase):
    def offered(self, *words):
        """What _fanout offers for the last of these words."""
        script = (f"source {SCRIPTS}/fanout.bash; COMP_WORDS=(fanout \"$@\"); COMP_CWORD=$#; "
                  "_fanout fanout; printf '%s\\n' \"${COMPREPLY[@]}\"")
        return output_of("bash", "-c", script, "bash", *words, cwd=SCRIPTS).split()

    def test_names_complete(self):
        self.assertEqual(self.offered("run", "--strategy", "thr"),
                         ["thread_pool", "thread_per_request", "thread_queue"])
        self.assertEqual(self.offered("run", "--strategy", "=", "py_ses"), ["py_session"])
        self.assertEqual(self.offered("list", "cells", "--strategy", "thread_pool,ev"),
                         ["thread_pool,event_loop"])
        self.assertEqual(self.offered("sweep", "--transport", "beast_a"), ["beast_async"])
        self.assertEqual(self.offered("serve", "--scenario", "local"), ["local-500"])

    def test_files_complete_where_files_are_read_or_written(self):
        for words in (["report"], ["compare", "a.json"], ["run", "-o"], ["run", "--urls"],
                      ["sweep", "--scenario"]):
            with self.subTest(words):
                self.assertEqual(self.offered(*words, "fanout.b"), ["fanout.bash"])
        self.assertEqual(self.offered("run", "--rounds", "fanout.b"), [])

    def test_a_person_who_types_a_tab_gets_the_name(self):
        printed = typed_at(["bash", "--norc", "--noprofile", "-i"],
                           [f"source {SCRIPTS}/fanout.bash", "fanout run --strategy thread_po\t"],
                           "--strategy thread_pool ")
        self.assertIn("--strategy thread_pool ", printed)


@unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
class ZshTest(unittest.TestCase):
    def test_a_person_who_types_a_tab_gets_the_name(self):
        with tempfile.TemporaryDirectory(prefix="fanout-zsh-") as folder:
            os.symlink(SCRIPTS / "fanout.zsh", pathlib.Path(folder) / "_fanout")
            for typed, name in (("--strategy thread_po\t", "--strategy thread_pool "),
                                ("--strategy=sequential,ev\t", "--strategy=sequential,event_loop")):
                printed = typed_at(["zsh", "-f", "-i"],
                                   [f"fpath=({folder} $fpath)", "autoload -U compinit; compinit -u -D",
                                    f"fanout run {typed}"], name)
                self.assertIn(name, printed)


@unittest.skipUnless(shutil.which("fish"), "fish is not installed")
class FishTest(unittest.TestCase):
    def offered(self, line):
        lines = output_of("fish", "--no-config", "-c",
                          f"source {SCRIPTS}/fanout.fish; complete -C '{line}'", cwd=SCRIPTS)
        return [re.split("\t", text)[0] for text in lines.splitlines()]

    def test_names_and_files_complete(self):
        self.assertEqual(self.offered("fanout run --strategy thread_po"), ["thread_pool"])
        self.assertEqual(self.offered("fanout run --strategy=thread_pool,ev"),
                         ["--strategy=thread_pool,event_loop"])
        self.assertEqual(self.offered("fanout report fanout.b"), ["fanout.bash"])


if __name__ == "__main__":
    unittest.main()
