"""What becomes of requests over HTTP/2 when the server fails on purpose: on every transport that
speaks it each request has one outcome, of the right class, and the server counts the same."""

import unittest

import fanout_cli

REQUESTS = 150
SHARE = 0.08
TRANSPORTS = "curl_easy,curl_multi,curl_asio,nghttp2_async"
LOST = {"reset", "truncated", "timeout"}  # what may become of others on a connection that ends


def runs_of(cells):
    return [(cell, run) for cell in cells for run in cell["runs"]]


def faults(*kinds, share=SHARE, **more):
    return [{"kind": kind, "share": share, **more} for kind in kinds]


class Faulty(fanout_cli.CliTest):
    def run_faulty(self, name, *arguments, strategies="thread_pool,event_loop", connections=1,
                   hosts, **keys):
        """The runs of all transports over TLS with few workers, and of those that can in clear text
        with more."""
        keys = {"requests": REQUESTS, "timeout": "5s", "http": "2", **keys}
        cells = []
        for mode, workers in (("on", 10), ("off", 50)):
            file = self.scenario(f"{name}-{mode}", hosts=[{**host, "tls": mode} for host in hosts],
                                 **{"workers": workers, **keys})
            cells += self.measure(
                "--scenario", file, "--rounds", 1, "--no-profile", "--no-references", "--strategy",
                strategies, "--transport", TRANSPORTS, "--connections", f"{connections},workers",
                *arguments, code=None)[0]["cells"]
        self.assertEqual({cell["transport"] for cell in cells if cell["strategy"] == "event_loop"},
                         {"curl_multi", "curl_asio", "nghttp2_async"})
        for cell, run in runs_of(cells):
            with self.subTest(self.label(name, cell)):
                self.check_sums(run)
        return runs_of(cells)

    @staticmethod
    def label(name, cell):
        return (f"{name}: {cell['strategy']} / {cell['transport']}, {cell['workers']} over "
                f"{cell.get('connections', 'one each')}")

    def check_sums(self, run):
        """Every request has one outcome, and client and server agree on all that they know."""
        self.assertEqual((run["valid"], run["reasons"]), (True, []))
        counts = run["requests"]
        self.assertEqual(counts["ok"] + sum(run["errors"].values()), counts["total"])
        self.assertNotIn("none", run["errors"])


class StreamFaultTest(Faulty):
    """Faults that end a stream alone: what a client sees is what the server acted out."""

    def test_each_becomes_its_outcome_and_no_other_request_suffers(self):
        hosts = [{"delay": "1ms", "body_bytes": 1000, "faults":
                  faults("reset", "truncate", "reset_amid_body") +
                  faults("drip", over="20ms") + faults("status", status=503)}]
        for cell, run in self.run_faulty("streams", hosts=hosts):
            met = run["server"]["faults"]
            self.assertEqual(len(met), 5)
            with self.subTest(self.label("streams", cell)):
                lost = met["reset"] + met["truncate"] + met["reset_amid_body"]
                seen = run["errors"]
                self.assertEqual(seen["bad_status"], met["status"])
                # libcurl lets go of what it has of an answer whose stream is reset.
                self.assertEqual(seen["reset"] + seen.get("truncated", 0), lost)
                if cell["transport"] == "nghttp2_async":
                    self.assertEqual(seen["reset"], met["reset"])
                self.assertEqual(set(seen) - {"truncated"}, {"bad_status", "reset"})

    def test_large_bodies_that_end_early_are_truncated(self):
        hosts = [{"body_bytes": 100_000, "faults": faults("truncate", "reset_amid_body")}]
        for _, run in self.run_faulty("large", hosts=hosts, workers=10, connections=2):
            self.assertLessEqual(set(run["errors"]), {"reset", "truncated"})
            self.assertEqual(sum(run["errors"].values()), sum(run["server"]["faults"].values()))

    def test_what_hangs_times_out_alone(self):
        hosts = [{"body_bytes": 1000, "faults": faults("hang") + faults("drip", over="9s")}]
        for _, run in self.run_faulty("hang", hosts=hosts, timeout="500ms", requests=40,
                                      workers=10):
            self.assertEqual(set(run["errors"]), {"timeout"})
            self.assertEqual(run["errors"]["timeout"], sum(run["server"]["faults"].values()))

    def test_one_of_two_hosts_refuses(self):
        hosts = [{"delay": "1ms"}, {"faults": [{"kind": "refuse"}]}]
        for _, run in self.run_faulty("refuse", hosts=hosts, connections=2):
            self.assertEqual(run["errors"], {"refused": REQUESTS / 2})


class ConnectionFaultTest(Faulty):
    """Faults that take a connection along, and others on it."""

    def test_a_connection_that_is_lost_takes_along_who_shares_it(self):
        hosts = [{"delay": "1ms", "faults": faults("connection_loss")}]
        for cell, run in self.run_faulty("loss", hosts=hosts, connections="1,2"):
            with self.subTest(self.label("loss", cell)):
                met = run["server"]["faults"]["connection_loss"]
                self.assertLessEqual(set(run["errors"]), LOST)
                if "connections" in cell:
                    self.assertGreaterEqual(run["errors"]["reset"], met)
                else:
                    self.assertEqual(run["errors"], {"reset": met})

    def test_goaway_spares_the_others(self):
        hosts = [{"delay": "1ms", "faults": faults("goaway")}]
        for cell, run in self.run_faulty("goaway", hosts=hosts):
            with self.subTest(self.label("goaway", cell)):
                met = run["server"]["faults"]["goaway"]
                if cell["transport"] == "nghttp2_async" or "connections" not in cell:
                    self.assertEqual(run["errors"], {"reset": met})
                else:  # libcurl counts how often a handle sent requests again, and gives up
                    self.assertLessEqual(set(run["errors"]), LOST)

    def test_a_server_that_closes_connections_is_survived(self):
        hosts = [{"delay": "1ms", "close_after": 3}]
        for cell, run in self.run_faulty("close", hosts=hosts):
            with self.subTest(self.label("close", cell)):
                self.assertGreater(run["server"]["http2"]["goaways"], 0)
                if cell["transport"] == "nghttp2_async" or "connections" not in cell:
                    self.assertEqual(run["errors"], {})

    def test_all_at_once_with_retries(self):
        hosts = [{"delay": "1ms", "body_bytes": 1000, "faults":
                  faults("reset", "truncate", "connection_loss", "goaway", share=0.03)}]
        for _, run in self.run_faulty("again", hosts=hosts, connections=2, retry={
                "retries": 9, "base": "1ms", "factor": 2, "cap": "4ms"}):
            self.assertGreater(run["requests"]["retried"], 0)
            self.assertGreater(run["requests"]["ok"], REQUESTS * 0.9)


class LimitTest(Faulty):
    """A host's limits, and clients that give requests up."""

    def test_rejections_and_a_queue_beside_faults(self):
        places = {"concurrency": 4, "queue": 2, "status": 503}
        hosts = [{"delay": "2ms", "limit": places, "faults":
                  faults("reset", "connection_loss", "goaway", share=0.05)}]
        for _, run in self.run_faulty("places", hosts=hosts, connections=2):
            self.assertLessEqual(run["server"]["peak_served"], 4)

    def test_a_rate_with_retries_and_a_freeze(self):
        hosts = [{"limit": {"rate": 2000, "burst": 20}, "freeze": {"at": "10ms", "for": "60ms"}}]
        for _, run in self.run_faulty("rate", hosts=hosts, connections=2, workers=10, retry={
                "retries": 15, "base": "4ms", "cap": "20ms"}):
            self.assertEqual(run["status_counts"].get("429", 0),
                             run["server"]["rejected"].get("429", 0))

    def test_second_attempts(self):
        delay = {"kind": "bimodal", "fast": "1ms", "slow": "150ms", "slow_share": 0.05}
        for cell, run in self.run_faulty("hedge", strategies="event_loop", hosts=[{"delay": delay}],
                                         hedge={"after": "40ms", "budget": 0.3}):
            with self.subTest(self.label("hedge", cell)):
                self.assertEqual(run["requests"]["ok"], REQUESTS)
                self.assertGreater(run["hedges"]["won"], 0)

    def test_a_deadline(self):
        for _, run in self.run_faulty("deadline", "--deadline", "150ms", timeout="30s",
                                      workers=50, hosts=[{"delay": "1ms",
                                                          "faults": faults("hang")}]):
            self.assertEqual(set(run["errors"]), {"deadline"})


if __name__ == "__main__":
    unittest.main()
