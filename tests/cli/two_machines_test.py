#!/usr/bin/env python3
"""`fanout serve --control` on one machine, `fanout run --server` on another."""

import shutil
import socket
import subprocess
import threading
import time
import unittest

import fanout_cli
import namespaces

OPENSSL = shutil.which("openssl")


class Control:
    """A `fanout serve --control`, until stop()."""

    def __init__(self, cli, address="127.0.0.1", within=()):
        self.key = cli.folder / "control.key"
        self.process = subprocess.Popen(
            [*within, fanout_cli.FANOUT, "serve", "--control", f"{address}:0", "--key", self.key],
            env=fanout_cli.marked_environment(cli.mark), stdout=subprocess.PIPE, text=True)
        self.lines = []
        self.ready = threading.Event()
        self.reader = threading.Thread(target=self._read)
        self.reader.start()
        assert self.ready.wait(fanout_cli.HANG_S), "it does not start"

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.strip())
            if line.startswith("controlled at: "):
                self.address = line.split()[-1]
                self.ready.set()

    def stop(self):
        self.process.terminate()
        self.process.wait(fanout_cli.HANG_S)
        self.reader.join()
        self.process.stdout.close()
        return self.process.returncode


def framed(text):
    return len(text).to_bytes(4, "big") + text


class LoopbackTest(fanout_cli.CliTest):
    def setUp(self):
        super().setUp()
        self.control = Control(self)
        self.addCleanup(self.control.stop)

    def run_remote(self, *arguments, key=None):
        return self.fanout("run", "--server", self.control.address, "--key",
                           key or self.control.key, "--rounds", "1", "--no-references", "-n", "20",
                           "--strategy", "event_loop", "--transport", "curl_asio", *arguments)

    def by_hand(self, *messages):
        """Sends bytes with the right key; returns what came back."""
        secret = self.control.key.read_text().strip()
        client = [OPENSSL, "s_client", "-connect", self.control.address, "-tls1_3", "-psk", secret,
                  "-psk_identity", "fanout", "-quiet"]
        return subprocess.run(client, input=b"".join(messages), capture_output=True,
                              timeout=fanout_cli.HANG_S).stdout

    def test_serves_on_after_whatever_a_controller_does_wrong(self):
        other = self.folder / "other.key"
        other.write_text("ab" * 32)
        other.chmod(0o600)
        refused = self.run_remote(key=other)
        self.assertEqual(refused.code, 1, refused)
        self.assertIn("has another key", refused.err)
        host, port = self.control.address.split(":")
        for garbage in (b"", b"GET / HTTP/1.1\r\n\r\n", bytes(range(256)) * 8):
            with socket.create_connection((host, int(port))) as client:
                client.sendall(garbage)
        if OPENSSL:
            answer = self.by_hand(framed(b'{"version":"0.0.1","commit":"none"}'))
            self.assertIn(b'"version"', answer)
            self.by_hand(framed(b"no JSON"))
            self.by_hand(b"\xff\xff\xff\xff and more")
        fine = self.run_remote()
        self.assertEqual(fine.code, 0, fine)
        self.assertEqual(self.control.stop(), 0)
        said = "\n".join(self.control.lines)
        self.assertIn("127.0.0.1: the other side has another key", said)
        if OPENSSL:
            self.assertIn("127.0.0.1: it is another build of fanout", said)
            self.assertIn("127.0.0.1: a message of 4294967295 bytes; 1048576 are allowed", said)

    def test_a_controller_that_is_killed_leaves_no_server_behind(self):
        endless = subprocess.Popen(
            [fanout_cli.FANOUT, "run", "--server", self.control.address, "--key", self.control.key,
             "--rounds", "1", "--no-references", "-n", "100k", "--strategy", "event_loop",
             "--no-progress", "-o", self.folder / "killed.json"],
            env=fanout_cli.marked_environment(self.mark), stdout=subprocess.DEVNULL)
        try:
            while not self.running("internal-cell"):
                time.sleep(0.01)
        finally:
            endless.kill()
            endless.wait()
        fine = self.run_remote()
        self.assertEqual(fine.code, 0, fine)
        while self.running("internal-server"):  # the last one has just been told to end
            time.sleep(0.01)

    def running(self, kind):
        return any(kind in arguments for arguments in fanout_cli.marked(self.mark).values())


class RefusalTest(fanout_cli.CliTest):
    def test_wrong_flags_are_one_line_and_exit_code_2(self):
        for name, text, mode in (("open", "ab" * 32, 0o644), ("short", "abcd", 0o600)):
            (self.folder / name).write_text(text)
            (self.folder / name).chmod(mode)
        far = ("run", "--server", "10.0.0.2:7000")
        for arguments, word in (
                (far, "--server needs --key"),
                (("run", "--server", "10.0.0.2", "--key", "x"), "--server: expected HOST:PORT"),
                ((*far, "--key", "absent"), "absent: No such file"),
                ((*far, "--key", "open"), "others may read it"),
                ((*far, "--key", "short"), "32 to 128 hexadecimal"),
                ((*far, "--key", "x", "--affinity", "none"), "--affinity"),
                ((*far, "--key", "x", "--url", "http://127.0.0.1/"), "--url"),
                (("run", "--network", "one switch"), "use it with --server"),
                (("serve", "--control", "127.0.0.1:0"), "--control needs --key"),
                (("serve", "--control", "here:0", "--key", "x"), "--control: expected IPV4:PORT"),
                (("serve", "--control", "127.0.0.1:0", "--key", "x", "--port", "1"), "--port"),
                (("serve", "--key", "x"), "use it with --control")):
            with self.subTest(arguments=arguments):
                self.refuse(*arguments, words=[word])
        (self.folder / "own").write_text("ab" * 32)
        (self.folder / "own").chmod(0o600)
        self.refuse("serve", "--control", "192.0.2.1:0", "--key", "own",
                    words=["an address of this machine"])


@unittest.skipIf(namespaces.why_not(), namespaces.why_not())
class NetworkTest(fanout_cli.CliTest):
    def test_two_machines_measure_as_one_and_say_so(self):
        hosts = namespaces.Hosts(2)
        self.addCleanup(hosts.close)
        control = Control(self, hosts.addresses[0], hosts.within(0))
        self.addCleanup(control.stop)
        scenario = self.scenario("both", requests=60, hosts=[{"delay": "1ms"},
                                                             {"delay": "1ms", "tls": "on"}])
        document, done = self.measure(
            "--server", control.address, "--key", control.key, "--network", "two namespaces",
            "--scenario", scenario, "--rounds", "2", "--workers", "4",
            "--strategy", "event_loop,thread_pool", "--external", f"own={self.program()}",
            within=hosts.within(1))
        self.assertIn(f"on another machine: {hosts.addresses[0]} (", done.out)
        self.assertIn("network: two namespaces", done.out)
        machine = document["environment"]["server_machine"]
        self.assertEqual(machine["network"], "two namespaces")
        trip = machine["round_trip_ns"]
        self.assertTrue(0 < trip["min"] <= trip["median"] <= trip["max"], trip)
        for row in document["cells"] + document["references"]:
            for run in row["runs"]:
                self.assertTrue(run["valid"], run["reasons"])
                if row["transport"] == "null":
                    continue
                self.assertEqual(run["server"]["unique_tokens"], 60)
                self.assertGreater(run["server"]["cpu_ns"], 0)

    def program(self):
        return f"python3 {fanout_cli.ROOT / 'strategies' / 'peers' / 'py_thread_pool.py'}"


if __name__ == "__main__":
    unittest.main()
