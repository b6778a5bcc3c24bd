"""What the command line tests share: run the tool, read what it wrote, look for what it left.

Every invocation carries FANOUT_TEST_MARK=<uuid> in its environment. The server, the runs and the
forked workers inherit it, so leftovers are found in /proc whatever process group they are in.
"""

import errno
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
HANG_S = 300  # nothing here takes so long on any machine: the tool hangs
MARK = "FANOUT_TEST_MARK"

if "FANOUT" not in os.environ:
    sys.exit("usage: FANOUT=path/to/fanout python3 tests/cli/X_test.py")
FANOUT = os.path.abspath(os.environ["FANOUT"])

_schema = json.loads((ROOT / "results" / "report.schema.json").read_text(encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(_schema)
VALIDATOR = jsonschema.Draft202012Validator(_schema)


def validate(document):
    """Raises ValueError with the first places where the document breaks the schema."""
    errors = [f"{error.json_path}: {error.message[:300]}"
              for error in VALIDATOR.iter_errors(document)]
    if errors:
        raise ValueError("breaks report.schema.json: " + "; ".join(errors[:3]))


def load(file):
    return json.loads(pathlib.Path(file).read_text(encoding="utf-8"))


def marked_environment(mark, variables=None):
    return {**os.environ, MARK: mark, "NO_COLOR": "", "LC_ALL": "C.UTF-8", **(variables or {})}


def heed_hang_up():
    """For a child that is to end by SIGHUP, though these tests may run under nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def marked(mark):
    """pid -> arguments of the living processes that inherited the mark. Zombies do not count."""
    found = {}
    wanted = f"{MARK}={mark}".encode()
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                text = (folder / "cmdline").read_bytes().decode(errors="replace")
                found[int(folder.name)] = text.rstrip("\0").split("\0")
        except OSError:
            continue  # it ended while we looked, or it is not ours
    found.pop(os.getpid(), None)
    return found


def leftovers(mark, within_s=5.0):
    """What is still there after a grace period; usually answers at once."""
    deadline = time.monotonic() + within_s
    while (left := marked(mark)) and time.monotonic() < deadline:
        time.sleep(0.01)
    return left


def kill_marked(mark):
    for pid in marked(mark):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def free_port():
    """A port nobody listens on, below those that clients of other tests are given meanwhile."""
    first = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for port in random.SystemRandom().sample(range(first // 2, first), 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED:
                return port
    raise AssertionError("no port is free")


def serve(case, *program):
    """Runs this Python program with a free port behind it until the class of tests is done, and
    returns the port; somebody listens there."""
    port = free_port()
    server = subprocess.Popen([sys.executable, *map(str, program), str(port)])
    case.addClassCleanup(server.wait)
    case.addClassCleanup(server.kill)
    deadline = time.monotonic() + HANG_S
    while not listens(port):
        if time.monotonic() > deadline:
            raise AssertionError("the server does not start")
        time.sleep(0.01)
    return port


def listens(port):
    """Whether somebody does, on this machine."""
    try:
        socket.create_connection(("127.0.0.1", port)).close()
        return True
    except OSError:
        return False


class Finished:
    """How an invocation ended."""

    def __init__(self, arguments, code, out, err):
        self.arguments, self.code, self.out, self.err = arguments, code, out, err

    def __str__(self):
        return (f"fanout {' '.join(map(str, self.arguments))}\nexit code {self.code}\n"
                f"--- standard output\n{self.out}\n--- standard error\n{self.err}")


def run_fanout(*arguments, cwd, mark, timeout=HANG_S, preexec_fn=None, variables=None, within=()):
    """`variables` are added to the environment; `within` is a command that starts what follows."""
    process = subprocess.Popen([*within, FANOUT, *map(str, arguments)], cwd=cwd,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, env=marked_environment(mark, variables),
                               start_new_session=True, preexec_fn=preexec_fn)
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        kill_marked(mark)
        process.communicate()
        raise AssertionError(f"hangs: fanout {' '.join(map(str, arguments))}") from None
    return Finished(arguments, process.returncode, out.decode(errors="replace"),
                    err.decode(errors="replace"))


def absent_peers(*names, http="1.1"):
    """Those of these external programs that cannot run here -> what to install."""
    cells = subprocess.run([FANOUT, "list", "cells", "--scenario", "local-500", "--strategy",
                            ",".join(["event_loop", *names]), "--http", http],
                           capture_output=True, text=True, check=True)
    return dict(re.findall(r"^skipped (\w+) / own / .*: (not installed here: .*)$", cells.stdout,
                           re.MULTILINE))


def table_rows(text):
    """The rows of the first text table, each a list of its columns; the titles come first."""
    lines = text.splitlines()
    rule = next(i for i, line in enumerate(lines) if re.fullmatch(r"-+(  -+)*", line))
    spans = [match.span() for match in re.finditer(r"-+", lines[rule])]
    rows = []
    for line in [lines[rule - 1]] + lines[rule + 1:]:
        if not line or line.startswith(("skipped ", "INVALID ", "beside them, ")):
            break
        if not re.match(r"\d+ cells? x", line):
            ends = [end for _, end in spans[:-1]] + [len(line)]
            rows.append([line[begin:end].strip() for (begin, _), end in zip(spans, ends)])
    return rows


class CliTest(unittest.TestCase):
    """A test in a folder of its own, which fails if it leaves a process behind."""

    def setUp(self):
        self.mark = str(uuid.uuid4())
        temporary = tempfile.TemporaryDirectory(prefix="fanout-cli-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.addCleanup(self._nothing_left)

    def _nothing_left(self):
        left = leftovers(self.mark)
        kill_marked(self.mark)
        self.assertEqual(left, {}, "processes left behind")

    def fanout(self, *arguments, **options):
        return run_fanout(*arguments, cwd=self.folder, mark=self.mark, **options)

    def succeed(self, *arguments, code=0, **options):
        result = self.fanout(*arguments, **options)
        if code is not None:  # whatever it may be
            self.assertEqual(result.code, code, str(result))
        return result

    def measure(self, *arguments, code=0, command="run", **options):
        """Runs, checks the document against the schema and returns (document, result)."""
        file = self.folder / f"{uuid.uuid4().hex}.json"
        result = self.succeed(command, *arguments, "--output", file, code=code, **options)
        document = load(file)
        validate(document)
        return document, result

    def measure_each_once(self, *arguments, transports="all", **options):
        """Measures every strategy once and each of these transports once, instead of all pairs;
        returns the cells of both measurements."""
        return [cell for selection in (("--strategy", "all"),
                                       ("--strategy", "thread_pool,event_loop", "--transport",
                                        transports))
                for cell in self.measure(*selection, "--no-profile", *arguments,
                                         **options)[0]["cells"]]

    def scenario(self, name, **keys):
        """Writes a scenario file; `hosts`, `engine` and the like go to its "server" part."""
        server = {key: keys.pop(key) for key in ("hosts", "engine", "threads", "loops", "bind", "port")
                  if key in keys}
        file = self.folder / f"{name}.json"
        file.write_text(json.dumps({"name": name, "requests": 40, "server": server, **keys}))
        return file

    def namespaces(self, flags, script):
        """A command that starts what follows in namespaces, once the script has run there."""
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        within = ("unshare", *user, *flags, "sh", "-c", f'{script} && exec "$@"', "sh")
        try:
            tried = subprocess.run([*within, "true"], cwd=self.folder, capture_output=True,
                                   text=True, check=False)
        except OSError as error:
            self.skipTest(f"no namespaces here: {error}")
        if tried.returncode != 0:
            self.skipTest(f"no such namespaces here: {tried.stderr.strip()}")
        return within

    def snapshot(self):
        return {str(path): path.lstat().st_mtime_ns for path in self.folder.rglob("*")}

    def assert_refused(self, result, *words):
        """Wrong usage: exit code 2, one line on standard error and nothing else."""
        self.assertEqual(result.code, 2, str(result))
        self.assertEqual(result.out, "", str(result))
        self.assertRegex(result.err, r"\Afanout: [^\n]+\n\Z", str(result))
        for word in words:
            self.assertIn(word, result.err, str(result))

    def refuse(self, *arguments, words=(), **options):
        """Runs something that must be refused, and must change no file."""
        before = self.snapshot()
        result = self.fanout(*arguments, **options)
        self.assert_refused(result, *words)
        self.assertEqual(self.snapshot(), before, "files were written")
        return result
