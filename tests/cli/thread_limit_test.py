"""What strategies with threads do when the system refuses them some: the run ends, with the reason.

Not for sanitizer builds: those reserve more address space than this test leaves.
"""

import resource
import unittest

import fanout_cli
from fanout_cli import load

ADDRESS_SPACE = 1 << 30  # enough for some of the stacks of 8 MiB, not for 400


def little_memory():
    resource.setrlimit(resource.RLIMIT_STACK, (8 << 20, 8 << 20))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))


class ThreadLimitTest(fanout_cli.CliTest):
    def test_a_refused_thread_is_a_reason_and_no_hang(self):
        self.succeed("run", "--strategy", "thread_queue,thread_pool", "--transport", "null", "-n",
                     400, "--workers", 400, "--rounds", 1, "-o", "r.json", code=3,
                     preexec_fn=little_memory)
        for cell in load(self.folder / "r.json")["cells"]:
            (run,) = cell["runs"]
            with self.subTest(cell["strategy"]):
                self.assertFalse(run["valid"])
                self.assertRegex(run["reasons"][0], "the strategy failed: .*(unavailable|alloc)")


if __name__ == "__main__":
    unittest.main()
