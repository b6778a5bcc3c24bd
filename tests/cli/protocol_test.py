"""Versions of HTTP and connections as axes of a cell: flags and scenario keys, which cells there
are and which are skipped, what is counted, and how all that is printed tells them apart."""

import csv
import io
import json
import re
import shutil
import signal
import socket
import ssl
import subprocess
import unittest
import urllib.parse
import xml.etree.ElementTree as xml

import fanout_cli
from fanout_cli import load
from real_servers import Nginx

HOST = {"tls": "on"}
LOOP = ("--strategy", "event_loop", "--transport", "beast_async,nghttp2_async")
QUICK = ("--no-references", "--no-profile")
SHORT = ("--rounds", 1, *QUICK)


def of(cell):
    return cell["transport"], cell.get("http", "1.1"), cell.get("connections")


class FlagTest(fanout_cli.CliTest):
    def test_values_that_cannot_be_are_refused(self):
        for flag, value in (("--http", "3"), ("--http", "1.1,1.1"), ("--http", ""),
                            ("--connections", "0"), ("--connections", "many"),
                            ("--connections", "1,1"), ("--connections", "1,,2")):
            http = () if flag == "--http" else ("--http", "2")
            self.refuse("run", "--scenario", "zero", *http, flag, value,
                        words=[flag, f'"{value}"'])

    def test_connections_are_of_http2(self):
        self.refuse("run", "--scenario", "zero", "--connections", "2", words=["--connections"])

    def test_a_version_that_nobody_named_speaks_is_refused(self):
        self.refuse("run", "--scenario", "zero", "--strategy", "event_loop", "--transport",
                    "beast_async", "--http", "2",
                    words=["nothing to run", "beast_async speaks HTTP/1.1 alone; leave out --http 2"])
        self.refuse("run", "--scenario", "zero", "--strategy", "event_loop", "--transport",
                    "nghttp2_async", words=["nghttp2_async speaks HTTP/2 alone; give --http 2"])
        file = self.scenario("shared", requests=10, connections=2, hosts=[{}])
        self.refuse("run", "--scenario", file, words=["shared: connections: requests share them in "
                                                      'HTTP/2 alone; add "http": "2"'])


class CellTest(fanout_cli.CliTest):
    """Which cells there are."""

    def planned(self, *arguments, **keys):
        """(transport, workers) of the cells, and the lines on those that are skipped."""
        file = self.scenario("planned", hosts=[HOST], **keys)
        text = self.succeed("list", "cells", "--scenario", file, *arguments).out
        cells = re.findall(r"(?m)^\w+ +(\w+(?: h2 x \w+)?) +\w+ +planned +(\d+) ", text)
        return cells, re.findall(r"(?m)^skipped (.*)$", text)

    def test_of_a_scenario_with_one_value_or_a_list(self):
        for http, connections, wanted in (
                ("1.1", None, ["beast_async"]),
                ("2", 4, ["nghttp2_async h2 x 4"]),
                ("2", "workers", ["nghttp2_async h2 x W"]),
                (["1.1", "2"], None, ["beast_async", "nghttp2_async h2 x 1"]),
                (["1.1", "2"], [1, 2, "workers"],
                 ["beast_async", *(f"nghttp2_async h2 x {n}" for n in "12W")])):
            keys = {} if connections is None else {"connections": connections}
            cells, _ = self.planned(*LOOP, workers=8, http=http, **keys)
            self.assertEqual([transport for transport, _ in cells], wanted)

    def test_flags_replace_what_the_scenario_says(self):
        cells, _ = self.planned(*LOOP, "--http", "2", "--connections", "2", workers=8,
                                http=["1.1", "2"], connections=[1, "workers"])
        self.assertEqual(cells, [("nghttp2_async h2 x 2", "8")])

    def test_those_that_cannot_be_are_skipped_with_the_reason(self):
        cells, skipped = self.planned("--strategy", "thread_pool,event_loop", "--transport",
                                      "curl_easy,nghttp2_async", "--http", "2", "--connections",
                                      "4", workers=[2, 8])
        self.assertEqual(cells, [("nghttp2_async h2 x 4", "8")])
        for words in ("thread_pool / curl_easy h2 x 4 / 8 workers: thread_pool has a connection "
                      "for each worker; give --connections workers",
                      "event_loop / nghttp2_async h2 x 4 / 2 workers: 2 requests in flight cannot "
                      "use 4 connections; use as many or fewer"):
            self.assertIn(words, skipped)

    def test_wrong_keys_of_a_scenario_are_refused(self):
        for keys in ({"http": "3"}, {"http": []}, {"http": ["2", "2"]}, {"connections": 0},
                     {"http": "2", "connections": ["all"]}):
            file = self.scenario("wrong", **keys)
            self.refuse("run", "--scenario", file, words=[str(file)])


class CountTest(fanout_cli.CliTest):
    def test_connections_and_streams_are_those_asked_for(self):
        file = self.scenario("counted", requests=64, workers=8, http=["1.1", "2"],
                             connections=[1, 2, "workers"], hosts=[{**HOST, "delay": "3ms"}])
        document, _ = self.measure("--scenario", file, "--strategy", "event_loop", "--transport",
                                   "curl_asio,nghttp2_async", *SHORT)
        self.assertEqual([of(cell)[1:] for cell in document["cells"]],
                         [("1.1", None), *[("2", 1), ("2", 2), ("2", None)] * 2])
        for cell in document["cells"]:
            run, connections = cell["runs"][0], cell.get("connections", 8)
            with self.subTest(cell=of(cell)):
                self.assertTrue(run["valid"], run["reasons"])
                self.assertEqual(run["server"]["connections"], connections)
                self.assertEqual(run["server"]["handshakes"], connections)
                if "http" in cell:
                    self.assertEqual(run["server"]["http2"]["connections"], connections)
                    self.assertEqual(run["server"]["http2"]["streams"], 64)
                    self.assertEqual(run["server"]["http2"]["peak_streams"], 8 // connections)

    def test_hosts_that_no_tls_comes_about_with_speak_no_version(self):
        file = self.scenario("untrusted", requests=20, workers=4, http="2",
                             hosts=[HOST, {"tls": "untrusted"}])
        document, _ = self.measure("--scenario", file, *LOOP, *SHORT)
        self.assertEqual(document["cells"][0]["runs"][0]["errors"], {"tls": 10})


class ResultTest(fanout_cli.CliTest):
    """What is printed of one result, which is measured once."""

    document = None

    def setUp(self):
        super().setUp()
        if ResultTest.document is None:
            file = self.scenario("versions", requests=40, workers=4, http=["1.1", "2"],
                                 connections=[1, "workers"], hosts=[{**HOST, "delay": "2ms"}])
            ResultTest.document, result = self.measure("--scenario", file, *LOOP, "--rounds", 10,
                                                       *QUICK)
            ResultTest.text = result.out.split("results:")[0]
        (self.folder / "a.json").write_text(json.dumps(self.document))

    def report(self, form):
        return self.succeed("report", "a.json", "--format", form).out

    def test_versions_are_held_against_each_other(self):
        [comparison] = self.document["protocols"]
        self.assertEqual([row["words"] for row in comparison["rows"]],
                         ["HTTP/1.1 over 4 connections", "HTTP/2 over 1 connection",
                          "HTTP/2 over 4 connections"])
        self.assertEqual([row["connections_seen"] for row in comparison["rows"]], [4, 1, 4])
        self.assertEqual([row["streams_at_once"] for row in comparison["rows"]], [1, 4, 1])
        self.assertIn("versions of HTTP, event_loop with 4 requests in flight", self.text)
        ranked = [verdict for verdict in comparison["verdicts"] if verdict["ranked"]]
        if "its figures are not ranked" in self.text:  # a build with sanitizers
            self.assertEqual(ranked, [])
        else:
            self.assertIn("cpu", [verdict["measure"] for verdict in ranked])
        for verdict in ranked:
            self.assertEqual(sum(map(len, verdict["bands"])), 3)
            for line in verdict["words"]:
                self.assertIn(line, self.text)
        for verdict in self.document["verdicts"]:  # strategies are ranked within one version
            for band in verdict["bands"]:
                self.assertEqual(len({of(cell)[1:] for cell in band}), 1)

    def test_it_is_printed_again_as_it_was(self):
        self.assertEqual(self.report("table").split("results:")[0].rstrip(), self.text.rstrip())
        self.assertEqual(json.loads(self.report("json")), self.document)

    def test_exports_tell_rows_apart(self):
        names = {"beast_async", "nghttp2_async h2 x 1", "nghttp2_async h2 x W"}
        rows = list(csv.DictReader(io.StringIO(self.report("csv"))))
        self.assertEqual({row["transport"] for row in rows}, names)
        self.assertEqual(len(rows), 30)
        labels = re.findall(r'fanout_valid_runs{.*transport="([^"]+)"', self.report("prometheus"))
        self.assertEqual((set(labels), len(labels)), (names, 3))
        cases = [case.get("name") for case in xml.fromstring(self.report("junit")).iter("testcase")]
        self.assertEqual(set(cases), {f"event_loop / {name} / 4 workers" for name in names})
        benchmarks = {row["name"] for row in json.loads(self.report("gbench"))["benchmarks"]}
        self.assertEqual(len(benchmarks), 3)
        self.assertIn("event_loop/nghttp2_async/versions/workers:4/http:2/connections:1",
                      benchmarks)
        self.assertIn("| HTTP/2 over 1 connection | nghttp2_async |", self.report("markdown"))

    def test_results_are_compared_cell_by_cell(self):
        slow = json.loads(json.dumps(self.document))
        for cell in slow["cells"]:
            for run in cell["runs"] if cell.get("connections") == 1 else []:
                run["cpu_ns"] *= 2
        (self.folder / "b.json").write_text(json.dumps(slow))
        result = self.succeed("compare", "a.json", "b.json", "--measure", "cpu", "--format", "json",
                              code=None)
        changes = json.loads(result.out)["changes"]
        self.assertEqual({of(change) for change in changes},
                         {of(cell) for cell in self.document["cells"]})
        ratios = {of(change): change["ratio"] for change in changes}
        self.assertAlmostEqual(ratios.pop(("nghttp2_async", "2", 1)), 2, delta=0.01)
        self.assertEqual(set(ratios.values()), {1})

    def test_a_condition_may_name_one_of_them(self):
        name = "event_loop / nghttp2_async h2 x 1"
        file = self.scenario("gate", requests=8, workers=4, http=["1.1", "2"], hosts=[HOST])
        document, result = self.measure("--scenario", file, *LOOP, *SHORT, "--fail-if",
                                        f"{name}: cpu > 0us", code=4)
        failed = re.findall(r"(?m)^failed: (.*?) \(", result.out)
        self.assertEqual(failed, [f"{name} / 4 workers"])
        (self.folder / "a.json").write_text(json.dumps(document))
        self.assertIn(f"::error title=fanout%3A {name} / 4 workers", self.report("github"))


class SpokenTest(fanout_cli.CliTest):
    def test_serve_speaks_the_version_of_its_scenario(self):
        process = subprocess.Popen([fanout_cli.FANOUT, "serve", "--scenario", "protocols"],
                                   text=True, stdout=subprocess.PIPE,
                                   env=fanout_cli.marked_environment(self.mark))
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        url = urllib.parse.urlsplit(process.stdout.readline().split()[-1])
        self.assertEqual(url.scheme, "https")
        self.assertEqual(spoken(url.port, ["h2", "http/1.1"]), "h2")
        self.assertEqual(spoken(url.port, ["http/1.1"]), "http/1.1")
        process.send_signal(signal.SIGTERM)

    @unittest.skipUnless(shutil.which("openssl"), "there is no openssl to make certificates")
    def test_a_recorded_api_that_speaks_http2_is_measured_over_both(self):
        server = nginx_with_http2(self)
        self.succeed("record", "--url", server.url.replace("http:", "https:"), "-n", 20, "--rate",
                     "100", "-o", "api.json",
                     variables={"SSL_CERT_FILE": str(server.folder / "own.pem")})
        recorded = load(self.folder / "api.json")
        self.assertEqual(recorded["http"], ["1.1", "2"])
        text = self.succeed("list", "cells", "--scenario", "api.json", *LOOP).out
        self.assertRegex(text, r"nghttp2_async h2 x 1 ")


def spoken(port, offered):
    """What the server chooses of these."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(offered)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
        with context.wrap_socket(plain) as client:
            return client.selected_alpn_protocol()


def nginx_with_http2(case):
    if shutil.which("nginx", path="/usr/sbin:/usr/bin") is None:
        case.skipTest("nginx is not installed")
    server = Nginx()
    server.listen = "ssl http2"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                    server.folder / "own.key", "-out", server.folder / "own.pem"], check=True,
                   capture_output=True)
    server.locations = "ssl_certificate @FOLDER@/own.pem; ssl_certificate_key @FOLDER@/own.key;"
    case.addCleanup(server.stop)
    return server.start()


if __name__ == "__main__":
    unittest.main()
