#!/usr/bin/env python3
"""fanout-mpi: cells that several client machines run together."""

import os
import pathlib
import signal
import subprocess
import time
import unittest

import fanout_cli
import namespaces

FANOUT_MPI = pathlib.Path(fanout_cli.FANOUT).with_name("fanout-mpi")
CLIENTS = 2
CELLS = ("--strategy", "thread_queue,event_loop", "--transport", "curl_easy,curl_asio",
         "--no-references", "--no-profile")


@unittest.skipIf(namespaces.why_no_mpi(FANOUT_MPI), namespaces.why_no_mpi(FANOUT_MPI))
class NetworkTest(fanout_cli.CliTest):
    @classmethod
    def setUpClass(cls):
        cls.hosts = namespaces.Hosts(1 + CLIENTS)
        cls.addClassCleanup(cls.hosts.close)

    def start(self, *arguments):
        command = [*namespaces.mpirun(self.hosts, self.folder), FANOUT_MPI, "--bind",
                   self.hosts.addresses[0], *arguments]
        return subprocess.Popen(command, env=fanout_cli.marked_environment(self.mark),
                                cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True)

    def end(self, process):
        try:
            return process.communicate(timeout=fanout_cli.HANG_S)
        except subprocess.TimeoutExpired:
            fanout_cli.kill_marked(self.mark)
            process.communicate()
            raise AssertionError("mpirun hangs") from None

    def rank(self, wanted):
        """The process of a rank, and not of what it has started."""
        for pid, arguments in fanout_cli.marked(self.mark).items():
            if pathlib.Path(arguments[0]).name != "fanout-mpi":
                continue
            if f"OMPI_COMM_WORLD_RANK={wanted}".encode() in (
                    pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")):
                return pid
        raise AssertionError(f"no rank {wanted}")

    def test_clients_share_the_work_exactly(self):
        result = self.folder / "shared.json"
        both = self.scenario("both", requests=101, workers=[4],
                             hosts=[{"delay": "1ms"}, {"delay": "1ms", "tls": "on"}])
        process = self.start("run", "--scenario", both, "--rounds", "10", *CELLS, "-o", result)
        out, err = self.end(process)
        self.assertEqual(process.returncode, 0, out + err)
        self.assertIn(f"{CLIENTS} client machines", out)
        self.assertEqual(fanout_cli.table_rows(out)[0][3], "clients")
        document = fanout_cli.load(result)
        fanout_cli.validate(document)
        hosts = [client["host"] for client in document["environment"]["clients"]]
        self.assertEqual(hosts, self.hosts.names[1:])
        for row in document["cells"] + document["references"]:
            self.assertEqual(len(row["runs"]), 10)
            for run in row["runs"]:
                self.assertTrue(run["valid"], run["reasons"])
                self.assertEqual(run["requests"]["ok"], 101)
                if row["transport"] == "null":
                    continue
                self.assertEqual(run["server"]["unique_tokens"], 101)
                self.assertLessEqual(run["server"]["peak_in_flight"], CLIENTS * 4)

    def test_keeps_what_was_measured_when_a_rank_is_killed(self):
        result = self.folder / "killed.json"
        own = fanout_cli.ROOT / "strategies" / "peers" / "py_thread_pool.py"
        process = self.start("run", "--rounds", "3", "-n", "400", *CELLS, "--external",
                             f"own=python3 {own}", "-o", result)
        while not result.exists() or '"run":' not in result.read_text():
            self.assertIsNone(process.poll())
            time.sleep(0.02)
        os.kill(self.rank(CLIENTS), signal.SIGKILL)
        out, err = self.end(process)
        self.assertNotEqual(process.returncode, 0, out + err)
        self.assertEqual(fanout_cli.leftovers(self.mark), {})
        document = fanout_cli.load(result)
        self.assertEqual(document["status"], "interrupted", out + err)
        self.assertIn(f"go on by: fanout-mpi run --resume {result}", out)
        kept = sum(len(row["runs"]) for row in document["cells"] + document["references"])
        self.assertGreater(kept, 0)
        process = self.start("run", "--resume", result)
        out, err = self.end(process)
        self.assertEqual(process.returncode, 0, out + err)
        document = fanout_cli.load(result)
        fanout_cli.validate(document)
        self.assertEqual(document["resumed"][0]["runs"], kept)
        self.assertTrue(all(len(row["runs"]) == 3 and all(run["valid"] for run in row["runs"])
                            for row in document["cells"] + document["references"]))

    def test_refuses_in_one_line_and_ends(self):
        process = self.start("run", "-n", "1", *CELLS)
        _, err = self.end(process)
        self.assertEqual(process.returncode, 2, err)
        refused = [line for line in err.splitlines() if line.startswith("fanout-mpi: ")]
        self.assertEqual(len(refused), 1, err)
        self.assertIn("make more requests (-n)", refused[0])


if __name__ == "__main__":
    unittest.main()
