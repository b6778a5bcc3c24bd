"""What the environment may lack or limit: CPU time, descriptors, IPv6, folders, a terminal.

Each is provoked with the real program, in a control group or in namespaces where that takes one;
where this machine forbids them, the test is skipped with the reason.
"""

import contextlib
import json
import os
import pathlib
import pty
import resource
import shlex
import signal
import subprocess
import sys
import time
import unittest
import uuid

import fanout_cli
from fanout_cli import load, validate

SHORT = ("--rounds", 2, "--no-references", "--no-progress")
LOOP = ("--strategy", "event_loop", "--transport", "curl_asio")
ONE = ("--scenario", "zero", "-n", 50, *LOOP, *SHORT)
LONG = ("--scenario", "local-500", "-n", 40, "--workers", 10, *LOOP, "--no-references")
CPUS = len(os.sched_getaffinity(0))


def cpu_hierarchies():
    """The mounts of control groups that can limit CPU time: their folders, their file of the quota
    and that of the weight, with the most that it takes."""
    for line in pathlib.Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines():
        _, folder, kind, options = line.split()[:4]
        if kind == "cgroup2":
            yield folder, "cpu.max", "cpu.weight", 10_000
        elif kind == "cgroup" and "cpu" in options.split(","):
            yield folder, "cpu.cfs_quota_us", "cpu.shares", 262_144


def write_quota(file, cpus):
    """So many CPUs, in periods of 100 ms."""
    quota = str(round(cpus * 100_000))
    file.write_text(quota if file.name == "cpu.cfs_quota_us" else f"{quota} 100000")


class QuotaTest(fanout_cli.CliTest):
    def setUp(self):
        super().setUp()
        reasons = []
        for folder, name, weight, most in cpu_hierarchies():
            group = pathlib.Path(folder) / f"fanout-test-{uuid.uuid4().hex}"
            try:
                group.mkdir()
            except OSError as error:
                reasons.append(str(error))
                continue
            self.addCleanup(self.remove, group)
            self.quota = group / name
            if self.quota.exists():
                self.procs = group / "cgroup.procs"
                # So that it is the quota that it lacks CPU time by, not the tests beside it.
                (group / weight).write_text(str(most))
                return
            reasons.append(f"{folder} has no {name}")
        self.skipTest(f"no control group with a CPU quota: {'; '.join(reasons) or 'none mounted'}")

    def remove(self, group):
        for _ in range(100):  # its processes may just be ending
            with contextlib.suppress(OSError):
                return group.rmdir()
            time.sleep(0.05)
        return group.rmdir()

    def limited(self, cpus):
        """For a child that is to have so many CPUs."""
        write_quota(self.quota, cpus)
        return lambda: self.procs.write_text(str(os.getpid()))

    def test_a_quota_is_in_the_result_and_in_the_flags_and_is_not_compared(self):
        work = ("--scenario", "zero", "-n", 1000, *LOOP, *SHORT)
        document, result = self.measure(*work, preexec_fn=self.limited(0.2))
        self.assertEqual((document["environment"]["cpus"], document["environment"]["cpu_quota"]),
                         (0.2, 0.2))
        self.assertIn("note: a CPU quota leaves server and clients 0.2 CPUs", result.out)
        [cell] = document["cells"]
        for run in cell["set_aside"]:  # not for the quota's sake
            self.assertIn("noisy", run["flags"])
        for run in cell["runs"]:
            self.assertIn("throttled", run["flags"], run["host"])
            self.assertGreater(run["host"]["throttled_ns"], 0)
        self.assertRegex(result.out, r"note: throttled runs: (2|\d repeated, 2 stayed throttled)\n")
        pathlib.Path(self.folder / "with.json").write_text(json.dumps(document))
        free, _ = self.measure(*work)
        self.assertIsNone(free["environment"]["cpu_quota"])
        pathlib.Path(self.folder / "without.json").write_text(json.dumps(free))
        refused = self.fanout("compare", "with.json", "without.json")
        self.assertEqual(refused.code, 5, str(refused))
        self.assertIn("environment.cpu_quota: 0.2 in BASE, null in NEW", refused.err)

    def test_the_doctor_names_a_quota(self):
        quota = 0.95 * CPUS
        result = self.fanout("doctor", preexec_fn=self.limited(quota))
        self.assertRegex(result.out, rf"(?m)^warn +cpus +{quota:g} of \d+ usable by a CPU quota; ")


class DescriptorTest(fanout_cli.CliTest):
    def test_programs_have_the_limit_of_the_shell_and_fanout_a_higher_one(self):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if hard < 1000:
            self.skipTest(f"this shell may have {hard} descriptors only")
        program = self.folder / "files.py"
        program.write_text("import resource\ninput()\nprint('ready with',"
                           " *resource.getrlimit(resource.RLIMIT_NOFILE))\ninput()\n")
        document, _ = self.measure(
            "--scenario", "zero", "-n", 400, "--workers", 400, "--strategy", "event_loop",
            "--transport", "beast_async", "--external",
            f"files={shlex.quote(sys.executable)} {program}", "--rounds", 1, "--no-references",
            code=3, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard)))
        ours, theirs = (cell["runs"][0] for cell in document["cells"])
        self.assertTrue(ours["valid"], ours["reasons"])  # of 400 connections, at both ends
        self.assertEqual(theirs["program"], f"with 200 {hard}")


class EnvironmentTest(fanout_cli.CliTest):
    def test_a_temporary_folder_that_is_none_is_named_before_the_first_run(self):
        (self.folder / "file").write_text("")
        for folder in (self.folder / "absent", self.folder / "file"):
            for work in (ONE, ("--url", "http://127.0.0.1:1/", "-n", 2)):
                with self.subTest(folder=folder, work=work):
                    self.refuse("run", *work, "-o", "r.json", words=(f"TMPDIR: {folder}: ",),
                                variables={"TMPDIR": str(folder)})

    def test_a_working_folder_that_is_read_only(self):
        within = self.namespaces(["--mount"], 'mount --bind "$PWD" "$PWD" && '
                                 'mount -o remount,ro,bind "$PWD" && cd "$PWD"')
        self.refuse("run", *ONE, words=("--output results/runs/", "cannot be written"),
                    within=within)
        validate(json.loads(self.succeed("run", *ONE, "-o", "-", "--quiet", within=within).out))

    def test_a_kernel_that_tells_no_pressure(self):
        within = ()
        if pathlib.Path("/proc/pressure").exists():
            within = self.namespaces(["--mount"], f"mount --bind {shlex.quote(str(self.folder))} "
                                                  "/proc/pressure")
        document, _ = self.measure(*ONE, within=within)
        for run in document["cells"][0]["runs"]:
            self.assertIsNone(run["host"]["psi_cpu_ns"])

    def test_a_network_without_ipv6(self):
        within = self.namespaces(["--net"], "ip link set lo up && "
                                 "{ ! [ -e /proc/sys/net/ipv6 ] || "
                                 "echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; } && "
                                 "! [ -s /proc/net/if_inet6 ]")
        self.measure(*ONE, within=within)
        real = (f"{shlex.quote(fanout_cli.FANOUT)} serve --port 18080 & "
                "while ! [ -s served ]; do sleep 0.01; done")
        self.measure("--url", "http://localhost:18080/", "-n", 50, "--strategy", "event_loop",
                     *SHORT, within=(*within, "sh", "-c", f'{{ {real}; }} >served && "$@"; code=$?; '
                                     "kill $!; exit $code", "sh"))

    def test_a_plain_locale_and_a_plain_terminal(self):
        plain = {"LANG": "C", "LC_ALL": "C", "TERM": "dumb"}
        document, _ = self.measure(*ONE, "--workers", "1,4", command="sweep", variables=plain)
        file = self.folder / "r.json"
        file.write_text(json.dumps(document))
        for words in (("list", "strategies"), ("report", file), ("compare", file, file)):
            self.succeed(*words, variables=plain)


class OutputTest(fanout_cli.CliTest):
    def test_a_dash_is_standard_output_and_the_table_goes_to_standard_error(self):
        before = self.snapshot()
        result = self.succeed("run", *ONE, "-o", "-")
        document = json.loads(result.out)
        validate(document)
        self.assertEqual(document["status"], "complete")
        self.assertIn("event_loop  curl_asio", result.err)
        self.assertEqual(self.succeed("sweep", *ONE, "-o", "-", "--quiet").err, "")
        self.assertEqual(self.snapshot(), before, "files were written")

    def test_a_link_is_followed_and_stays(self):
        (self.folder / "kept").mkdir()
        link = self.folder / "link.json"
        link.symlink_to("kept/r.json")
        for _ in ("a dangling one", "one to a file"):
            self.succeed("run", *ONE, "-o", link)
            self.assertTrue(link.is_symlink())
            validate(load(self.folder / "kept" / "r.json"))
        self.assertEqual(os.listdir(self.folder / "kept"), ["r.json"])


class HangUpTest(fanout_cli.CliTest):
    """A terminal that closes sends SIGHUP, and cannot be written to any more."""

    def start(self, *arguments, rounds=10, **options):
        run = subprocess.Popen(
            [fanout_cli.FANOUT, "run", *map(str, (*LONG, "--rounds", rounds, *arguments))],
            cwd=self.folder, text=True, start_new_session=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=fanout_cli.marked_environment(self.mark), **options)
        self.addCleanup(run.communicate)
        self.addCleanup(run.kill)
        while "[1/" not in (line := run.stderr.readline()):
            self.assertTrue(line, "it ended before its first run")
        return run

    def check_interrupted(self, document):
        validate(document)
        self.assertEqual((document["status"], document["stopped_by"]), ("interrupted", "interrupt"))
        self.assertTrue(document["cells"][0]["runs"])

    def test_a_hang_up_ends_it_with_what_was_measured_saved(self):
        run = self.start("-o", "r.json", preexec_fn=fanout_cli.heed_hang_up)
        run.send_signal(signal.SIGHUP)
        out, _ = run.communicate(timeout=fanout_cli.HANG_S)
        self.assertEqual(run.returncode, 130)
        self.assertIn("interrupted; what was measured is shown", out)
        self.check_interrupted(load(self.folder / "r.json"))

    def test_a_hang_up_loses_nothing_on_its_way_to_standard_output(self):
        run = self.start("-o", "-", preexec_fn=fanout_cli.heed_hang_up)
        run.send_signal(signal.SIGHUP)
        out, _ = run.communicate(timeout=fanout_cli.HANG_S)
        self.assertEqual(run.returncode, 130)
        self.check_interrupted(json.loads(out))

    def test_a_hang_up_is_nothing_under_nohup(self):
        run = self.start("-o", "r.json", rounds=2,
                         preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        run.send_signal(signal.SIGHUP)
        run.communicate(timeout=fanout_cli.HANG_S)
        self.assertEqual((run.returncode, load(self.folder / "r.json")["status"]), (0, "complete"))

    def on_terminal(self, kind, until):
        """Runs on a terminal of this kind that closes once it has shown this; returns all it
        showed."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.folder)
            fanout_cli.heed_hang_up()
            os.execve(fanout_cli.FANOUT, ["fanout", "run", *map(str, LONG), "--rounds", "10", "-o",
                                          f"{kind}.json"],
                      fanout_cli.marked_environment(self.mark, {"TERM": kind}))
        shown = ""
        while until not in shown:
            shown += os.read(terminal, 4096).decode()
        os.close(terminal)
        os.waitpid(pid, 0)
        self.check_interrupted(load(self.folder / f"{kind}.json"))
        return shown

    def test_a_terminal_that_closes_and_one_that_is_dumb(self):
        self.assertIn("\r\033[K", self.on_terminal("xterm", "[1/"))
        shown = self.on_terminal("dumb", "[1/")
        self.assertNotIn("\033", shown)
        self.assertRegex(shown, r"\n\[1/10\] round 1  event_loop / curl_asio")


if __name__ == "__main__":
    unittest.main()
