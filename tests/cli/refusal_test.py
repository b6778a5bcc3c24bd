"""Wrong usage and wrong input: exit code 2, one clear line on standard error, nothing written."""

import copy
import json
import os
import re
import resource
import socket
import stat
import unittest

import fanout_cli
from fanout_cli import table_rows

ONE = ("--strategy", "event_loop", "--transport", "curl_asio")
NULL = ("--scenario", "zero", "--transport", "null", "--strategy", "sequential")


def misspelt(word):
    """The word with its last two letters exchanged, or one more where they are the same."""
    return word[:-2] + word[-1] + word[-2] if word[-1] != word[-2] else word + "x"


def descriptors(hard):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class FlagTest(fanout_cli.CliTest):
    def test_a_misspelt_flag_is_answered_with_the_nearest(self):
        for command, *needed in (["run"], ["sweep"], ["list", "cells"], ["report", "r"], ["serve"]):
            text = self.succeed(command, "--help").out
            flags = re.findall(r"^ +(?:-\w,)?(--[a-z-]+)", text, re.M)
            self.assertIn("--help", flags)
            for flag in flags:
                with self.subTest(command=command, flag=flag):
                    self.refuse(command, *needed, misspelt(flag), words=(f"did you mean {flag}?",))
        self.refuse("run", "--stratgey", "x", words=("--stratgey", "did you mean --strategy?"))
        self.refuse("serve", "--prot=1", words=("did you mean --port?",))

    def test_a_misspelt_command_is_answered_with_the_nearest(self):
        for command in ("run", "sweep", "list", "report", "serve"):
            with self.subTest(command):
                self.refuse(misspelt(command), words=(f"did you mean {command}?",))

    def test_what_is_missing_is_named(self):
        self.refuse(words=("--help",))
        self.refuse("report", words=("file",))
        self.refuse("list", words=("topic",))
        for flag in ("--workers", "--output", "--scenario", "--rounds"):
            self.refuse("run", flag, words=(flag,))

    def test_values_out_of_range_are_refused_with_what_was_expected(self):
        wrong = {"--rounds": ("0", "-1", "1001", "x"), "--requests": ("0", "1.5", "4001M", "1e3"),
                 "--seed": ("-1", "a"), "--timeout": ("5", "0s", "-1s", "1 s", "5h1"),
                 "--connect-timeout": ("0ms",), "--time-budget": ("-1s", "60"),
                 "--run-limit": ("0", "soon"), "--format": ("tabel", "JSON"),
                 "--affinity": ("all",), "--reuse": ("yes",), "--method": ("G ET", "get"),
                 "--engine": ("nginx",)}
        for flag, values in wrong.items():
            for value in values:
                with self.subTest(flag=flag, value=value):
                    self.refuse("run", *NULL, f"{flag}={value}", words=(flag, "expected"))
        self.refuse("run", "--quick", "--full", words=("--quick", "--full"))
        self.refuse("run", "extra", words=("extra",))
        self.refuse("serve", "--port", "65536", words=("65535",))
        self.refuse("serve", "--bind", "1.2.3", words=("--bind",))


class NameTest(fanout_cli.CliTest):
    def test_every_unknown_name_is_answered_with_the_nearest(self):
        for topic, flag in (("strategies", "--strategy"), ("transports", "--transport"),
                            ("scenarios", "--scenario")):
            for row in table_rows(self.succeed("list", topic).out)[1:]:
                with self.subTest(row[0]):
                    wrong = misspelt(row[0])
                    self.refuse("run", flag, wrong,
                                words=(f'"{wrong}"', f"did you mean {row[0]}?"))

    def test_empty_lists_and_repeated_names(self):
        good = {"--strategy": "sequential", "--transport": "curl_easy", "--scenario": "zero"}
        for flag, name in good.items():
            for text in ("", ",", f",{name}", f"{name},", f"{name},,{name}", f"{name},{name}"):
                with self.subTest(flag=flag, text=text):
                    self.refuse("run", "--dry-run", f"{flag}={text}")

    def test_two_scenarios_of_one_name_cannot_be_told_apart(self):
        first, second = self.scenario("first"), self.scenario("second")
        second.write_text(json.dumps({"name": "first", "requests": 7}))
        self.refuse("run", *ONE, "--dry-run", "--scenario", f"{first},{second}", words=("first",))

    def test_nothing_to_run_says_why(self):
        self.refuse("run", "--strategy", "event_loop", "--transport", "curl_easy",
                    words=("event_loop", "curl_easy"))


class WorkersTest(fanout_cli.CliTest):
    def test_absurd_lists(self):
        for text in ("0", "", ",", "1,", ",1", "1,,2", "-1", "abc", "1 2", "1..", "..5", "1..2..3",
                     "1..64:0", "1..64:", "100001", "9" * 30, "1.5", "1..1000:1", "0x10"):
            with self.subTest(text):
                self.refuse("run", *ONE, "--dry-run", f"--workers={text}", words=("--workers",))

    def test_duplicates_and_descending_ranges(self):
        self.refuse("run", *ONE, "--dry-run", "--workers", "4,8,4", words=("ascend",))
        self.refuse("run", *ONE, "--dry-run", "--workers", "8..2", words=("ascends", "8..2"))

    def test_more_than_the_descriptors_allow(self):
        for hosts in (1, 3):
            file = self.scenario(f"hosts{hosts}", hosts=[{}] * hosts)
            arguments = ("run", *ONE, "--dry-run", "--scenario", file, "--workers")
            limit = {"preexec_fn": descriptors(300)}
            result = self.refuse(*arguments, 500, words=("500", "300"), **limit)
            required = int(re.search(r"need (\d+)", result.err)[1])
            self.assertGreaterEqual(required, 500 * hosts)
            most = int(re.search(r"at most (\d+)", result.err)[1])
            self.succeed(*arguments, most, **limit)
            self.refuse(*arguments, most + 1, **limit)

    def test_the_most_that_is_allowed_works(self):
        limit = {"preexec_fn": descriptors(100)}
        plan = self.succeed("run", "--transport", "all", "--workers", 99, "--dry-run", **limit).out
        self.assertRegex(plan, "skipped .*: fd_limited: 99 workers of event_loop / beast_async need")
        most = min(re.findall(r"at most (\d+)", plan), key=int)
        file = self.scenario("most", hosts=[{"delay": "1ms"}], requests=int(most) * 2)
        self.succeed("run", "--scenario", file, "--transport", "all", "--workers", most,
                     "--rounds", 1, "-o", "r.json", "--reuse", "off", **limit)

    def test_a_limit_below_what_fanout_itself_needs(self):
        result = self.refuse("run", *ONE, "--dry-run", "--workers", 1, words=("20",),
                             preexec_fn=descriptors(20))
        for number in re.findall(r"\d+", result.err):
            self.assertLess(int(number), 10_000, f"an overflow: {result.err}")


class ScenarioFileTest(fanout_cli.CliTest):
    WRONG = [  # what is in the file, what the message must name
        ('{"name":"x","requests":5,"requets":5}', ('"requets"', 'did you mean "requests"?')),
        ('{"name":"x","requests":"5"}', ("requests", '"5"')), ("[1]", ("object",)),
        ('{"name":"x","requests":5', ("not JSON",)), ("", ("not JSON",)), ("null", ("object",)),
        ("\0\1\2", ("not JSON",)), ('{"requests":5}', ('"name"',)),
        ('{"name":"x"}', ('"requests"',)),
        ('{"name":"","requests":5}', ("name",)), ('{"name":"a\\nb","requests":5}', ("name",)),
        ('{"name":"../a","requests":5}', ("name",)), ('{"name":5,"requests":5}', ("name", "text")),
        ('{"name":"x","requests":0}', ("requests",)), ('{"name":"x","requests":-5}', ("requests",)),
        ('{"name":"x","requests":5,"workers":[]}', ("workers",)),
        ('{"name":"x","requests":5,"workers":[2,2]}', ("workers", "ascend")),
        ('{"name":"x","requests":5,"timeout":5}', ("timeout", "unit")),
        ('{"name":"x","requests":5,"timeout":"0s"}', ("timeout",)),
        ('{"name":"x","requests":5,"deadline":"0.5ms"}', ("deadline", "1ms")),
        ('{"name":"x","requests":5,"retry":{"retries":16}}', ("retry.retries", "15")),
        ('{"name":"x","requests":5,"retry":{"retires":1}}', ("retry.retires", "unknown key")),
        ('{"name":"x","requests":5,"retry":{"factor":0.5}}', ("retry.factor",)),
        ('{"name":"x","requests":5,"queue_capacity":"big"}', ("queue_capacity", "unbounded")),
        ('{"name":"x","requests":5,"reuse":"yes"}', ("reuse", "true or false")),
        ('{"name":"x","requests":5,"method":"put"}', ("method", "PUT")),
        ('{"name":"x","requests":5,"strategies":["sequentail"]}', ("did you mean sequential?",)),
        ('{"name":"x","requests":5,"transports":["curl_esay"]}', ("did you mean curl_easy?",)),
        ('{"name":"x","requests":5,"a\\nb":1}', ("unknown key",)),
        ('{"name":"x","requests":5,"requests":6}', ('"requests"', "twice")),
    ]
    WRONG_SERVER = [
        ('{"hosts":[]}', ("server.hosts",)), ('{"hosts":5}', ("server.hosts",)),
        ('{"hosts":[{"delya":"3ms"}]}', ("server.hosts[0].delya", "delay")),
        ('{"hosts":[{},{"delay":3}]}', ("server.hosts[1].delay", "unit")),
        ('{"hosts":[{"delay":{"kind":"gamma"}}]}', ("server.hosts[0].delay.kind", "lognormal")),
        ('{"hosts":[{"delay":{"kind":"uniform","min":"2ms","max":"1ms"}}]}', ("delay.min",)),
        ('{"hosts":[{"status":99}]}', ("status",)), ('{"hosts":[{"faults":[{"kind":"burn"}]}]}', ("truncate",)),
        ('{"engine":"nginx"}', ("server.engine", "asio")), ('{"port":70000}', ("server.port",)),
        ('{"bind":"localhost"}', ("server.bind",)), ('{"bind":"::1"}', ("server.bind",)),
        ('{"engine":"httplib","hosts":[{"faults":[{"kind":"hang"}]}]}', ("httplib", "asio")),
    ]

    def test_malformed_files(self):
        file = self.folder / "wrong.json"
        for text, words in self.WRONG + [
                (f'{{"name":"x","requests":5,"server":{server}}}', words)
                for server, words in self.WRONG_SERVER]:
            with self.subTest(text):
                file.write_text(text)
                self.refuse("run", "--scenario", file, "--rounds", 1, "-o", "r.json",
                            words=words)

    def test_files_that_cannot_be_read(self):
        for name in ("missing.json", "./", "/dev/null", "no/such/folder.json"):
            with self.subTest(name):
                self.refuse("run", "--dry-run", "--scenario", name, words=(name,))


class OutputFileTest(fanout_cli.CliTest):
    def refuse_output(self, output):
        self.refuse("run", *NULL, "--rounds", 1, "--output", output, words=("--output",))

    def test_paths_that_cannot_be_written(self):
        (self.folder / "file").write_text("mine")
        (self.folder / "folder").mkdir()
        for output in ("file/r.json", "folder", "folder/", "new/folder/", "/proc/r.json",
                       "x" * 300 + ".json"):
            with self.subTest(output):
                self.refuse_output(output)
        self.assertEqual((self.folder / "file").read_text(), "mine")

    def test_only_a_regular_file_is_ever_replaced(self):
        os.mkfifo(self.folder / "pipe")  # as /dev/null would be: never replaced by a file
        self.refuse_output("pipe")
        self.assertTrue(stat.S_ISFIFO((self.folder / "pipe").stat().st_mode))

    def test_a_name_that_is_not_utf_8(self):
        odd = b"\xff.json".decode(errors="surrogateescape")
        result = self.fanout("run", *NULL, "--rounds", 1, "--output", odd)
        self.assertIn(result.code, (0, 2), str(result))


class ReportTest(fanout_cli.CliTest):
    NEWER = {*("set_aside cpu_quota connected body_bytes phases status_counts failures failed_requests tls_versions "
               "redirects follow resumed fail_if fail_on least_success hedges work retries_denied limits").split()}
    DERIVED = {*("verdicts program_verdicts sweeps recommendations originals summary against "
                 "conditions baseline families capacities protocols").split()}  # from the rest of the document, and not read

    def setUp(self):
        super().setUp()
        self.succeed("run", *NULL, "--rounds", 1, "--output", "good.json", "--quiet")
        self.text = (self.folder / "good.json").read_text()
        self.document = json.loads(self.text)

    def refuse_text(self, text, *words):
        (self.folder / "wrong.json").write_text(text)
        self.refuse("report", "wrong.json", words=("wrong.json", *words))

    def test_files_that_are_no_result(self):
        self.refuse("report", "missing.json", words=("missing.json",))
        self.refuse("report", ".", words=("cannot be read",))
        for text in ("", "null", "[1]", '{"a":1}', "5", '"x"', "<html>", "\0"):
            with self.subTest(text):
                self.refuse_text(text)
        self.refuse_text("", "not JSON")

    def test_a_result_cut_short(self):
        end = len(self.text.rstrip())
        for size in [*range(1, end, end // 40), end - 1]:
            with self.subTest(size):
                self.refuse_text(self.text[:size], "cut short")

    def test_other_schema_versions(self):
        for version in (0, 2, 99, "1", None, [], 1.5):
            with self.subTest(version):
                self.refuse_text(json.dumps({**self.document, "schema_version": version}),
                                 "schema version", "reads 1")

    def paths(self, node, path=()):
        """Every key of the document, with what holds it."""
        items = node.items() if isinstance(node, dict) else enumerate(node[:1])
        for key, value in items:
            if key in self.DERIVED or path[:2] == ("plan", "scenarios") or key == "libraries":
                continue
            yield (*path, key)
            if isinstance(value, (dict, list)):
                yield from self.paths(value, (*path, key))

    def holder(self, path):
        document = node = copy.deepcopy(self.document)
        for key in path[:-1]:
            node = node[key]
        return document, node

    def test_a_result_that_lacks_a_field(self):
        for path in self.paths(self.document):
            document, holder = self.holder(path)
            if isinstance(holder, dict) and not self.NEWER & set(path) and "host" not in path[:-1]:
                with self.subTest(path):
                    del holder[path[-1]]
                    self.refuse_text(json.dumps(document))

    def test_a_result_with_a_field_of_another_type(self):
        for path in self.paths(self.document):
            for other in ({"a": 1}, "text", ["text"]):
                document, holder = self.holder(path)
                if not isinstance(holder[path[-1]], type(other)):
                    with self.subTest(path=path, other=other):
                        holder[path[-1]] = other
                        self.refuse_text(json.dumps(document))

    def test_a_result_whose_cells_are_of_no_scenario(self):
        self.document["cells"][0]["scenario"] = "another"
        self.refuse_text(json.dumps(self.document), "another")


class ServeTest(fanout_cli.CliTest):
    def test_a_taken_port(self):
        for engine in ("asio", "httplib"):
            with socket.create_server(("127.0.0.1", 0)) as taken:
                port = taken.getsockname()[1]
                self.refuse("serve", "--port", port, "--engine", engine,
                            words=(str(port), "in use", "--port"))

    def test_an_address_of_another_machine(self):
        self.refuse("serve", "--bind", "192.0.2.1", words=("192.0.2.1",))


if __name__ == "__main__":
    unittest.main()
