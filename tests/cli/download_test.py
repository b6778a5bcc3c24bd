"""Bodies: large ones are passed through and counted, and are held, hashed or parsed only where a
scenario asks for it."""

import json
import unittest

import fanout_cli

MIB = 1 << 20
NETWORK = "curl_easy,curl_multi,curl_asio,beast_sync,beast_async,httplib,floor"


class Bodies(fanout_cli.CliTest):
    def each_once(self, name, size, **keys):
        host = {"delay": "1ms", "body_bytes": size}
        cells = self.measure_each_once(
            "--scenario", self.scenario(name, requests=12, workers=3, hosts=[host], **keys),
            "--rounds", 1, transports=NETWORK)
        for cell in cells:
            with self.subTest(f"{name}: {cell['strategy']} / {cell['transport']}"):
                (run,) = cell["runs"]
                self.assertEqual((run["valid"], run["reasons"]), (True, []))
                self.assertEqual(run["requests"]["body_bytes"], 12 * size)
        return cells

    def memory(self, cells):
        return {(cell["strategy"], cell["transport"]): cell["runs"][0]["peak_memory_bytes"]
                for cell in cells}


class DownloadTest(Bodies):
    def test_no_strategy_and_no_transport_holds_bodies_unless_it_is_to(self):
        small = self.memory(self.each_once("small", 1000))
        cells = self.each_once("large", 16 * MIB)
        large = self.memory(cells)
        kept = self.memory(self.each_once("kept", 16 * MIB, keep=True))
        for row, bytes_used in large.items():
            with self.subTest(row):
                self.assertLess(bytes_used - small[row], 4 * MIB)
                self.assertGreater(kept[row] - small[row], 15 * MIB)
        for cell in cells:
            (run,) = cell["runs"]
            rate = cell["summary"]["bodies"]["mb_per_second"]["median"]
            self.assertAlmostEqual(rate, 12 * 16 * MIB * 1e3 / run["makespan_ns"], delta=0.01 * rate)
            cost = cell["summary"]["bodies"]["cpu_s_per_gib"]["median"]
            self.assertAlmostEqual(cost, run["cpu_ns"] / 1e9 / (12 * 16 / 1024), delta=0.01 * cost)

    def test_tables_and_exports_say_how_many_bytes_came(self):
        host = {"body_bytes": 100_000}
        file = self.scenario("some", requests=20, workers=2, hosts=[host])
        run = self.succeed("run", "--scenario", file, "--strategy", "event_loop", "--transport",
                           "floor", "--rounds", 1, "--no-profile", "-o", "result.json")
        self.assertRegex(run.out, r"MB/s +CPU s/GiB")
        (row,) = json.loads(self.succeed("report", "result.json", "--format", "gbench").out)["benchmarks"]
        self.assertAlmostEqual(row["bytes_per_second"], 100_000 * row["items_per_second"], delta=1e3)


class WorkOnBodiesTest(Bodies):
    def test_every_strategy_and_transport_hashes_and_parses(self):
        for work in ("sha256", "json"):
            for cell in self.each_once(work, 5000, work={work: True}):
                (run,) = cell["runs"]
                self.assertEqual(run["work"]["answers"], 12)
                self.assertGreater(run["work"]["cpu_ns"], 0)

    def test_what_the_server_cannot_send_and_who_is_not_told(self):
        run = ("run", "--rounds", 1, "--strategy", "thread_pool", "--work", "json")
        for size in ({"list": [10, 20]}, 1):
            file = self.scenario("odd", hosts=[{"body_bytes": size}])
            self.assert_refused(self.fanout(*run, "--scenario", file), "work: to be parsed as JSON")
        for keys in ({"method": "HEAD"}, {"hosts": [{"status": 204}]}):
            self.assert_refused(self.fanout(*run, "--scenario", self.scenario("odd", **keys)),
                                "work: there is no body to parse")
        file = self.scenario("either", work={"json": True}, variants={"hash": {"work": {"sha256": True}}})
        self.succeed("run", "--scenario", file, "--rounds", 1, "--strategy", "thread_pool", "--dry-run")
        file = self.scenario("odd", work={"md5": True})
        self.assert_refused(self.fanout(*run, "--scenario", file), "sha256")
        shown = self.succeed("run", "--work", "sha256", "--strategy", "thread_pool", "--transport",
                             "null,curl_easy", "--peers", "--dry-run")
        self.assertIn("has no network: there are no bodies to keep or work on", shown.out + shown.err)
        self.assertIn("external programs are not told to keep bodies", shown.out + shown.err)


if __name__ == "__main__":
    unittest.main()
