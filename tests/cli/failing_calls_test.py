"""System calls that fail on our own side: the exit code is the documented one, the reason is one
clear line, what was measured is in the file, and nothing hangs."""

import errno
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

import fanout_cli
from fanout_cli import load, validate

LIBRARY = fanout_cli.ROOT / "tests" / "cli" / "stand_in" / "failing_calls.c"
CELLS = ("event_loop", "thread_queue")
ROUNDS = 2
RUN = ("run", "--scenario", "zero", "-n", 20, "--workers", 2, "--strategy", ",".join(CELLS),
       "--transport", "beast_async,beast_sync", "--rounds", ROUNDS, "--no-references",
       "--no-profile", "--verbose", "--timeout", "3s", "-o", "r.json")
ANNOUNCED = re.compile(r"^\[\d+/\d+\] round (\d+)  (\w+) / ", re.M)
SHORT = 0  # in place of an errno: the call moves one byte
COMPILER = shutil.which("cc")


class FailingCallsTest(fanout_cli.CliTest):
    @classmethod
    def setUpClass(cls):
        if COMPILER is None:
            raise unittest.SkipTest("no C compiler here")
        folder = tempfile.TemporaryDirectory(prefix="fanout-cli-")
        cls.addClassCleanup(folder.cleanup)
        cls.library = pathlib.Path(folder.name) / "failing_calls.so"
        subprocess.run([COMPILER, "-shared", "-fPIC", "-O1", "-o", cls.library, LIBRARY],
                       check=True)

    def failing(self, role, call, error, first=1, every=0):
        return {"LD_PRELOAD": str(self.library),
                "FAILING_CALL": f"{role} {call} {error} {first} {every}"}

    def each(self, *cases):
        """Runs with each of these failures, and checks what holds of all; `codes` may be several
        where it depends on which run was hit."""
        for *failure, codes in cases:
            with self.subTest(failure=failure):
                for left in self.folder.glob("r.json*"):
                    left.unlink()
                result = self.fanout(*RUN, variables=self.failing(*failure))
                self.assertIn(result.code, codes, str(result))
                self.check(result)

    def check(self, result):
        self.assertEqual([path.name for path in self.folder.glob("*.tmp")], [])
        if result.code in (1, 2):
            said = [line for line in result.err.splitlines() if line.startswith("fanout: ")]
            self.assertEqual(len(said), 1, str(result))
        file = self.folder / "r.json"
        announced = {(int(number) - 1, strategy)
                     for number, strategy in ANNOUNCED.findall(result.err)}
        if not file.exists():
            self.assertEqual(announced, set(), "what was measured is lost")
            return
        document = json.loads(self.succeed("report", file, "--format", "json", code=None).out)
        validate(document)
        runs = {(run["round"], cell["strategy"]): run
                for cell in document["cells"] for run in cell["runs"]}
        self.assertLessEqual(announced, runs.keys(), "what was measured is lost")
        if result.code == 0:
            self.assertEqual(len(runs), ROUNDS * len(CELLS))
            self.assertEqual([run["reasons"] for run in runs.values() if not run["valid"]], [])


class ControllerTest(FailingCallsTest):
    def test_what_it_needs_is_refused(self):
        self.each(("run", "write", errno.ENOSPC, {1, 2}),  # that the file can be written is tried
                  ("run", "write", errno.ENOSPC, 2, 1, {1}),
                  ("run", "rename", errno.EIO, {1}),  # at the beginning
                  ("run", "rename", errno.ENOSPC, 2, 1, {1}),  # at the end
                  ("run", "pwrite", errno.ENOSPC, 2, {1}),  # of the second run
                  ("run", "fork", errno.EAGAIN, {1}),  # the server
                  ("run", "fork", errno.EAGAIN, 3, {1}),  # the second run
                  ("run", "socketpair", errno.EMFILE, {1}),
                  ("run", "memfd_create", errno.EMFILE, 2, {1}),
                  ("run", "mmap", errno.ENOMEM, 2, {1}))

    def test_what_is_interrupted_or_cut_short_goes_on(self):
        self.each(("run", "write", errno.EINTR, 1, 2, {0}), ("run", "write", SHORT, 1, 2, {0}),
                  ("run", "pwrite", errno.EINTR, 1, 2, {0}), ("run", "pwrite", SHORT, 1, 2, {0}),
                  ("run", "poll", errno.EINTR, 1, 2, {0}), ("run", "read", errno.EINTR, 1, 2, {0}),
                  ("run", "read", SHORT, 1, 2, {0}), ("run", "send", errno.EINTR, 1, 2, {0}),
                  ("run", "recv", errno.EINTR, 1, 2, {0}))


class ServerTest(FailingCallsTest):
    def test_what_it_needs_is_refused(self):
        self.each(("internal-server", "socket", errno.EMFILE, {1}),
                  ("internal-server", "listen", errno.EADDRINUSE, {1}),
                  ("internal-server", "epoll_create1", errno.EMFILE, {1}),
                  ("internal-server", "accept", errno.EMFILE, 1, 3, {0}),
                  ("internal-server", "accept", errno.ECONNABORTED, 1, 3, {0}))

    def test_what_is_interrupted_or_cut_short_goes_on(self):
        self.each(("internal-server", "epoll_wait", errno.EINTR, 1, 2, {0}),
                  ("internal-server", "recvmsg", errno.EINTR, 1, 2, {0}),
                  ("internal-server", "sendmsg", errno.EINTR, 1, 2, {0}),
                  ("internal-server", "recv", errno.EINTR, 1, 3, {0}))


class CellTest(FailingCallsTest):
    def test_what_it_needs_is_refused(self):
        self.each(("internal-cell", "mmap", errno.ENOMEM, {0, 3}),
                  ("internal-cell", "socket", errno.EMFILE, {0, 3}),
                  ("internal-cell", "epoll_create1", errno.EMFILE, {0, 3}),
                  ("internal-cell", "connect", errno.EADDRNOTAVAIL, {0, 3}))

    def test_what_is_interrupted_or_cut_short_goes_on(self):
        self.each(("internal-cell", "sendmsg", errno.EINTR, 1, 2, {0}),
                  ("internal-cell", "recv", errno.EINTR, 1, 2, {0}),
                  ("internal-cell", "recv", SHORT, 1, 2, {0}),
                  ("internal-cell", "read", errno.EINTR, 1, 2, {0}),
                  ("internal-cell", "epoll_wait", errno.EINTR, 1, 2, {0}))


class OtherCommandsTest(FailingCallsTest):
    def failed(self, *arguments, failure, code):
        result = self.fanout(*arguments, variables=self.failing(arguments[0], *failure))
        self.assertEqual(result.code, code, str(result))
        self.assertRegex(result.err, r"\Afanout: [^\n]+\n\Z", str(result))

    def test_files_that_cannot_be_read_or_written(self):
        self.succeed(*RUN)
        before = load(self.folder / "r.json")
        log = self.folder / "access.log"
        log.write_text('::1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 23\n' * 30)
        self.failed("report", "r.json", failure=("open", errno.EMFILE), code=2)
        self.failed("report", "r.json", failure=("read", errno.EIO), code=2)
        self.failed("report", "r.json", "--html", "page.html", failure=("write", errno.ENOSPC),
                    code=1)
        self.failed("compare", "r.json", "r.json", failure=("read", errno.EIO, 2), code=2)
        self.failed("record", "--access-log", "access.log", "-o", "double.json",
                    failure=("write", errno.ENOSPC), code=1)
        self.failed("record", "--access-log", "access.log", "-o", "double.json",
                    failure=("read", errno.EIO), code=2)
        self.assertEqual(load(self.folder / "r.json"), before)
        self.assertEqual({path.name for path in self.folder.iterdir()},
                         {"r.json", "access.log"})

    def test_a_standard_output_that_is_full(self):
        for command in (("list", "cells"), ("run", "--help"), ("list", "scenarios")):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([fanout_cli.FANOUT, *command], stdout=full,
                                      stderr=subprocess.PIPE, check=False)
            self.assertEqual((done.returncode, done.stderr),
                             (1, b"fanout: standard output: cannot be written\n"), command)

    def test_a_server_that_may_not_accept_serves_once_it_may(self):
        with subprocess.Popen([fanout_cli.FANOUT, "serve", "--port", "0"], stdout=subprocess.PIPE,
                              text=True, env={**os.environ, **self.failing(
                                  "serve", "accept", errno.EMFILE, 1, 2)}) as server:
            self.addCleanup(server.kill)
            url = server.stdout.readline().split()[-1]
            self.succeed("run", "--url", url, "-n", 20, "--strategy", "sequential", "--transport",
                         "beast_sync", "--rounds", 1, "--quiet")
            server.send_signal(signal.SIGTERM)
            said = server.stdout.read()
            self.assertEqual(server.wait(), 0, said)
        self.assertIn("requests        20, 20 answered", said)

    def test_doctor_fails_in_a_line_where_nothing_can_be_started(self):
        self.failed("doctor", failure=("fork", errno.EAGAIN), code=1)


if __name__ == "__main__":
    unittest.main()
