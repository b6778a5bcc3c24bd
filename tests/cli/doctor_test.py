"""fanout doctor on this machine: whatever it finds, each line says so and what to do."""

import json
import re
import unittest

import fanout_cli

CHECKS = ["build", "cpus", "steal", "pressure", "governor", "clock", "timer", "descriptors", "ports",
          "time_wait", "congestion", "memory", "libraries", "transports", "ceiling",
          "twins"]


class DoctorTest(fanout_cli.CliTest):
    def test_json_has_every_check_and_the_exit_code_agrees(self):
        result = self.fanout("doctor", "--json")
        document = json.loads(result.out)
        self.assertEqual(set(document), {"fit", "checks"})
        self.assertEqual(result.code, 0 if document["fit"] else 1, str(result))
        self.assertEqual([check["name"] for check in document["checks"]], CHECKS)
        for check in document["checks"]:
            with self.subTest(check["name"]):
                self.assertEqual(set(check), {"name", "verdict", "found", "advice"})
                self.assertIn(check["verdict"], ("ok", "warn", "fail"))
                self.assertTrue(check["found"])
                self.assertEqual(check["advice"] is None, check["verdict"] == "ok")
        verdicts = [check["verdict"] for check in document["checks"]]
        self.assertEqual(document["fit"], "fail" not in verdicts)
        ceiling = next(c for c in document["checks"] if c["name"] == "ceiling")
        self.assertEqual(ceiling["verdict"], "ok", "a short run failed")

    def test_lines_are_for_people(self):
        result = self.fanout("doctor")
        self.assertIn(result.code, (0, 1), str(result))
        lines = [line for line in result.out.splitlines() if not line.startswith(" ")]
        self.assertEqual([line.split()[1] for line in lines], CHECKS)
        for line in lines:
            self.assertRegex(line, r"^(ok|warn|fail) +\w+ +\S")
        advice = [line for line in result.out.splitlines() if line.startswith(" ")]
        self.assertEqual(len(advice), len([line for line in lines if not line.startswith("ok")]))
        self.assertTrue(all(re.match(r" +-> \S", line) for line in advice))

    def test_it_takes_nothing_else(self):
        self.refuse("doctor", "now", words=("now",))


if __name__ == "__main__":
    unittest.main()
