"""fanout run --against: another build in the same rounds, and what is said of the difference."""

import os
import shlex
import shutil
import subprocess
import unittest

import fanout_cli
from fanout_cli import FANOUT

CELLS = ("--scenario", "zero", "-n", 2000, "--workers", 10, "--strategy", "thread_pool,event_loop",
         "--transport", "curl_easy,curl_asio", "--no-profile")
REGRESSION = 4

SLOWER = fanout_cli.ROOT / "bench" / "slower_send.c"
SPIN_NS = 50_000  # as much as libcurl takes for all of a request


class AgainstTest(fanout_cli.CliTest):
    def test_each_cell_is_run_by_both_one_after_the_other(self):
        document, result = self.measure(*CELLS, "--rounds", 10, "--against", FANOUT)
        self.assertFalse(document["against"]["regression"])
        self.assertEqual(document["plan"]["against"]["tool"], document["tool"])
        self.assertIn("NEW is this fanout (", result.out)
        theirs = {role: [row for row in document["references"] if row["role"] == role]
                  for role in ("against", "against_twin")}
        self.assertEqual(len(theirs["against_twin"]), 1)
        self.assertEqual(len(theirs["against"]), len(document["cells"]))
        first = 0
        for ours, other in zip(document["cells"], theirs["against"]):
            self.assertEqual([ours[key] for key in ("strategy", "transport", "workers")],
                             [other[key] for key in ("strategy", "transport", "workers")])
            for one, two in zip(ours["runs"], other["runs"]):
                self.assertTrue(one["valid"] and two["valid"], one["reasons"] + two["reasons"])
                self.assertEqual(abs(one["position"] - two["position"]), 1)
                first += one["position"] < two["position"]
        self.assertGreater(first, 0)  # of 20 pairs, now one and now the other comes first
        self.assertLess(first, 20)
        measures = {change["measure"] for change in document["against"]["changes"]}
        self.assertLessEqual({"makespan", "cpu"}, measures)
        again = self.succeed("report", self.folder / result.out.split("results: ")[1].strip())
        self.assertIn("no regression beyond 5 %", again.out)

    def test_it_is_planned_and_counted(self):
        shown = self.succeed("run", *CELLS, "--against", FANOUT, "--dry-run").out
        self.assertEqual(shown.count("beside them, as the other build: "), 2)
        self.assertEqual(shown.count("beside them, as the other build's A/A twin: "), 1)

    def test_what_cannot_be_held_against_this_build_is_refused(self):
        other = self.folder / "other"
        other.write_text("#!/bin/sh\necho 'fanout protocol 0.1.2,9.9,abc,Release'\n")
        other.chmod(0o755)
        for command, why in (("/bin/true", "is no build of fanout"), ("/absent", "is no build"),
                             (f"cd . && {FANOUT}", "is no build"),  # runs could not be started so
                             (other, r"by protocol 0\.1\.2, this build by \S+; compare builds")):
            result = self.fanout("run", *CELLS, "--against", command, "-o", "r.json")
            self.assertEqual((result.code, result.out), (2, ""), str(result))
            self.assertRegex(result.err, rf"\Afanout: --against .*: .*{why}.*\n\Z")
            self.assertFalse((self.folder / "r.json").exists())

    def test_a_slower_build_is_a_regression(self):
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            self.skipTest("there is no C compiler")
        library = self.folder / "slower.so"
        subprocess.run([compiler, "-shared", "-fPIC", "-O2", f"-DSPIN_NS={SPIN_NS}", "-o", library,
                        SLOWER, "-ldl"], check=True)
        unhindered = f"env -u LD_PRELOAD {shlex.quote(os.path.abspath(FANOUT))}"
        document, result = self.measure(*CELLS, "--rounds", 10, "--against", unhindered,
                                        code=REGRESSION, variables={"LD_PRELOAD": str(library)})
        self.assertTrue(document["against"]["regression"])
        by_cpu = [change for change in document["against"]["changes"] if change["measure"] == "cpu"]
        self.assertEqual({change["verdict"] for change in by_cpu}, {"regression"}, by_cpu)
        self.assertRegex(result.out, r"regressions? beyond 5 %:\n")


if __name__ == "__main__":
    unittest.main()
