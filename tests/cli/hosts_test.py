#!/usr/bin/env python3
"""Many hosts: every strategy asks 1,000 of them with few descriptors, and idle connections are
bounded."""

import os
import pathlib
import resource
import subprocess
import sys
import threading
import unittest

import fanout_cli

HOSTS = 1000
WORKERS = 20
DESCRIPTORS = 4096
ONCE = ("--rounds", 1, "--no-references", "--no-profile", "--no-progress")


def few_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))


class Descriptors:
    """The most that any process of a run holds at once, as looked at now and then."""

    def __init__(self, mark):
        self.mark, self.most, self.ended = mark, 0, threading.Event()
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.ended.wait(0.02):
            for pid, arguments in fanout_cli.marked(self.mark).items():
                if "internal-cell" in arguments:
                    self.count(pid)

    def count(self, pid):
        try:
            self.most = max(self.most, len(os.listdir(f"/proc/{pid}/fd")))
        except OSError:
            pass  # it has ended

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


class ManyHostsTest(fanout_cli.CliTest):
    @classmethod
    def setUpClass(cls):
        script = pathlib.Path(__file__).with_name("many_hosts.py")
        cls.server = subprocess.Popen([sys.executable, script, str(HOSTS)], stdout=subprocess.PIPE,
                                      text=True)
        cls.addClassCleanup(cls.stop)
        cls.ports = cls.server.stdout.readline().split()

    @classmethod
    def stop(cls):
        cls.server.terminate()
        cls.server.communicate(timeout=30)

    def run_all(self, *arguments):
        file = self.folder / "list.txt"
        file.write_text("".join(f"http://127.0.0.1:{port}/\n" for port in self.ports))
        document, _ = self.measure("--urls", file, "-n", 2 * HOSTS, "--workers", WORKERS, *ONCE,
                                   *arguments, preexec_fn=few_descriptors)
        limited = [skipped for skipped in document["plan"]["skipped"]
                   if "limited" in skipped["reason"]]
        self.assertEqual(limited, [])
        for cell in document["cells"]:
            [run] = cell["runs"]
            self.assertEqual((run["valid"], run["requests"]["ok"]), (True, 2 * HOSTS), cell)
        return document

    def test_every_strategy_runs_with_few_descriptors(self):
        with Descriptors(self.mark) as descriptors:
            document = self.run_all("--strategy", "all")
        strategies = {cell["strategy"] for cell in document["cells"]}
        self.assertGreaterEqual(len(strategies), 10, strategies)
        # In use, idle, the pair that wakes each of libcurl's handles, and some to spare.
        self.assertLess(descriptors.most, 2 * 3 * WORKERS + 64)

    def test_every_transport_runs_with_few_descriptors(self):
        with Descriptors(self.mark) as descriptors:
            self.run_all("--strategy", "session_reuse,event_loop,multi_loop", "--transport", "all")
        self.assertLess(descriptors.most, 2 * 3 * WORKERS + 64)

    def test_the_bound_is_the_users_to_choose(self):
        file = self.scenario("few", hosts=[{}] * 12, requests=120, workers=1)
        connections = {}
        for idle in (1, 11, 12):
            document, _ = self.measure("--scenario", file, *ONCE, "--max-idle", idle, "--strategy",
                                       "session_reuse,event_loop", "--transport",
                                       "beast_sync,httplib,floor,beast_async")
            self.assertEqual(document["plan"]["scenarios"][0]["max_idle"], idle)
            connections[idle] = {run["server"]["connections"] for cell in document["cells"]
                                 for run in cell["runs"]}
        # Asked in turn, the host that is next is the one whose connection made room. (libcurl does
        # not tell ages below a millisecond apart.)
        self.assertEqual(connections, {1: {120}, 11: {120}, 12: {12}})

    def test_what_is_no_bound_is_refused(self):
        for text in ("0", "-1", "many", "1.5", ""):
            self.refuse("run", f"--max-idle={text}", words=("--max-idle",))
        for value in ("0", '"2"', "1.5"):
            file = self.folder / "wrong.json"
            file.write_text(f'{{"name": "wrong", "requests": 5, "max_idle": {value}}}')
            self.refuse("run", "--scenario", file, words=("max_idle",))


if __name__ == "__main__":
    unittest.main()
