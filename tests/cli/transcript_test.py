"""What the commands print when all is well: list, --help, --dry-run, run, report, serve."""

import csv
import http.client
import io
import json
import re
import signal
import socket
import subprocess
import unittest

import fanout_cli
from fanout_cli import ROOT, free_port, load, table_rows

NULL = ("--scenario", "zero", "--transport", "null", "-n", "50")  # no network: over at once


def known_rows(result):
    """The names an error lists behind "known:"."""
    return result.err.rstrip("\n").split("known: ")[1].split(", ")


class ListTest(fanout_cli.CliTest):
    def names(self, topic):
        titles, *rows = table_rows(self.succeed("list", topic).out)
        self.assertEqual(len({row[0] for row in rows}), len(rows), f"{topic}: repeated names")
        for row in rows:
            for title, text in zip(titles, row):
                self.assertTrue(text, f"{topic}: {row[0]} has no {title}")
        return [row[0] for row in rows]

    def test_every_row_has_a_name_and_errors_name_the_same(self):
        for topic, flag in (("strategies", "--strategy"), ("transports", "--transport"),
                            ("scenarios", "--scenario")):
            with self.subTest(topic):
                wrong = self.refuse("run", flag, "no-such-thing-at-all")
                self.assertEqual(known_rows(wrong), self.names(topic))

    def test_built_in_scenarios_are_the_files_of_the_source(self):
        files = {load(file)["name"] for file in (ROOT / "harness" / "scenario" / "scenarios").glob("*.json")}
        self.assertEqual(set(self.names("scenarios")), files)

    def test_libraries_of_a_result_are_the_transports_with_their_versions(self):
        document, _ = self.measure(*NULL, "--strategy", "sequential", "--rounds", 1)
        titles, *rows = table_rows(self.succeed("list", "transports").out)
        version = titles.index("version")
        self.assertEqual(document["environment"]["libraries"],
                         {row[0]: row[version] for row in rows})

    def test_every_pair_is_a_cell_or_skipped_with_a_reason(self):
        text = self.succeed("list", "cells", "--strategy", "all", "--transport", "all",
                            "--workers", 3).out
        cells = [(row[0], row[1]) for row in table_rows(text)[1:]]
        skipped = re.findall(r"^skipped (\w+) / (\w+) / \d+ workers?: \S.*$", text, re.M)
        titles, *rows = table_rows(self.succeed("list", "transports").out)
        spoken = {row[0]: row[titles.index("HTTP")] for row in rows}
        pairs = [(strategy, transport) for strategy in self.names("strategies")
                 for transport, versions in spoken.items() if versions != "2"]
        self.assertCountEqual(cells + skipped, pairs)
        self.assertTrue(skipped, "an event loop on a blocking client is possible?")

    def test_each_strategy_has_a_cell_by_default(self):
        cells = table_rows(self.succeed("list", "cells").out)[1:]
        named_only = {"aimd", "gradient", "process_loops"}
        self.assertEqual({row[0] for row in cells},
                         set(self.names("strategies")) - named_only - {"loop_and_pool"})
        with_work = table_rows(self.succeed("list", "cells", "--work", "1ms").out)[1:]
        self.assertEqual({row[0] for row in with_work}, set(self.names("strategies")) - named_only)

    def test_cells_and_dry_run_say_the_same_and_write_nothing(self):
        for chosen in ((), ("--scenario", "local-500,zero"), ("--transport", "all"),
                       ("--workers", "1..8", "--strategy", "event_loop,sequential")):
            listed = self.succeed("list", "cells", *chosen)
            dry = self.succeed("run", *chosen, "--dry-run", "--output", "x/y.json")
            self.assertEqual((dry.out, dry.err), (listed.out, ""))
            count = len(table_rows(listed.out)) - 1
            self.assertIn(f"\n{count} cells x 10 rounds, seed 1, about ", listed.out)
        self.assertEqual(self.snapshot(), {})

    def test_all_names_every_row(self):
        cells = table_rows(self.succeed("list", "cells", "--strategy", "all").out)[1:]
        self.assertEqual({row[0] for row in cells}, set(self.names("strategies")))


class HelpTest(fanout_cli.CliTest):
    def test_every_command_has_help(self):
        text = self.succeed("--help").out
        commands = re.findall(r"^  (\w+)  +\S", text.split("Subcommands:")[1], re.M)
        self.assertLessEqual({"run", "sweep", "list", "report", "serve"}, set(commands))
        for command in commands:
            for flag in ("--help", "-h"):
                result = self.succeed(command, flag)
                self.assertEqual(result.err, "")
                self.assertIn(f"Usage: fanout {command}", result.out)
        self.assertEqual(self.snapshot(), {})

    def test_every_flag_is_explained_within_100_columns(self):
        for command in ("run", "sweep", "list", "report", "serve"):
            for line in self.succeed(command, "--help").out.splitlines():
                self.assertLessEqual(len(line), 100, line)
                if re.match(r" +-", line):
                    self.assertRegex(line, r"\S {2,}\S", "a flag without explanation")

    def test_version_is_the_one_in_results(self):
        version = self.succeed("--version").out.strip()
        document, _ = self.measure(*NULL, "--strategy", "sequential", "--rounds", 1)
        self.assertEqual(document["tool"]["version"], version)


class OutputTest(fanout_cli.CliTest):
    def run_null(self, *arguments):
        return self.succeed("run", *NULL, "--rounds", 2, "--strategy", "thread_queue,event_loop",
                            "--output", "r.json", *arguments)

    def test_results_go_to_standard_output_and_progress_to_standard_error(self):
        result = self.run_null()
        self.assertIn("thread_queue", result.out)
        self.assertTrue(result.out.endswith("results: r.json\n"), str(result))
        self.assertEqual(len(re.findall(r"^\[\d+/4\] ", result.err, re.M)), 4, str(result))
        self.assertNotIn("\x1b", result.out + result.err, "colour, though not on a terminal")
        self.assertEqual(self.run_null("--no-progress").err, "")

    def test_json(self):
        document = json.loads(self.run_null("--format", "json").out)
        self.assertEqual(document, load(self.folder / "r.json"))

    def test_csv_has_a_row_per_run(self):
        text = self.run_null("--format", "csv").out
        rows = list(csv.DictReader(io.StringIO(text)))
        cells = load(self.folder / "r.json")["cells"]
        self.assertEqual(len(rows), 4)
        self.assertNotIn(None, rows[0], "more fields than titles")
        titles = text.splitlines()[0].split(",")
        self.assertEqual(len(titles), len(set(titles)))
        runs = [(cell["strategy"], str(run["round"]), str(run["makespan_ns"]))
                for cell in cells for run in cell["runs"]]
        self.assertEqual([(row["strategy"], row["round"], row["makespan_ns"]) for row in rows],
                         runs)

    def test_markdown_is_a_table(self):
        lines = [line for line in self.run_null("--format", "markdown").out.splitlines()
                 if line.startswith("|")]
        self.assertEqual(len(lines), 4, "titles, rule, two rows")
        self.assertEqual(len({line.count("|") for line in lines}), 1)

    def test_quiet_leaves_the_file_only(self):
        for form in ("table", "json", "csv", "markdown", "gbench"):
            result = self.run_null("--quiet", "--format", form)
            self.assertIn((result.out, result.err),
                          [("results: r.json\n", ""), ("", "results: r.json\n"), ("", "")])
            self.assertEqual(load(self.folder / "r.json")["status"], "complete")

    def test_report_prints_what_run_printed(self):
        for command in ("run", "sweep"):
            for form in ("table", "markdown", "csv", "json", "gbench"):
                printed = self.succeed(command, *NULL, "--workers", "2,3", "--rounds", 2,
                                       "--output", "r.json", "--format", form).out
                again = self.succeed("report", "r.json", "--format", form)
                self.assertEqual(again.out, printed.removesuffix("results: r.json\n"))
                self.assertEqual(again.err, "")

    def test_no_result_is_overwritten_when_no_name_is_given(self):
        for _ in range(3):
            self.succeed("run", *NULL, "--strategy", "sequential", "--rounds", 1)
        files = list((self.folder / "results" / "runs").iterdir())
        self.assertEqual(len(files), 3, "runs of the same second share a file name")

    def test_a_named_folder_is_made_and_no_temporary_file_stays(self):
        self.succeed("run", *NULL, "--strategy", "sequential", "--rounds", 1, "-o", "a/b/r.json")
        self.assertEqual([p.name for p in (self.folder / "a" / "b").iterdir()], ["r.json"])

    def test_a_full_disk_behind_standard_output_is_no_success(self):
        with open("/dev/full", "wb") as full:
            code = subprocess.run([fanout_cli.FANOUT, "list", "strategies"], stdout=full,
                                  stderr=subprocess.DEVNULL, check=False).returncode
        self.assertEqual(code, 1)


class ServeTest(fanout_cli.CliTest):
    def serve(self, *arguments):
        server = subprocess.Popen([fanout_cli.FANOUT, "serve", *map(str, arguments)], text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder,
                                  env=fanout_cli.marked_environment(self.mark),
                                  preexec_fn=fanout_cli.heed_hang_up)
        self.addCleanup(server.communicate)
        self.addCleanup(server.kill)
        line = server.stdout.readline()
        match = re.fullmatch(r"listening on http://(127\.0\.0\.1):(\d+)/\n", line)
        self.assertTrue(match, f"printed {line!r}")
        return server, match[1], int(match[2])

    def stop(self, server, number):
        server.send_signal(number)
        out, err = server.communicate(timeout=fanout_cli.HANG_S)
        self.assertEqual((server.returncode, err), (0, ""), out)
        return out

    def test_answers_until_interrupted_then_prints_its_counters(self):
        for engine in ("asio", "httplib"):
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                with self.subTest(engine=engine, number=number):
                    port = free_port()
                    server, address, bound = self.serve("--port", port, "--engine", engine)
                    self.assertEqual(bound, port)
                    client = http.client.HTTPConnection(address, port, timeout=10)
                    for method, length in (("GET", 115), ("HEAD", 0), ("POST", 115)):
                        client.request(method, "/")
                        answer = client.getresponse()
                        self.assertEqual((answer.status, len(answer.read())), (200, length))
                        self.assertEqual(answer.getheader("Content-Length"), "115")
                    client.close()
                    out = self.stop(server, number)
                    self.assertRegex(out, r"(?m)^connections +1$")
                    self.assertRegex(out, r"(?m)^requests +3, 3 answered$")
                    self.assertRegex(out, r"(?m)^tokens +0 distinct, 0 repeated, 3 .*without$")

    def test_takes_any_free_port_and_the_body_asked_for(self):
        server, address, port = self.serve("--body-bytes", "3k", "--delay", "1ms")
        client = http.client.HTTPConnection(address, port, timeout=10)
        client.request("GET", "/")
        self.assertEqual(len(client.getresponse().read()), 3000)
        client.close()
        self.assertRegex(self.stop(server, signal.SIGINT), r"(?m)^peak in flight +1$")

    def test_serves_as_a_scenario_says(self):
        file = self.scenario("bad", hosts=[{"faults": [{"kind": "status", "status": 503,
                                                        "retry_after": "2s"}]}])
        server, address, port = self.serve("--scenario", file)
        client = http.client.HTTPConnection(address, port, timeout=10)
        client.request("GET", "/")
        answer = client.getresponse()
        self.assertEqual((answer.status, answer.getheader("Retry-After")), (503, "2"))
        client.close()
        self.assertRegex(self.stop(server, signal.SIGINT), r"(?m)^faults +1 status$")

    def test_ends_with_a_client_still_connected(self):
        server, address, port = self.serve()
        with socket.create_connection((address, port)) as idle:
            idle.sendall(b"GET / HT")
            self.stop(server, signal.SIGINT)


if __name__ == "__main__":
    unittest.main()
