"""Adding a strategy or a transport is one command: what scripts/new-strategy and new-transport do.

Runs the scripts in a copy of the folders they work on. What they write is compiled with the build's
own commands, nothing else is, and linked before the archives of that build, so that it wins over
the registries in there. Needs FANOUT_BUILD (a build folder made by CMake) and FANOUT_SOURCE.
"""

import json
import os
import pathlib
import resource
import shlex
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("FANOUT_SOURCE", ".")).resolve()
BUILD = os.environ.get("FANOUT_BUILD")
FOLDERS = {"strategy": "strategies", "transport": "transports"}


def run(command, code=0, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=300, check=False, **options)
    if done.returncode != code:
        raise AssertionError(f"{command} left with {done.returncode}: {done.stdout}{done.stderr}")
    return done


class Checkout:
    """A copy of the folders that the scripts read and write."""

    def __init__(self):
        self.made = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.made.name)
        for folder in ("scripts", *FOLDERS.values()):
            shutil.copytree(SOURCE / folder, self.root / folder,
                            ignore=shutil.ignore_patterns("__pycache__"))

    def new(self, kind, *arguments, code=0, **options):
        return run([self.root / f"scripts/new-{kind}", *arguments], code=code, **options)

    def registry(self, kind):
        return (self.root / FOLDERS[kind] / "registry.cpp").read_text()

    def files(self):
        return {path: path.read_bytes() for path in self.root.rglob("*") if path.is_file()}


class ScriptTest(unittest.TestCase):
    def setUp(self):
        self.checkout = Checkout()
        self.addCleanup(self.checkout.made.cleanup)


class Refusals(ScriptTest):
    def refused(self, reason, kind, *arguments, **options):
        with self.subTest(kind=kind, arguments=arguments):
            before = self.checkout.files()
            done = self.checkout.new(kind, *arguments, code=2, **options)
            self.assertEqual(done.stdout, "")
            self.assertRegex(done.stderr, rf"\Anew-{kind}: .*{reason}.*\n\Z")
            self.assertEqual(self.checkout.files(), before)

    def test_names_that_are_no_names(self):
        for kind in FOLDERS:
            for name in ("Mine", "my-own", "1st", "_mine", "mine_", "my__own", "",
                         "../mine", "my own", "mine\n"):
                self.refused("is not snake_case", kind, name)
            self.refused("longer than 24 characters", kind, "m" * 25)
            for name in ("all", "own", "main", "switch", "strategies"):
                self.refused("means something else", kind, name)

    def test_names_that_are_taken(self):
        for kind in FOLDERS:
            self.refused("taken by a strategy", kind, "event_loop")
            self.refused("taken by a transport", kind, "httplib")
            self.refused("taken by a transport", kind, "httplib_client")  # its variable
            self.refused("taken by an external program", kind, "py_asyncio")
            self.refused("exists already", kind, "registry")
        self.refused("strategies/bounded_queue.h exists already", "strategy", "bounded_queue")

    def test_arguments_that_make_no_sense(self):
        self.refused("required: NAME", "strategy")
        self.refused("unrecognized arguments: --asink", "strategy", "mine", "--asink")
        self.refused("no strategy \"floor\"; .* sequential, .* multi_loop", "strategy", "mine",
                     "--after", "floor")

    def test_no_checkout(self):
        (self.checkout.root / "strategies/registry.cpp").unlink()
        self.refused("is no checkout of fanout", "strategy", "mine")

    def test_no_room_to_write(self):
        def little_room():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        self.refused("cannot write into transports/: File too large", "transport", "mine",
                     preexec_fn=little_room)

    def test_what_was_written_once_is_not_written_again(self):
        self.checkout.new("transport", "mine", "--no-build")
        self.refused("taken by a transport", "transport", "mine")
        self.refused("taken by a transport", "strategy", "mine")


class Writing(ScriptTest):
    def with_cmake(self, status):
        """An environment whose cmake only notes what it is asked for."""
        folder = self.checkout.root / "bin"
        folder.mkdir()
        (folder / "cmake").write_text(f'#!/bin/sh\necho "$*" >>"{folder}/asked"\nexit {status}\n')
        (folder / "cmake").chmod(0o755)
        return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}, folder / "asked"

    def lines_of(self, kind):
        return [line for line in self.checkout.registry(kind).splitlines() if "extern" in line]

    def test_a_line_goes_to_the_end_or_where_it_is_told(self):
        for kind, above in (("strategy", "sequential"), ("transport", "httplib")):
            rows = self.lines_of(kind)
            last, amid = (
                f"      [] {{ extern const {kind.capitalize()} {name}; return &{name}; }}(),"
                for name in (f"{kind}_last", f"{kind}_amid"))
            self.checkout.new(kind, f"{kind}_last", "--no-build")
            self.assertEqual(self.lines_of(kind), [*rows, last])
            self.checkout.new(kind, f"{kind}_amid", "--no-build", "--after", above)
            at = next(i for i, row in enumerate(rows) if f" {above}" in row) + 1
            self.assertEqual(self.lines_of(kind), [*rows[:at], amid, *rows[at:], last])

    def test_builds_and_says_what_to_look_at(self):
        environment, asked = self.with_cmake(0)
        done = self.checkout.new("strategy", "mine", env=environment, cwd="/")
        self.assertRegex(asked.read_text(), r"\A--preset release\n"
                         r"--build --preset release --parallel \d+ --target fanout\n\Z")
        self.assertIn("wrote strategies/mine.cpp and its line in strategies/registry.cpp\n",
                      done.stdout)
        self.assertIn("fanout run --strategy mine,thread_queue\n", done.stdout)
        self.assertEqual(done.stderr, "")

    def test_a_failed_build_leaves_the_files_and_says_so(self):
        environment, asked = self.with_cmake(1)
        done = self.checkout.new("transport", "mine", code=1, env=environment)
        self.assertEqual(asked.read_text(), "--preset release\n")
        self.assertRegex(done.stderr, r"\Anew-transport: the build failed; transports/mine.cpp and "
                         r"its line in transports/registry.cpp are kept: .*\n\Z")
        self.assertTrue((self.checkout.root / "transports/mine.cpp").is_file())
        self.assertIn("extern const Transport mine;", self.checkout.registry("transport"))


class Builder:
    """Compiles files of a copy as the build does, and links its programs with them."""

    def __init__(self, checkout):
        self.root = checkout.root
        self.objects = []
        listed = json.loads((pathlib.Path(BUILD) / "compile_commands.json").read_text())
        self.commands = {entry["file"]: shlex.split(entry["command"]) for entry in listed}

    def compile(self, folder, name):
        command = list(self.commands[str(SOURCE / folder / "registry.cpp")])
        made = self.root / f"{folder}_{name}.o"
        command[command.index("-o") + 1] = str(made)
        command[command.index("-c") + 1] = str(self.root / folder / f"{name}.cpp")
        run(command, cwd=BUILD)
        self.objects.append(str(made))

    def link(self, target):
        made = self.root / pathlib.Path(target).name
        line = run(["ninja", "-C", BUILD, "-t", "commands", target]).stdout.splitlines()[-1]
        run(["sh", "-c", line.replace(f" -o {target} ", f" {' '.join(self.objects)} -o {made} ")],
            cwd=BUILD)
        return made


@unittest.skipUnless(BUILD, "FANOUT_BUILD is not set")
class EverySkeleton(unittest.TestCase):
    """A fanout with one row of each skeleton."""

    @classmethod
    def setUpClass(cls):
        cls.checkout = Checkout()
        cls.addClassCleanup(cls.checkout.made.cleanup)
        cls.builder = Builder(cls.checkout)
        for kind, folder in FOLDERS.items():
            for name, options in ((f"{kind}_b", ()), (f"{kind}_a", ("--async",))):
                cls.checkout.new(kind, name, "--no-build", *options)
                cls.builder.compile(folder, name)
            cls.builder.compile(folder, "registry")
        cls.fanout = cls.builder.link("fanout")

    def test_is_listed(self):
        for kind, folder in FOLDERS.items():
            listed = run([self.fanout, "list", folder]).stdout
            self.assertRegex(listed, rf"(?m)^{kind}_b .*blocking.*\n{kind}_a .*event loop")
            unknown = run([self.fanout, "run", f"--{kind}", "nobody", "--dry-run"], code=2).stderr
            self.assertIn(f"{kind}_b, {kind}_a", unknown)

    def test_runs_with_every_request_proven(self):
        result = self.checkout.root / "result.json"
        run([self.fanout, "run", "--strategy", "strategy_b,strategy_a", "--transport",
             "transport_b,transport_a", "-n", 40, "--rounds", 1, "-o", result])
        cells = json.loads(result.read_text())["cells"]
        self.assertEqual([(cell["strategy"], cell["transport"]) for cell in cells],
                         [("strategy_b", "transport_b"), ("strategy_a", "transport_a")])
        for cell in cells:
            self.assertTrue(cell["runs"][0]["valid"], cell["runs"][0]["reasons"])

    def test_passes_the_contract_tests(self):
        for kind in FOLDERS:
            program = self.builder.link(f"tests/{kind}_contract")
            tested = run([program, f"--gtest_filter=*{kind}_a*:*{kind}_b*"]).stdout
            for name in (f"{kind}_a", f"{kind}_b"):
                self.assertRegex(tested, rf"(?m)^\[       OK \] .*{name}")


if __name__ == "__main__":
    unittest.main()
