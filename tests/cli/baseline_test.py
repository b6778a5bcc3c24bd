"""Programs of the user's own held against each other: ranked among themselves, and --baseline."""

import shlex
import sys
import unittest

import fanout_cli

REGRESSION = 4
# Does its work, by few modules so that it starts soon; each request takes so many ms of CPU more.
PROGRAM = """
import json, re, socket, sys, time
more = float(sys.argv[1]) / 1e3
targets = json.loads(sys.stdin.readline())["targets"]
host, port = re.match("http://([^/:]+):([0-9]+)/", targets[0]).groups()
print("ready mine 1.0", flush=True)
sys.stdin.readline()
connection = socket.create_connection((host, int(port)))
records = []
for index, url in enumerate(targets):
    start = time.monotonic_ns()
    path = url.split("/", 3)[3]
    connection.sendall(f"GET /{path} HTTP/1.1\\r\\nHost: {host}:{port}\\r\\n\\r\\n".encode())
    answer = b""
    while b"\\r\\n\\r\\n" not in answer:
        answer += connection.recv(65536)
    head, _, body = answer.partition(b"\\r\\n\\r\\n")
    field = lambda name: re.search(name + ": *([^\\r]+)", head.decode(), re.I)[1]
    while len(body) < int(field("Content-Length")):
        body += connection.recv(65536)
    until = time.process_time() + more
    while time.process_time() < until:
        pass
    records.append(f"{index} {start} {time.monotonic_ns()} ok 200 {len(body)} "
                   f"{field('X-Fanout-Token')}")
print("\\n".join(records + ["done"]), flush=True)
sys.stdin.read()
"""


class BaselineTest(fanout_cli.CliTest):
    def setUp(self):
        super().setUp()
        self.program = self.folder / "mine.py"
        self.program.write_text(PROGRAM)

    def external(self, name, more_ms):
        return ("--external", f"{name}={shlex.quote(sys.executable)} -S {self.program} {more_ms}")

    def work(self, rounds):
        return ("--scenario", "zero", "-n", 5, "--workers", 1, "--strategy", "sequential",
                "--rounds", rounds, "--no-profile", "--no-references")

    def test_a_program_that_costs_more_than_the_baseline_is_a_regression(self):
        document, result = self.measure(*self.work(10), *self.external("old", 1), "--baseline",
                                        "old", *self.external("slow", 20), code=REGRESSION)
        self.assertEqual(document["plan"]["baseline"],
                         {"program": "old", "others": ["slow"], "threshold": 0.05})
        self.assertTrue(document["baseline"]["regression"])
        found = {change["measure"]: change for change in document["baseline"]["changes"]}
        self.assertEqual(set(found), {"makespan", "cpu"})
        for change in found.values():
            self.assertEqual((change["strategy"], change["verdict"]), ("slow", "regression"))
        self.assertIn("NEW is the program of each row, BASE is old, in the same rounds, each with "
                      "an HTTP library of its own\n", result.out)
        self.assertRegex(result.out, r"regressions beyond 5 %:\n  slow / own / 1 worker \(zero\), ")
        self.check_verdicts(document, result)
        again = self.succeed("report", self.file_of(result), "--format", "junit").out
        self.assertIn("slow / own / 1 worker: CPU per request against old", again)
        self.assertEqual(again.count("<failure "), 2)

    def check_verdicts(self, document, result):
        """Programs are ranked among themselves, and fanout's own strategy with none of them."""
        verdicts = {verdict["measure"]: verdict for verdict in document["program_verdicts"]}
        bands = verdicts["cpu"]["bands"]
        self.assertEqual([band[0]["strategy"] for band in bands], ["old", "slow"])
        self.assertNotIn("sequential", str(document["program_verdicts"]))
        self.assertEqual(document["verdicts"], [])
        self.assertIn("\nprograms among themselves, each with an HTTP library of its own:\n",
                      result.out)
        self.assertIn("x cheaper than slow (", result.out)

    def file_of(self, result):
        return result.out.split("results: ")[1].strip()

    def test_what_costs_no_more_is_none(self):
        document, result = self.measure(*self.work(6), *self.external("old", 20), "--baseline",
                                        "old", *self.external("quick", 1))
        self.assertFalse(document["baseline"]["regression"])
        self.assertIn("no regression beyond 5 % in 2 comparisons\n", result.out)

    def test_what_is_no_baseline_is_refused(self):
        old, new = self.external("old", 0), self.external("new", 0)
        for words, why in (
                ((*old, *new, "--baseline", "lod"), "--baseline lod: no program of --external has "
                                                    "this name; there are old, new"),
                ((*old, "--baseline", "old"), "--baseline old: no other program of --external"),
                (("--baseline", "old"), "name two or more of yours"),
                ((*old, *new, "--baseline", "old", "--retries", 1),
                 "--baseline old: external programs make no retries")):
            self.refuse("run", *self.work(6), *words, words=(why,))


if __name__ == "__main__":
    unittest.main()
