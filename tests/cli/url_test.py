"""Real targets: --url and --urls against a web server that is not ours (nginx, on loopback)."""

import os
import pathlib
import re
import socket
import subprocess
import time
import unittest

import fanout_cli
import real_servers

ONE = ("--strategy", "event_loop", "--transport", "beast_async", "--rounds", "1")


def is_sanitized():
    cache = pathlib.Path(os.environ.get("FANOUT_BUILD", ""), "CMakeCache.txt")
    return cache.is_file() and re.search(r"^FANOUT_SANITIZE:STRING=.", cache.read_text(), re.M)


class Nginx(real_servers.Nginx):
    """nginx with paths of many kinds."""

    listen = "backlog=4096"
    settings = "keepalive_requests 100000;"
    locations = """
    location /ok/ { return 200 "$uri\\n"; }
    location /moved { return 302 /ok/; }
    location /gone { return 404 "no\\n"; }
    location /broken { return 503 "no\\n"; }
    location /agent { return 200 "$http_user_agent|$http_x_test\\n"; }
"""

    def url_of(self, path, host="127.0.0.1"):
        return f"http://{host}:{self.port}{path}"

    def lines(self):
        return self.log().splitlines()

    def lines_after(self, before, requests):
        """The lines of the log after so many: of these requests, and of any too many."""
        deadline = time.monotonic() + fanout_cli.HANG_S
        while len(self.lines()) < before + requests and time.monotonic() < deadline:
            time.sleep(0.01)  # it is written after the answer
        return self.lines()[before:]


class UrlTest(fanout_cli.CliTest):
    @classmethod
    def setUpClass(cls):
        cls.nginx = Nginx().start()
        cls.addClassCleanup(cls.nginx.stop)

    def list(self, lines):
        file = self.folder / "list.txt"
        file.write_text("\n".join(lines) + "\n")
        return file

    def only_run(self, document):
        [cell] = document["cells"]
        [run] = cell["runs"]
        return cell, run


class ResultTest(UrlTest):
    def test_a_thousand_urls_have_a_thousand_outcomes(self):
        """On every transport, and those that fail are counted exactly."""
        urls = [self.nginx.url_of(f"/ok/{i}") for i in range(1000)]
        for i in range(0, 1000, 100):
            urls[i] = self.nginx.url_of(f"/gone/{i}")
        for i in range(50, 1000, 200):
            urls[i] = self.nginx.url_of(f"/broken?{i}")
        for i in range(20, 1000, 500):
            urls[i] = self.nginx.url_of("/moved")
        before = len(self.nginx.lines())
        document, result = self.measure("--urls", self.list(urls), "--transport", "all",
                                        "--strategy", "event_loop,thread_queue,process_pool",
                                        "--rounds", "1")
        cells = [cell for cell in document["cells"] if cell["stack"] != "none"]
        self.assertGreater(len({cell["transport"] for cell in cells}), 4)
        for cell in cells:
            with self.subTest(cell["strategy"] + "/" + cell["transport"]):
                [run] = cell["runs"]
                self.assertTrue(run["valid"], run["reasons"])
                self.assertEqual(run["requests"]["total"], 1000)
                self.assertEqual(run["requests"]["ok"], 985)
                self.assertEqual(run["errors"], {"bad_status": 15})
                self.assertIsNone(run["server"])
                self.assertIsNone(run["efficiency"])
                self.assertIsNone(cell["summary"]["connections"])
        served = self.nginx.lines_after(before, 1000 * len(cells))
        self.assertEqual(sum('"GET /ok/1 ' in line for line in served), len(cells))
        self.assertEqual(sum('"GET /broken?50 ' in line for line in served), len(cells))
        [scenario] = document["plan"]["scenarios"]
        self.assertEqual(scenario["proof"], "status and length")
        self.assertEqual(scenario["targets"]["urls"], 1000)
        self.assertIsNone(scenario["server"])
        self.assertIn("real targets, proof: status and length", result.out)
        self.assertIn("bad_status", result.out)

    def test_a_list_is_cycled_or_cut_to_the_requests_asked_for(self):
        urls = [self.nginx.url_of(f"/ok/cycle{i}") for i in range(3)]
        for requests, counts in ((7, [3, 2, 2]), (2, [1, 1, 0])):
            before = len(self.nginx.lines())
            document, _ = self.measure(*ONE, "--urls", self.list(urls), "-n", requests)
            _, run = self.only_run(document)
            self.assertEqual(run["requests"]["ok"], requests)
            served = self.nginx.lines_after(before, requests)
            self.assertEqual([sum(f"/ok/cycle{i} " in line for line in served)
                              for i in range(3)], counts)

    def test_several_hosts_names_and_headers(self):
        """The name is looked up before the run and sent as Host; the agent always is."""
        urls = ("--url", self.nginx.url_of("/agent"),
                "--url", self.nginx.url_of("/agent", "localhost"))
        before = len(self.nginx.lines())
        document, result = self.measure(*ONE, *urls, "-H", "X-Test: yes", "--header", "X-B: c",
                                        "-n", 2)
        _, run = self.only_run(document)
        self.assertEqual(run["requests"]["ok"], 2)
        [scenario] = document["plan"]["scenarios"]
        self.assertEqual(scenario["headers"], ["X-Test: yes", "X-B: c"])
        self.assertEqual(scenario["targets"]["origins"], 2)
        self.assertIn("2 URLs of 2 hosts", result.out)
        served = self.nginx.lines_after(before, 2)
        version = document["tool"]["version"]
        self.assertEqual(sum(f'"fanout/{version}"' in line for line in served), 2)

    def test_flags_of_scenarios_apply(self):
        before = len(self.nginx.lines())
        document, _ = self.measure(*ONE, "--url", self.nginx.url_of("/ok/head"), "--method", "HEAD",
                                   "--reuse", "off", "--timeout", "20s", "-n", 3, "--workers", 2)
        cell, run = self.only_run(document)
        self.assertEqual((run["requests"]["ok"], cell["workers"]), (3, 2))
        served = self.nginx.lines_after(before, 3)
        self.assertEqual(sum('"HEAD /ok/head ' in line for line in served), 3)

    def test_a_run_without_a_single_success_is_invalid(self):
        with socket.socket() as unused:  # bound and not listening: it refuses
            unused.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
            document, result = self.measure(*ONE, "--url", url, "-n", 5, code=3)
        _, run = self.only_run(document)
        self.assertEqual(run["errors"], {"refused": 5})
        self.assertIn("5 requests failed, none succeeded: 5 refused", result.out)

    def test_every_form_of_the_report(self):
        document, _ = self.measure(*ONE, "--urls", self.list([self.nginx.url_of("/ok/a")]), "-n", 9,
                                   "--workers", "1,2,4", command="sweep")
        self.assertEqual(len(document["cells"]), 3)
        [file] = self.folder.glob("*.json")
        for form in ("table", "markdown", "csv", "json", "gbench"):
            self.assertIn("urls", self.succeed("report", file, "--format", form).out)
        page = self.folder / "page.html"
        result = self.fanout("report", file, "--html", page)
        if "without the report page" not in result.err:  # built without Node
            self.assertEqual(result.code, 0, str(result))
            self.assertIn("status and length", page.read_text())


class ListTest(UrlTest):
    def test_standard_input_is_read_as_far_as_needed(self):
        """A list without an end, of which -n takes the first."""
        endless = subprocess.Popen(["yes", self.nginx.url_of("/ok/yes")], stdout=subprocess.PIPE)
        try:
            output = self.folder / "result.json"
            result = subprocess.run([fanout_cli.FANOUT, "run", *ONE, "--urls", "-", "-n", "25",
                                     "-o", output], stdin=endless.stdout, capture_output=True,
                                    cwd=self.folder, timeout=fanout_cli.HANG_S, check=False,
                                    env=fanout_cli.marked_environment(self.mark))
        finally:
            endless.kill()
            endless.communicate()
        self.assertEqual(result.returncode, 0, result.stderr)
        document = fanout_cli.load(output)
        fanout_cli.validate(document)
        self.assertEqual(document["cells"][0]["runs"][0]["requests"]["ok"], 25)
        self.assertIn("from standard input", document["plan"]["scenarios"][0]["summary"])

    def test_a_bad_line_is_named_by_its_number(self):
        file = self.list(["# mine", "", self.nginx.url_of("/ok/"), "ftp://example.org/"])
        self.refuse("run", *ONE, "--urls", file, words=("list.txt, line 4", "ftp://example.org/"))
        self.refuse("run", *ONE, "--url", "/x", words=("--url", "/x", "http://"))

    def test_cells_are_listed(self):
        out = self.succeed("list", "cells", "--url", self.nginx.url_of("/"), "--workers", "3").out
        self.assertIn("urls", out)

    @unittest.skipIf(is_sanitized(), "a sanitizer keeps what was freed")
    def test_a_long_list_is_read_in_constant_memory(self):
        def peak_kib(lines):
            process = subprocess.Popen([fanout_cli.FANOUT, "run", *ONE, "--urls", "-", "--dry-run"],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                       cwd=self.folder, env=fanout_cli.marked_environment(self.mark))
            for i in range(lines):
                process.stdin.write(f"http://127.0.0.1:{1 + i % 50}/a/rather/long/path/{i}?query\n")
            process.stdin.flush()
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            out, _ = process.communicate(timeout=fanout_cli.HANG_S)
            self.assertEqual(process.returncode, 0)
            self.assertIn(f"{lines:,} URLs of 50 hosts from standard input", out)
            return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])

        self.assertLess(peak_kib(1_000_000), 1.2 * peak_kib(10_000))


class RefusalTest(UrlTest):
    def test_nothing_is_sent_beyond_the_limits_outside_this_machine(self):
        """192.0.2.1 is nobody's (RFC 5737)."""
        far = ("--url", "http://192.0.2.1/")
        for flags in ((*ONE, "-n", 101), (*ONE, "-n", 11, "--workers", 11),
                      ("--strategy", "sequential", "--rounds", 10, "-n", 11),
                      ("--strategy", "sequential,session_reuse", "--rounds", 1, "-n", 51)):
            with self.subTest(flags=flags):
                self.refuse("run", *far, *flags, words=("192.0.2.1", "10", "100",
                                                        "--i-may-load-this-target"))
        near = self.nginx.url_of("/ok/")
        self.refuse("run", "--url", near, *far, *ONE, "-n", 101, words=("192.0.2.1",))
        self.succeed("run", *far, *ONE, "-n", 100, "--workers", 10, "--dry-run")
        self.succeed("run", *far, *ONE, "-n", 101, "--i-may-load-this-target", "--dry-run")
        self.succeed("run", "--url", near, *ONE, "-n", 101, "--workers", 11, "--dry-run")

    def test_flags_that_contradict_each_other(self):
        url = ("--url", self.nginx.url_of("/"))
        self.refuse("run", *url, "--scenario", "zero", words=("--url", "--scenario"))
        self.refuse("run", *url, "--engine", "asio", words=("--url", "--engine"))
        for header in ("Connection: x", "Expect: x", "nonsense"):
            self.refuse("run", *url, *ONE, "-H", header, words=(header.split()[0],))
        self.refuse("run", *ONE, "--urls", self.folder / "none", words=("none",))
        file = self.list([self.nginx.url_of("/")])
        self.refuse("run", *ONE, "--urls", file, "--output", file, words=("--output", "list"))

    def test_a_scenario_file_has_no_targets(self):
        file = self.scenario("real", targets={"urls": 1, "origins": 1, "source": "me"})
        self.refuse("run", *ONE, "--scenario", file, words=("real.json", "targets", "--url"))


if __name__ == "__main__":
    unittest.main()
