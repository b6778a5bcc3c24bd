"""fanout record from files: a browser's HAR, and access logs; nothing is sent."""

import gzip
import json
import random
import re
import shlex
import unittest

import fanout_cli
from record_test import AT_ONCE, Recorder
from recorded_api import answer

NGINX = ('$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
         '"$http_referer" "$http_user_agent" $request_time')


def log_line(number, seconds, status=200, method="GET", size=500):
    clock = f"{10 + number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}"
    return (f'203.0.113.{number % 250} - - [10/Oct/2025:{clock} +0000] "{method} /s3cret?q={number} '
            f'HTTP/1.1" {status} {size} "-" "Agent/1.0 (\\"x\\")" {seconds:.3f}')


def har_entry(host, wait, at=0.0, connect=-1, blocked=0, status=200, size=700):
    return {"startedDateTime": f"2026-01-02T03:04:{5 + at:06.3f}Z", "time": 0,
            "request": {"method": "GET", "url": f"https://{host}/s3cret?key=s3cret"},
            "response": {"status": status, "httpVersion": "h2", "bodySize": size, "headersSize": -1},
            "timings": {"blocked": blocked, "dns": -1, "connect": connect,
                        "ssl": -1 if connect < 0 else connect / 2, "send": 0, "wait": wait,
                        "receive": 1}}


class FileRecorder(Recorder):
    def write(self, name, text):
        (self.folder / name).write_text(text)
        return name

    def har(self, entries, name="page.har"):
        return self.write(name, json.dumps({"log": {"version": "1.2", "entries": entries}}))

    def log(self, lines, name="access.log"):
        return self.write(name, "".join(line + "\n" for line in lines))


class HarTest(FileRecorder):
    def page(self):
        entries = [har_entry("a.example", 50 + i, at=0.1, connect=20 if i < 6 else -1,
                             blocked=80 * (i // 6)) for i in range(20)]
        return entries + [har_entry("b.example", 90, at=0.1, connect=20) for _ in range(10)]

    def test_a_page_becomes_a_scenario(self):
        scenario, result = self.record("--har", self.har(self.page()))
        self.assertEqual((scenario["requests"], len(scenario["order"])), (30, 30))
        self.assertEqual(scenario["order"].count(1), 10)
        # Up to 16 were in flight, and 9 workers take as long: the page waited for connections.
        self.assertEqual(scenario["workers"], 9)
        first, second = scenario["server"]["hosts"]
        self.assertEqual((first["tls"], first["rtt"], second["rtt"]),
                         ("on", "10000000ns", "10000000ns"))
        self.assertEqual(second["delay"]["values"], ["80900000ns"] * 10)
        self.assertEqual(scenario["recorded"]["source"], "HAR file")
        self.assertNotIn("s3cret", json.dumps(scenario) + result.out)
        self.assertIn("what the page waited for", result.out)
        document, _ = self.measure("--scenario", "my-api.json", "--strategy", "event_loop",
                                   "--transport", "beast_async", "--rounds", "1", "--no-profile")
        run, = document["cells"][0]["runs"]
        self.assertTrue(run["valid"], run["reasons"])
        self.assertEqual(run["requests"]["total"], 30)

    def test_hosts_are_asked_in_the_order_that_is_given(self):
        hosts = [{}, {"status": 404}]
        document, _ = self.measure("--scenario", self.scenario("ordered", order=[0, 0, 0, 1],
                                                               hosts=hosts), "--strategy",
                                   "event_loop,thread_pool", "--rounds", "1", "--no-profile")
        for cell in document["cells"]:
            run, = cell["runs"]
            self.assertTrue(run["valid"], run["reasons"])
            self.assertEqual(run["status_counts"], {"200": 30, "404": 10})
        for order, words in (([0, 2], "names host 2"), (["a"], "order: expected"), (3, "a list")):
            self.refuse("run", "--scenario", self.scenario("wrong", order=order, hosts=hosts),
                        words=(words,))

    def test_hosts_are_not_named_if_that_is_wished(self):
        down = har_entry("down.example", -1, status=0)
        down["request"]["method"] = "s3cret\x1b"
        scenario, result = self.record("--har", self.har([*self.page(), down]), "--anonymous")
        self.assertNotIn("example", json.dumps(scenario) + result.out)
        self.assertNotIn("s3cret", json.dumps(scenario) + result.out)
        self.assertIn("https://host-2", result.out)
        self.assertIn("1 request to https://host-3, which answered nothing", result.out)

    def test_what_is_no_har_is_refused(self):
        whole = json.dumps({"log": {"entries": self.page()}})
        for text, words in ((whole[:900], ("page.har: no whole HAR file",)),
                            ("{}", ("has no log.entries",)),
                            (json.dumps({"log": {"entries": self.page()[:19]}}),
                             ("19 of 19 samples can be used; a recording needs 20",)),
                            (json.dumps({"log": {"entries": [
                                {**one, "timings": {}} for one in self.page()]}}),
                             ("none of its 30 entries has timings",))):
            self.write("page.har", text)
            self.refuse("record", "--har", "page.har", "-o", "my-api.json", words=words)
        self.refuse("record", "--har", "none.har", "-o", "my-api.json", words=("cannot be read",))
        self.assertFalse((self.folder / "my-api.json").exists())


class AccessLogTest(FileRecorder):
    def lines(self, count=400):
        draw = random.Random(7)
        return [log_line(number // 4, 0.010 if number % 10 else 0.200,
                         status=500 if number % 40 == 7 else 200,
                         method="POST" if number % 50 == 3 else "GET",
                         size=draw.choice((100, 900))) for number in range(count)]

    def test_a_log_becomes_a_scenario_and_one_at_its_rate(self):
        scenario, result = self.record("--access-log", self.log(self.lines()), "--log-format", NGINX)
        host, = scenario["server"]["hosts"]
        values = sorted(int(value[:-2]) / 1e6 for value in host["delay"]["values"])
        self.assertEqual((values[0], values[-1]), (9.9, 199.9))
        self.assertAlmostEqual(values.count(199.9) / len(values), 0.1, delta=0.01)
        self.assertEqual(set(host["body_bytes"]["list"]), {100, 900})
        self.assertAlmostEqual(host["faults"][0]["share"], 0.025, delta=0.001)
        for word in ("8 x POST", "the log has nothing of them", "my-api-open.json",
                     "The log has 400 requests in 100 s: 4.00 a second"):
            self.assertIn(word, result.out)
        self.assertNotIn("s3cret", json.dumps(scenario) + result.out)
        at_rate = fanout_cli.load(self.folder / "my-api-open.json")
        self.assertEqual((at_rate["mode"], at_rate["arrivals"]), ("open", "constant"))
        self.assertEqual(at_rate["rate"], 4)
        document, _ = self.measure("--scenario", "my-api-open.json", "--strategy", "event_loop",
                                   "--transport", "beast_async", "--rounds", "1", "--no-profile",
                                   "--rate", "400")
        self.assertTrue(document["cells"][0]["runs"][0]["valid"])

    def test_lines_that_cannot_be_read_are_counted_and_the_first_shown(self):
        lines = self.lines(100)
        for place in (3, 30, 60, 90):
            lines[place] = f"broken line {place}"
        self.log(lines)
        scenario, result = self.record("--access-log", "-", "--log-format", NGINX,
                                       within=("sh", "-c", 'exec "$@" <access.log', "sh"))
        self.assertIn("4 of 100 lines could not be read", result.out)
        self.assertEqual(result.err.count("not read: line"), 3)
        self.assertIn("not read: line 4: broken line 3", result.err)
        self.assertIn("4 of 100 lines could not be read", scenario["recorded"]["notes"][0])

    def test_a_combined_log_without_times_says_so(self):
        lines = [line.rsplit(" ", 1)[0] for line in self.lines(100)]
        scenario, result = self.record("--access-log", self.log(lines))
        self.assertIn("how long answers take: the log has no times", result.out)
        self.assertEqual(scenario["server"]["hosts"][0]["delay"], "0ns")

    def packed(self, name):
        (self.folder / name).write_bytes(gzip.compress(b"one line\n"))
        return name

    def test_what_no_scenario_can_be_like(self):
        lines = self.lines(200)
        lines[0] = lines[0].replace("2025", "1971")  # 54 years of nearly nothing
        lines[1] = lines[1].replace(" 200 900 ", " 200 5368709120 ").replace(" 200 100 ",
                                                                             " 200 5368709120 ")
        lines[2] = lines[2].replace('" 200 ', '" 499 ')
        lines[4] = lines[4].replace('" 200 ', '" 302 ')
        scenario, result = self.record("--access-log", self.log(lines), "--log-format", NGINX)
        self.assertFalse((self.folder / "my-api-open.json").exists())
        for words in ("a second are too few for a run", "what bodies have beyond 1 GiB",
                      "status 499 of 1 request", "status 302 of 1 request"):
            self.assertIn(words, result.out)
        self.assertEqual([fault["status"] for fault in scenario["server"]["hosts"][0]["faults"]],
                         [500])

    def test_times_that_are_none(self):
        """All 0.000, as of static files: neither whole seconds nor unknown."""
        lines = [log_line(number, 0) for number in range(40)]
        _, result = self.record("--access-log", self.log(lines), "--log-format", NGINX)
        self.assertNotIn("parts of seconds", result.out)
        lines = [log_line(number, number % 2) for number in range(40)]
        _, result = self.record("--access-log", self.log(lines), "--log-format", NGINX)
        self.assertIn("parts of seconds: the log has none", result.out)

    def test_json(self):
        lines = [json.dumps({"code": 200, "took": 15 + number % 3, "n": 9}) for number in range(30)]
        scenario, _ = self.record("--access-log", self.log(lines), "--log-format", "json", "--field",
                                  "time=took:ms", "--field", "status=code", "--field", "bytes=n")
        self.assertEqual(scenario["server"]["hosts"][0]["delay"]["values"][0], "14900000ns")
        self.assertFalse((self.folder / "my-api-open.json").exists())
        lines = [json.dumps({"status": 200, "time": number}) for number in range(30)]
        _, result = self.record("--access-log", self.log(lines), "--field", "time=time:ms")
        self.assertIn("when requests came: not every line says it", result.out)

    def test_what_is_wrong_is_said(self):
        name = self.log(self.lines(60))
        for arguments, words in (
                (("--access-log", name, "--log-format", "common"),
                 ("its lines are not as the format common says, the first is line 1:",)),
                (("--access-log", self.log(["what is this"] * 5, "other.log")),
                 ("other.log: its lines", "--log-format '$remote_addr")),
                (("--access-log", self.har([har_entry("a.example", 9)])), ("which --har reads",)),
                (("--access-log", self.log(['{"status": 200, "took": 5}'], "took.log"), "--field",
                  "time=took"), ("say its unit",)),
                (("--access-log", "took.log", "--field", "time=none:ms"), ('no key "none"',)),
                (("--access-log", "took.log", "--field", "time=took:min"), ("ns, us, ms or s",)),
                (("--access-log", self.packed("packed.log")), ("is compressed by gzip",)),
                (("--har", "packed.log"), ("is compressed by gzip",)),
                (("--access-log", self.log([], "empty.log")), ("has no lines",)),
                (("--access-log", self.log(self.lines(19), "short.log"), "--log-format", NGINX),
                 ("of 19 samples can be used; a recording needs 20",)),
                (("--access-log", "none.log"), ("--access-log none.log: cannot be read",)),
                (("--access-log", name, "--log-format", "$request"), ("has no $status",)),
                (("--access-log", name, "-n", "50"), ("--requests: only for --url and --urls",)),
                (("--access-log", name, "--check"), ("--check: only for --url",)),
                (("--access-log", name, "--har", name), ("takes one source",)),
                (("--har", name, "--field", "time=x"), ("--field is for --access-log",)),
                ((), ("needs a source",))):
            with self.subTest(arguments):
                self.refuse("record", *arguments, "-o", "my-api.json", words=words)
        self.assertFalse((self.folder / "my-api.json").exists())


class PageTest(FileRecorder):
    """The commands of docs/your-api.md can be followed. Runs are only planned: they would be long."""

    def commands(self):
        text = (fanout_cli.ROOT / "docs" / "your-api.md").read_text(encoding="utf-8")
        for block in re.findall(r"^    (fanout (?:.*\\\n)*.*)$", text, re.M):
            for line in block.replace("\\\n", " ").splitlines():
                yield shlex.split(line)[1:]

    def test_the_page_can_be_followed(self):
        api = self.api(lambda _: (0, answer(body=b"ok")))
        self.har([har_entry("a.example", 50) for _ in range(20)])
        timed = [f'::1 [10/Oct/2025:10:00:{number:02} +0000] "GET / HTTP/1.1" 200 9 0.01'
                 for number in range(40)]
        commands = list(self.commands())
        self.assertGreater(len(commands), 6)
        for arguments in commands:
            if arguments[0] == "serve":
                continue
            self.log(timed if "--log-format" in arguments
                     else [log_line(number, 0.01) for number in range(40)])
            urls = [api.url() if "://" in word else word for word in arguments]
            if "run" in urls:
                urls.append("--dry-run")
            if api.url() in urls and "--rate" not in urls:
                urls += AT_ONCE
            self.succeed(*urls)


if __name__ == "__main__":
    unittest.main()
