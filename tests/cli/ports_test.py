#!/usr/bin/env python3
"""Local ports that earlier runs still hold: the next run waits for them, and says so."""

import os
import shlex
import signal
import subprocess
import time
import unittest

import fanout_cli

# 200 ports, of which a run may use 180.
NETWORK = ("ip link set lo up && echo 30000 30199 >/proc/sys/net/ipv4/ip_local_port_range && "
           "echo {reuse} >/proc/sys/net/ipv4/tcp_tw_reuse")
PORT = 18083
SERVE = f"{shlex.quote(fanout_cli.FANOUT)} serve --port {PORT} >served & " \
        "while ! [ -s served ]; do sleep 0.01; done; " \
        '"$@"; code=$?; kill $!; exit $code'
# A client for each request, which closes its connection first.
RUN = ("--url", f"http://127.0.0.1:{PORT}/", "-n", 150, "--workers", 5,
       "--strategy", "sequential", "--transport", "beast_sync", "--rounds", 2, "--no-profile",
       "--no-references", "--verbose")


class PortsTest(fanout_cli.CliTest):
    def within(self, reuse):
        return (*self.namespaces(["--net"], NETWORK.format(reuse=reuse)), "sh", "-c", SERVE, "sh")

    def test_a_run_waits_until_the_kernel_lets_ports_be_taken_again(self):
        document, result = self.measure(*RUN, within=self.within(2))
        first, second = document["cells"][0]["runs"]
        for run in (first, second):
            self.assertEqual((run["valid"], run["errors"]), (True, {}))
        self.assertNotIn("waited_for_ports", first["flags"])
        self.assertIn("waited_for_ports", second["flags"])
        self.assertRegex(result.err, r"waiting up to 1 s for local ports: earlier connections hold "
                                     rf"15\d of the 180 that can be used for 127.0.0.1 port {PORT}")

    def test_a_wait_can_be_interrupted(self):
        process = subprocess.Popen(
            [*self.within(0), fanout_cli.FANOUT, "run", *map(str, RUN), "-o", "r.json"],
            cwd=self.folder, env=fanout_cli.marked_environment(self.mark), text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        for line in process.stderr:
            if line.startswith("waiting up to 60 s for local ports: "):
                break
        else:
            self.fail("it does not wait")
        [controller] = [pid for pid, arguments in fanout_cli.marked(self.mark).items()
                        if arguments[:2] == [fanout_cli.FANOUT, "run"]]
        begin = time.monotonic()
        os.kill(controller, signal.SIGINT)
        process.communicate(timeout=30)
        self.assertLess(time.monotonic() - begin, 20)
        self.assertEqual(process.returncode, 130)
        document = fanout_cli.load(self.folder / "r.json")
        fanout_cli.validate(document)
        self.assertEqual(document["status"], "interrupted")
        self.assertEqual(len(document["cells"][0]["runs"]), 1)


if __name__ == "__main__":
    unittest.main()
