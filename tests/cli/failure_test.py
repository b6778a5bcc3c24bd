"""What failed, told: statuses, lines, words; hopeless targets; too few requests; and no secrets."""

import csv
import hashlib
import subprocess
import unittest

import fanout_cli

# Answers /NNN/... with that status, and /mute never.
SERVER = """
import http.server, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        if self.path.startswith("/mute"):
            time.sleep(3600)
        self.send_response_only(int(self.path[1:4]))
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_):
        pass
class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 1024
Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
ONE = ("--strategy", "event_loop", "--transport", "curl_asio", "--rounds", 1)
MUTE = ("--timeout", "300ms", "--connect-timeout", "300ms", "--workers", 4, "-n", 8)
SECRET = "hunter2hunter2"


class FailureTest(fanout_cli.CliTest):
    @classmethod
    def setUpClass(cls):
        cls.port = fanout_cli.serve(cls, "-c", SERVER)

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def list(self, *lines):
        file = self.folder / "list.txt"
        file.write_text("\n".join(lines) + "\n")
        return file


class ToldTest(FailureTest):
    def test_what_failed_is_named_by_status_line_and_url(self):
        urls = [self.url(path) for path in ("/200/a", "/404/b?token=" + SECRET, "/302/c", "/503/d")]
        file = self.list("# mine", "", urls[0], urls[1], "", *urls[2:])
        failures = self.folder / "failures.csv"
        document, result = self.measure("--urls", file, "-n", 100, "--failures", failures,
                                        "--strategy", "event_loop", "--rounds", 2)
        masked = [url.replace(SECRET, "***") for url in urls]
        digest = hashlib.sha256("".join(url + "\n" for url in masked).encode()).hexdigest()
        targets = document["plan"]["scenarios"][0]["targets"]
        self.assertEqual((targets["digest"], targets["first_url"]), (digest, masked[0]))
        rows = list(csv.DictReader(failures.read_text(encoding="utf-8").splitlines()))
        runs = [run for cell in document["cells"] for run in cell["runs"]]
        self.assertEqual(len(rows), 50 * len(runs))
        for run in runs:
            self.assertEqual(run["status_counts"], {"200": 25, "302": 25, "404": 25, "503": 25})
            self.assertEqual({(kind["outcome"], kind["status"], kind["count"])
                              for kind in run["failures"]},
                             {("bad_status", 404, 25), ("bad_status", 503, 25)})
            self.assertEqual(len(run["failed_requests"]), 20)
            second = run["failed_requests"][2]
            self.assertEqual((second["index"], second["line"], second["url"], second["status"]),
                             (5, 4, masked[1], 404))
        self.assertEqual((rows[1]["line"], rows[1]["index"], rows[1]["url"], rows[1]["status"]),
                         ("7", "3", masked[3], "503"))
        self.assertEqual({(row["round"], row["transport"]) for row in rows},
                         {(str(i), cell["transport"]) for i in range(2)
                          for cell in document["cells"]})
        for line in ("404: 25 of 100 requests", "302: 25 of 100 requests, not followed"):
            self.assertEqual(result.out.count(line + "\n"), 1, str(result))

    def test_attempts_that_were_made_again_are_counted_by_status(self):
        document, result = self.measure(*ONE, "--url", self.url("/503/"), "--url",
                                        self.url("/200/"), "-n", 10, "--retries", 1)
        [run] = document["cells"][0]["runs"]
        self.assertEqual(run["status_counts"], {"200": 5, "503": 10})
        self.assertIn("\n503: 5 of 10 requests\n", result.out)

    def test_the_file_of_failures_is_no_other_file(self):
        file = self.list(self.url("/200/"))
        for other, word in ((file, "the list"), (self.folder / "r.json", "the result")):
            self.refuse("run", *ONE, "--urls", file, "-o", self.folder / "r.json",
                        "--failures", other, words=("--failures", word))


class HopelessTest(FailureTest):
    def runs(self, document):
        return sum(len(cell["runs"]) for cell in document["cells"])

    def test_a_target_that_never_answers_is_asked_twice(self):
        many = ("--strategy", "event_loop,thread_pool,thread_queue", "--transport",
                "curl_easy,curl_asio", "--rounds", 3)
        document, result = self.measure("--url", self.url("/mute"), *MUTE, *many, code=3)
        self.assertEqual((self.runs(document), document["stopped_by"]), (2, "no success"))
        why = "stopped after 2 runs without one success: timeout: 8 of 8 requests"
        self.assertIn(f"note: {why}", result.out)
        self.assertIn("--keep-going", result.out)
        self.assertRegex(result.err, r"and what the servers take, up to \d+.* if all requests")
        page = self.folder / "page.html"
        [file] = self.folder.glob("*.json")
        made = self.fanout("report", file, "--html", page)
        if "without the report page" not in made.err:  # built without Node
            self.assertEqual(made.code, 0, str(made))
            self.assertIn("No run is valid", page.read_text(encoding="utf-8"))

    def test_a_round_without_a_success_is_the_last(self):
        url = ("--url", f"http://127.0.0.1:{fanout_cli.free_port()}/", "-n", 5, "--quiet")
        few = ("--strategy", "event_loop,sequential", "--rounds", 2)
        document, result = self.measure(*url, *few, code=3)
        self.assertEqual(self.runs(document), len(document["cells"]))
        self.assertRegex(result.err, r"\Afanout: stopped after \d runs without one success: "
                                     r"refused: 5 of 5 requests[^\n]*--keep-going[^\n]*\n\Z")
        document, _ = self.measure(*url, *few, "--keep-going", code=3)
        self.assertEqual(self.runs(document), 2 * len(document["cells"]))
        self.assertEqual(document["stopped_by"], "rounds")


class EnoughTest(FailureTest):
    def test_one_url_is_asked_often_enough_to_compare(self):
        document, _ = self.measure(*ONE, "--url", self.url("/200/"), "--no-profile")
        self.assertEqual(document["plan"]["scenarios"][0]["requests"], 200)
        self.assertEqual(document["cells"][0]["runs"][0]["requests"]["ok"], 200)
        listed = self.succeed("run", "--urls", self.list(*[self.url("/200/")] * 300), "--workers",
                              "1,16", "--dry-run").out
        self.assertIn(", 600 requests", listed)  # twice the list: 20 for each worker are 320
        far = self.succeed("run", "--url", "http://192.0.2.1/", *ONE, "--dry-run").out
        self.assertIn(", 1 request\n", far)

    def test_fewer_requests_than_workers_are_not_ranked(self):
        document, result = self.measure("--url", self.url("/200/"), "-n", 3, "--rounds", 6,
                                        "--strategy", "sequential,event_loop,thread_pool",
                                        "--transport", "curl_easy,curl_asio")
        self.assertFalse(any(verdict["ranked"] for verdict in document["verdicts"]))
        self.assertIn("3 requests a run are fewer than 10 workers; give -n 200 or more", result.out)
        for word in ("Fastest", "Shortest median", "faster than"):
            self.assertNotIn(word, result.out)


class SuccessTest(FailureTest):
    def test_what_half_fails_is_never_recommended_nor_equal(self):
        urls = {100: ["/200/", "/200/"], 50: ["/200/", "/500/"]}
        results = {}
        for share, paths in urls.items():
            results[share] = self.folder / f"{share}.json"
            result = self.succeed("run", "--urls", self.list(*map(self.url, paths)), "-n", 100,
                                  "--strategy", "event_loop,thread_pool", "--rounds", 6,
                                  "--no-profile", "-o", results[share])
            reason = "(50 % of its requests succeeded, fewer than 99 %)"
            self.assertEqual(reason in result.out, share == 50, result.out)
            self.assertEqual("Nothing to recommend." in result.out, share == 50, result.out)
        self.succeed("run", "--urls", self.list(*map(self.url, urls[50])), "-n", 100, *ONE,
                     "--strict", code=3)
        result = self.succeed("run", "--url", f"http://127.0.0.1:{fanout_cli.free_port()}/", *ONE, "-n",
                              5, "--fail-if", "success < 99.9%", code=4)
        self.assertIn("success < 99.9%: no run is valid: ", result.out)
        for base, new, code in ((100, 50, 4), (50, 100, 0)):
            compared = self.fanout("compare", results[base], results[new], "--force")
            self.assertEqual(compared.code, code, str(compared))
            self.assertRegex(compared.out, rf"(?m)^success of .*: (regression|better): {new} % "
                                           rf"succeeded \[.*\] in NEW, {base} % succeeded ")


class SecretTest(FailureTest):
    FLAGS = ("-H", f"Authorization: Bearer {SECRET}", "--header=X-Api-Key: " + SECRET)

    def test_no_secret_is_written_anywhere(self):
        failures = self.folder / "failures.csv"
        result = self.succeed("run", *ONE, *self.FLAGS, "-n", 6, "--failures", failures, "-o",
                              "r.json", "--url", self.url(f"/404/?api_key={SECRET}&x=1"), "--url",
                              self.url("/200/"), "--verbose")
        for form in ("table", "markdown", "csv", "json", "gbench"):
            self.assertNotIn(SECRET, self.succeed("report", "r.json", "--format", form).out)
        self.fanout("report", "r.json", "--html", "page.html")
        self.assertNotIn(SECRET, result.out + result.err)
        files = [file for file in self.folder.iterdir() if file.is_file()]
        self.assertGreaterEqual(len(files), 2)
        for file in files:
            self.assertNotIn(SECRET, file.read_text(encoding="utf-8"), file.name)
            self.assertEqual(file.stat().st_mode & 0o777, 0o600, file.name)
        document = fanout_cli.load(self.folder / "r.json")
        fanout_cli.validate(document)
        self.assertIn("'Authorization: ***'", document["command"])
        self.assertIn("api_key=***&x=1", document["command"])
        self.assertEqual(document["plan"]["scenarios"][0]["headers"],
                         ["Authorization: ***", "X-Api-Key: ***"])

    def test_secrets_are_kept_if_that_is_asked_for(self):
        document, _ = self.measure(*ONE, *self.FLAGS, "-n", 6, "--keep-secrets", "--url",
                                   self.url("/404/?sig=" + SECRET), "--url", self.url("/200/"))
        self.assertIn(SECRET, document["command"])
        self.assertIn(f"X-Api-Key: {SECRET}", document["plan"]["scenarios"][0]["headers"])
        self.assertIn(SECRET, document["cells"][0]["runs"][0]["failed_requests"][0]["url"])
        [file] = self.folder.glob("*.json")
        self.assertEqual(file.stat().st_mode & 0o777, 0o600)

    def test_neither_children_nor_an_unfinished_result_have_them(self):
        """Looked at while the runs go on."""
        process = subprocess.Popen(
            [fanout_cli.FANOUT, "run", *map(str, ONE), *self.FLAGS, "--timeout", "2s",
             "--connect-timeout", "2s", "-n", "4", "--url", self.url("/mute"), "-o", "r.json",
             "--quiet"],
            cwd=self.folder, env=fanout_cli.marked_environment(self.mark),
            stderr=subprocess.DEVNULL)
        cells = []
        while not cells and process.poll() is None:
            # A child that has not yet become another program still has what was typed.
            children = {pid: arguments for pid, arguments in fanout_cli.marked(self.mark).items()
                        if pid != process.pid and "run" not in arguments}
            self.assertNotIn(SECRET, str(children))
            cells = [pid for pid, arguments in children.items() if "internal-cell" in arguments]
        self.assertTrue(cells, "no run was seen")
        self.assertNotIn(SECRET, (self.folder / "r.json").read_text(encoding="utf-8"))
        self.assertEqual(process.wait(fanout_cli.HANG_S), 3)


if __name__ == "__main__":
    unittest.main()
