"""fanout record: what it asks of an API, the scenario it makes of that, and what it refuses."""

import json
import shutil
import ssl
import statistics
import subprocess
import time
import unittest

import fanout_cli
from recorded_api import Api, answer

FAST, SLOW = 0.010, 0.060  # seconds
SIZES = (100, 2000, 30000)
AT_ONCE = ("--rate", "1000")  # one after the other all the same


def bimodal(turn):
    """Every fifth answer is slow; the three sizes come by turns of another length."""
    return SLOW if turn % 5 == 2 else FAST, answer(body=b"x" * SIZES[turn // 2 % 3])


def at_once(_):
    return 0, answer(body=b"ok", fields=("Connection: close",))


def milliseconds(text):
    assert text.endswith("ns"), text
    return int(text[:-2]) / 1e6


class Recorder(fanout_cli.CliTest):
    def api(self, respond, **keys):
        api = Api(respond, **keys)
        self.addCleanup(api.stop)
        return api

    def record(self, *arguments, name="my-api.json", **options):
        result = self.succeed("record", *arguments, "-o", name, **options)
        return json.loads((self.folder / name).read_text()), result

    def double_of(self, name="my-api.json", **more):
        document, _ = self.measure("--scenario", name, "--strategy", "session_reuse", "--transport",
                                   "curl_easy", "--rounds", "1", "-n", "40", "--no-profile", **more)
        return document["cells"][0]["runs"][0]


class RatioTest(Recorder):
    def test_the_double_behaves_as_the_api(self):
        api = self.api(bimodal)
        scenario, result = self.record("--url", api.url(), "-n", "40", *AT_ONCE)
        self.assertEqual(api.requests, 40)
        self.assertEqual(api.most_at_once, 1)
        # Every other request opens one, and the first of the rest the one that is kept.
        self.assertEqual(api.connections, 21)
        host, = scenario["server"]["hosts"]
        self.assertEqual(set(host["body_bytes"]["list"]), set(SIZES))
        self.assertNotIn("close_after", host)
        self.assertNotIn("faults", host)
        # Here a round trip is too short to be fitted, or a small part of the answer's ten.
        self.assertLess(milliseconds(host.get("rtt", "0ns")), 5)
        values = sorted(map(milliseconds, host["delay"]["values"]))
        self.assertEqual(len(values), 39)  # the first warms up
        self.assertEqual(len([value for value in values if value > 40]), 8)
        seen, = scenario["recorded"]["hosts"]
        self.assertEqual((seen["samples"], seen["statuses"], seen["http"]),
                         (40, {"200": 40}, "1.1"))
        for word in ("think time", "as seen", "as fitted", "40 of 40", "100 B to 29.3 KiB",
                     "Unknown", "fanout run --scenario my-api.json"):
            self.assertIn(word, result.out)
        run = self.double_of()
        self.assertTrue(run["valid"], run["reasons"])
        ratio = run["latency_ns"]["p50"] / 1e6 / statistics.median(values)
        self.assertTrue(0.5 < ratio < 2, ratio)


class RecordTest(Recorder):
    def test_a_server_that_closes_each_connection(self):
        for fields in ((), ("Connection: close",)):
            text = answer(body=b"ok", fields=fields)
            api = self.api(lambda _, text=text: (0, text), close=True)
            scenario, result = self.record("--url", api.url(), "-n", "40", *AT_ONCE)
            self.assertEqual((api.requests, api.connections), (40, 40))
            self.assertEqual(scenario["server"]["hosts"][0]["close_after"], 1)
            self.assertEqual(scenario["server"]["hosts"][0]["body_bytes"], 2)
            self.assertIn("closed after 1 request", result.out)
            self.assertEqual(self.double_of()["server"]["connections"], 40)

    def test_two_hosts_and_errors(self):
        steady = self.api(lambda turn: (0, answer(500 if turn % 4 == 3 else 200, b"ok")))
        closing = self.api(at_once, close=True)
        (self.folder / "list.txt").write_text(f"{steady.url()}\n{closing.url()}\n")
        scenario, _ = self.record("--urls", "list.txt", "-n", "60", *AT_ONCE)
        self.assertEqual((steady.requests, closing.requests), (30, 30))
        first, second = scenario["server"]["hosts"]
        self.assertEqual([(fault["status"], fault["share"]) for fault in first["faults"]],
                         [(500, 7 / 30)])
        self.assertNotIn("close_after", first)
        self.assertEqual(second["close_after"], 1)

    @unittest.skipUnless(shutil.which("openssl"), "there is no openssl to make a certificate")
    def test_tls_takes_its_trips(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", "own.key", "-out", "own.pem"], cwd=self.folder, check=True,
                       capture_output=True)
        for version, trips in ((ssl.TLSVersion.TLSv1_3, 2), (ssl.TLSVersion.TLSv1_2, 3)):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.folder / "own.pem", self.folder / "own.key")
            context.maximum_version = version
            api = self.api(lambda _: (0, answer(body=b"ok")), context=context)
            scenario, _ = self.record("--url", api.url(), "-n", "20", *AT_ONCE,
                                      variables={"SSL_CERT_FILE": str(self.folder / "own.pem")})
            self.assertEqual((api.requests, api.connections), (20, 11))
            host, = scenario["server"]["hosts"]
            self.assertEqual((host["tls"], host["handshake_trips"]), ("on", trips))
            seen, = scenario["recorded"]["hosts"]
            self.assertEqual((seen["tls"], seen["http"]), ("1.3" if trips == 2 else "1.2", "1.1"))
            self.assertEqual(self.double_of()["tls_versions"], ["TLS 1.3"])

    def test_each_host_is_asked_over_either_kind_of_connection(self):
        first, second = (self.api(lambda _: (0, answer(body=b"ok"))) for _ in range(2))
        lines = [api.url(f"/{i}") for i in range(20) for api in (first, second)]
        for pages in (40, 2):  # one pass through the list, and as many as it takes
            (self.folder / "list.txt").write_text("\n".join(lines[:pages]))
            before = first.connections, second.connections
            self.record("--urls", "list.txt", "-n", "40", *AT_ONCE)
            self.assertEqual((first.connections - before[0], second.connections - before[1]),
                             (11, 11))

    def test_nothing_secret_is_kept(self):
        api = self.api(lambda _: (0, answer(body=b"ok", fields=("X-Secret: s3cret",
                                                                "X-RateLimit-Limit: 60"))))
        _, result = self.record("--url", api.url("/s3cret?key=s3cret"), "-H", "X-Key: s3cret",
                                "-n", "20", *AT_ONCE)
        self.assertIn("X-Key: s3cret", api.heads[0])
        self.assertIn("User-Agent: fanout/", api.heads[0])
        text = (self.folder / "my-api.json").read_text()
        self.assertNotIn("s3cret", text + result.out)
        self.assertIn('"X-RateLimit-Limit"', text)
        self.assertIn("X-RateLimit-Limit: 60", result.out)

    def test_it_stops_where_the_api_asks_to_wait(self):
        for status, fields in ((429, ()), (503, ("Retry-After: 1",))):
            wait = answer(status, fields=fields)
            api = self.api(lambda turn, wait=wait: (0, wait if turn == 30 else answer()))
            scenario, result = self.record("--url", api.url(), "-n", "60", *AT_ONCE)
            self.assertEqual(api.requests, 31)
            self.assertIn(f"answered {status}, which asks to wait", result.out)
            self.assertNotIn("faults", scenario["server"]["hosts"][0])
        self.assertIn("Retry-After: 1", result.out)

    def test_the_rate_is_kept(self):
        api = self.api(lambda _: (0, answer()))
        begin = time.monotonic()
        self.record("--url", api.url(), "-n", "20", "--rate", "40/s")
        self.assertGreater(time.monotonic() - begin, 19 / 40)


class RefusalTest(Recorder):
    def refused(self, *arguments, words, output="my-api.json", **options):
        self.refuse("record", *arguments, "-o", output, words=words, **options)

    def test_what_is_missing_or_out_of_range(self):
        url = ("--url", "http://127.0.0.1:9/")
        self.refuse("record", *url, words=("-o FILE",))
        self.refused(words=("--url",))
        for rate in ("0", "-1/s", "fast", "5/m"):
            self.refused(*url, "--rate", rate, words=("--rate: expected requests per second",))
        for count in ("19", "101", "x"):
            self.refused(*url, "-n", count, words=("from 20 to 100",))
        self.refused(*url, output="my-api", words=("ends in .json",))
        self.refused(*url, "--follow", words=("--follow: not expected here",))

    def test_limits_outside_this_machine(self):
        stranger = ("--url", "http://198.51.100.7/")
        self.refused(*stranger, "--rate", "11/s",
                     words=("at most 10 requests per second", "lower --rate"))

    def test_more_hosts_than_there_are_samples_for(self):
        urls = [word for port in range(1, 7) for word in ("--url", f"http://127.0.0.1:{port}/")]
        self.refused(*urls[:8], words=("60 requests for 4 hosts", "give -n 80"))
        self.refused(*urls, words=("give fewer hosts",))

    def test_a_file_that_is_something_else_is_left_alone(self):
        api = self.api(at_once, close=True)
        for text in ("", "notes", "{}", '{"name": "mine", "requests": 10}'):
            (self.folder / "mine.json").write_text(text)
            self.refused("--url", api.url(), output="mine.json",
                         words=("exists", "name another file"))
        self.assertEqual(api.requests, 0)
        self.refused("--url", api.url(), output="/proc/x.json", words=("cannot be written",))
        for _ in range(2):  # a recording takes the place of one
            self.record("--url", api.url(), "-n", "20", *AT_ONCE)

    def test_an_api_that_cannot_be_reached(self):
        port = fanout_cli.free_port()
        result = self.fanout("record", "--url", f"http://127.0.0.1:{port}/", *AT_ONCE, "-o",
                             "a.json")
        self.assertEqual(result.code, 1, str(result))
        self.assertRegex(result.err, r"\Afanout: http://127.0.0.1:\d+: the first 3 requests got no "
                                     r"answer: refused; see that it runs and can be reached\n\Z")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_errors_only_and_too_few_samples(self):
        errors = self.api(lambda _: (0, answer(404)))
        self.refused("--url", errors.url(), "-n", "20", *AT_ONCE,
                     words=("answers errors only (404: 20 of 20 requests)",))
        some = self.api(lambda turn: (0, answer(500 if turn % 2 else 200)))
        self.refused("--url", some.url(), "-n", "30", *AT_ONCE,
                     words=("15 of 30 samples can be used", "needs 20 of each host"))
        limited = self.api(lambda turn: (0, answer(429 if turn == 7 else 200)))
        self.refused("--url", limited.url(), *AT_ONCE,
                     words=("7 of 8 samples can be used", "answered 429"))

    def test_requests_that_may_change_something(self):
        api = self.api(at_once, close=True)
        line = json.dumps({"url": api.url(), "method": "DELETE"})
        (self.folder / "list.txt").write_text(line + "\n")
        self.refused("--urls", "list.txt", words=("GET and HEAD requests only", "DELETE"))
        self.assertEqual(api.requests, 0)


if __name__ == "__main__":
    unittest.main()
