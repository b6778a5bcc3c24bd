"""A server of several event loops: every run on it is proven as on one, by strategies of all kinds,
over TLS and both versions of HTTP, and results say how many loops there were."""

import re
import signal
import subprocess
import unittest
import urllib.request

import fanout_cli

FAULTS = [{"kind": "reset", "share": 0.1}, {"kind": "status", "share": 0.1, "status": 503}]
SELECTED = ("--strategy", "thread_pool,event_loop,multi_loop,process_pool", "--rounds", 1, "--no-profile")


class LoopsTest(fanout_cli.CliTest):
    def proven(self, name, *arguments, **keys):
        keys = {"requests": 200, "workers": 8, "loops": 2, **keys}
        document, result = self.measure("--scenario", self.scenario(name, **keys), *SELECTED, *arguments)
        for cell in document["cells"]:
            for run in cell["runs"]:
                with self.subTest(f"{name}: {cell['strategy']} / {cell['transport']}"):
                    self.assertEqual((run["valid"], run["reasons"]), (True, []))
                    self.assertLessEqual(run["server"]["peak_in_flight"], 8)
        self.assertEqual(document["plan"]["scenarios"][0]["server"]["loops"], 2)
        self.assertIn("server engine asio with 2 loops", result.out)
        return document

    def test_every_run_is_proven(self):
        self.proven("plain", requests=2000)
        self.proven("faulty", retry={"retries": 3, "base": "1ms"}, hosts=[{"faults": FAULTS}, {}])
        self.proven("limited", hosts=[{"delay": "1ms", "limit": {"concurrency": 4, "queue": 4}}])

    def test_both_versions_over_tls(self):
        self.proven("tls", "--transport", "curl_easy,curl_asio,nghttp2_async", http=["1.1", "2"],
                    connections=[1, "workers"], hosts=[{"delay": "1ms", "tls": "on"}])

    def test_a_plan_says_how_many(self):
        file = self.scenario("mine", loops=3)
        plan = self.succeed("run", "--scenario", file, *SELECTED, "--dry-run").out
        self.assertIn("mine: a server with 3 loops\n", plan)

    def test_another_number_of_loops_is_another_server(self):
        for loops in (1, 2):
            file = self.scenario("mine", loops=loops)
            self.succeed("run", "--scenario", file, "--strategy", "event_loop", "--transport", "floor",
                         "--rounds", 1, "--quiet", "-o", f"{loops}.json")
        result = self.fanout("compare", "1.json", "2.json")
        self.assertIn("scenario mine.server.loops: 1 in BASE, 2 in NEW", result.out + result.err)

    def test_nonsense(self):
        for loops in (0, 65, 1000, "many"):
            self.refuse("run", "--scenario", self.scenario("odd", loops=loops),
                        words=("server.loops: expected a whole number from 1 to 64",))
        self.refuse("run", "--scenario", self.scenario("odd", loops=2, engine="httplib"),
                    words=("httplib", "loops", "use engine asio"))
        self.refuse("serve", "--loops", 0, words=("--loops: expected a whole number from 1 to 64",))
        self.refuse("serve", "--loops", 2, "--engine", "httplib", words=("httplib", "loops"))
        self.refuse("serve", "--loops", 2, "--scenario", "zero", words=("--loops", "exclude each other"))

    def test_serving_alone(self):
        with subprocess.Popen([fanout_cli.FANOUT, "serve", "--loops", "2"], stdout=subprocess.PIPE,
                              text=True) as server:
            self.addCleanup(server.kill)
            url = re.search(r"http://\S+", server.stdout.readline())[0]
            for _ in range(4):
                with urllib.request.urlopen(url, timeout=fanout_cli.HANG_S) as answer:
                    self.assertEqual(answer.status, 200)
            server.send_signal(signal.SIGINT)
            said = server.communicate(timeout=fanout_cli.HANG_S)[0]
        self.assertRegex(said, r"connections +4\b")
        self.assertRegex(said, r"requests +4, 4 answered")


if __name__ == "__main__":
    unittest.main()
