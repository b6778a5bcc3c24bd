"""What report makes of saved results: Google Benchmark's JSON, pages, and refusals."""

import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

import fanout_cli
from fanout_cli import load

GBENCH = pathlib.Path(os.environ["FANOUT_BUILD"]) / "bench" / "fanout_gbench"
COMPARE = pathlib.Path("/usr/share/benchmark/compare.py")
ONE = ("--strategy", "event_loop", "--transport", "curl_asio", "-n", "20")


class ExportTest(fanout_cli.CliTest):
    def result(self, name, *arguments):
        self.succeed("run", *ONE, "--rounds", 2, "-o", name, *arguments)
        return name


class GbenchTest(ExportTest):
    @unittest.skipUnless(COMPARE.exists(), "package libbenchmark-tools is not installed")
    def test_compare_py_reads_two_exports(self):
        for name in ("base", "new"):
            out = self.succeed("report", self.result(f"{name}.json"), "--format", "gbench").out
            (self.folder / f"{name}.gbench.json").write_text(out)
        path = str(pathlib.Path(__file__).parent / "stand_in")  # explained in its scipy/stats.py
        compared = subprocess.run([sys.executable, COMPARE, "--no-color", "benchmarks",
                                   "base.gbench.json", "new.gbench.json"], cwd=self.folder,
                                  capture_output=True, text=True, check=False,
                                  env={**os.environ, "PYTHONPATH": path})
        self.assertEqual(compared.returncode, 0, compared.stderr)
        name = "event_loop/curl_asio/api-fanout/workers:10"
        self.assertEqual(len(re.findall(rf"(?m)^{name} ", compared.stdout)), 2, compared.stdout)
        self.assertRegex(compared.stdout, rf"(?m)^{name}_pvalue .* U Test, Repetitions: 2 vs 2")

    def test_fanout_gbench_runs_the_same_cells_under_its_users_flags(self):
        listed = subprocess.run([GBENCH, "--benchmark_list_tests"], capture_output=True, text=True,
                                check=True).stdout
        self.assertIn("thread_pool/curl_easy/local-500/workers:20/", listed)
        subprocess.run([GBENCH, *ONE, "--scenario", "api-fanout,zero", "--workers", "4",
                        "--benchmark_filter=api-fanout", "--benchmark_repetitions=2",
                        "--benchmark_enable_random_interleaving=true",
                        "--benchmark_out=out.json"], cwd=self.folder, capture_output=True,
                       check=True)
        runs = [row for row in load(self.folder / "out.json")["benchmarks"]
                if row["run_type"] == "iteration"]
        self.assertEqual([row["repetition_index"] for row in runs], [0, 1])
        for row in runs:
            self.assertTrue(row["name"].startswith("event_loop/curl_asio/api-fanout/workers:4/"))
            self.assertGreater(row["items_per_second"], 0)
            self.assertEqual(row["connections"], 4)

    def test_fanout_gbench_runs_external_programs_that_are_installed(self):
        peer = ["--scenario", "article-c", "--strategy", "py_thread_per_request,thread_pool"]
        subprocess.run([GBENCH, *peer, "--benchmark_filter=py_", "--benchmark_min_time=0.01",
                        "--benchmark_out=out.json"], cwd=self.folder, capture_output=True,
                       check=True)
        for row in load(self.folder / "out.json")["benchmarks"]:
            self.assertNotIn("error_message", row)
            self.assertGreater(row["items_per_second"], 0)
        without = subprocess.run([GBENCH, *peer, "--benchmark_list_tests"], capture_output=True,
                                 text=True, check=True, env={**os.environ, "PATH": "/nowhere"})
        self.assertIn("thread_pool/", without.stdout)
        self.assertNotIn("py_thread_per_request", without.stdout)

    def test_fanout_gbench_refuses_what_it_does_not_know(self):
        for flag in ("--senario=x", "--strategy=nonesuch"):
            refused = subprocess.run([GBENCH, flag], capture_output=True, text=True, check=False)
            self.assertEqual(refused.returncode, 2, refused.stderr)
            self.assertRegex(refused.stderr, r"\Afanout_gbench: [^\n]+\n\Z")


class PageTest(ExportTest):
    def page(self, *arguments):
        result = self.fanout("report", *arguments)
        if "built without the report page" in result.err:
            self.assertEqual(result.code, 1)
            self.skipTest("this build has no report page")
        self.assertEqual(result.code, 0, str(result))
        return result

    def documents(self, page):
        text = re.search(r'<script type="application/json" id="fanout-documents">(.*?)</script>',
                         page.read_text(), re.S)
        return json.loads(text[1])

    def test_the_page_holds_the_results_and_nothing_from_elsewhere(self):
        self.result("a.json")
        self.result("b.json")
        out = self.page("a.json", "b.json", "--html", "new/page.html").out
        self.assertEqual(out, "page: new/page.html\n")
        first, second = self.documents(self.folder / "new" / "page.html")
        self.assertEqual((first["name"], second["name"]), ("a", "b"))
        expected = load(self.folder / "a.json")
        for cell in expected["cells"] + expected["references"]:
            for run in cell["runs"] + cell.get("set_aside", []):
                for key in ("histogram", "host", "failed_requests", "latency_ns",
                            "context_switches"):  # the page does not show them
                    del run[key]
        self.assertEqual(first["document"], expected)
        self.assertEqual([p.name for p in (self.folder / "new").iterdir()], ["page.html"])

    def test_no_text_of_a_result_ends_its_script(self):
        document = load(self.folder / self.result("a.json"))
        document["warnings"] = ["</script><script>alert(1)</script> /*FANOUT_DOCUMENTS*/"]
        (self.folder / "a.json").write_text(json.dumps(document))
        self.page("a.json", "--html", "page.html")
        shown = self.documents(self.folder / "page.html")
        self.assertEqual(shown[0]["document"]["warnings"], document["warnings"])


class RefusalTest(ExportTest):
    def test_files_that_are_no_results_are_refused_and_nothing_is_written(self):
        good = (self.folder / self.result("good.json")).read_text()
        wrong = {"empty": "", "cut": good[:len(good) // 2], "not-json": "hello\n",
                 "other": '{"benchmarks": []}',
                 "version": good.replace('"schema_version": 1', '"schema_version": 2')}
        for name, text in wrong.items():
            (self.folder / name).write_text(text)
            for output in (("--html", "page.html"), ("--format", "gbench"), ()):
                with self.subTest(name, output=output):
                    self.refuse("report", name, *output, words=(f"{name}: ",))
            with self.subTest(name, overlaid=True):
                self.refuse("report", "good.json", name, "--html", "page.html",
                            words=(f"{name}: ",))

    def test_a_result_without_a_valid_run(self):
        self.succeed("run", *ONE, "--rounds", 1, "--run-limit", "1ns", "-o", "r.json", code=3)
        page = self.fanout("report", "r.json", "--html", "page.html")
        if "without the report page" not in page.err:  # built without Node
            self.assertEqual(page.code, 0, str(page))
            self.assertIn("did not end within its limit", (self.folder / "page.html").read_text())
        shown = self.fanout("report", "r.json")
        self.assertEqual(shown.code, 2)
        self.assertIn("INVALID event_loop", shown.out)
        self.assertRegex(shown.err, r"\Afanout: r\.json: holds no valid run[^\n]*\n\Z")

    def test_a_page_that_cannot_be_written_leaves_the_old_one(self):
        name = self.result("r.json")
        (self.folder / "file").write_text("")
        self.refuse("report", name, "--html", "file/page.html", words=("--html", "file/page.html"))
        self.refuse("report", name, "--html", ".", words=("--html",))

    def test_no_result_and_no_scenario_is_overwritten(self):
        name = self.result("r.json")
        self.refuse("report", name, "--html", name, words=("--html r.json",))
        self.refuse("report", name, "--html", "other.json", words=("--html other.json",))
        scenario = self.scenario("mine")
        self.refuse("run", "--scenario", scenario, "-o", scenario, words=("--output",))

    def test_a_page_has_no_other_format(self):
        name = self.result("r.json")
        self.refuse("report", name, "--html", "page.html", "--format", "csv",
                    words=("--html", "--format"))

    def test_several_results_need_a_page(self):
        name = self.result("r.json")
        self.refuse("report", name, name, words=("--html",))


if __name__ == "__main__":
    unittest.main()
