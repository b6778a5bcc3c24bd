"""Transport uring: measured where io_uring is allowed, and skipped with the reason where it is not."""

import ctypes
import errno
import re
import struct
import unittest

import fanout_cli
from fanout_cli import table_rows

SMALL = ("--scenario", "zero", "--strategy", "event_loop,multi_loop", "-n", 500, "--rounds", 1)
BOTH = (*SMALL, "--transport", "floor,uring")

IO_URING_SETUP = 425  # on every architecture
ALLOW = 0x7fff0000
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2


def forbid(error):
    """For a child that is to find io_uring forbidden, as containers forbid it."""
    def in_child():
        load_number, if_equal, answer = 0x20, 0x15, 0x06
        filters = b"".join(struct.pack("HBBI", *line) for line in (
            (load_number, 0, 0, 0), (if_equal, 0, 1, IO_URING_SETUP),
            (answer, 0, 0, 0x00050000 | error), (answer, 0, 0, ALLOW)))
        kept = ctypes.create_string_buffer(filters)
        program = struct.pack("HxxxxxxP", len(filters) // 8, ctypes.addressof(kept))
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or \
                libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0):
            raise OSError(ctypes.get_errno(), "seccomp")
    return in_child


class UringTest(fanout_cli.CliTest):
    def fault(self):
        """Why it cannot be used on this machine; None: it can."""
        found = re.search(r"^uring cannot be used: (.+)$", self.succeed("list", "transports").out, re.M)
        return found and found[1]

    def test_runs_are_proven_like_those_of_the_floor(self):
        if fault := self.fault():
            self.skipTest(fault)
        document, _ = self.measure(*BOTH)
        cells = {(cell["strategy"], cell["transport"]): cell for cell in document["cells"]}
        self.assertEqual(len(cells), 4)
        for cell in cells.values():
            [run] = cell["runs"]
            self.assertEqual((cell["stack"], run["requests"]["ok"]), ("floor", 500))
            self.assertTrue(run["valid"], run)

    def test_it_is_in_no_comparison_unless_named(self):
        cells = self.succeed("list", "cells", "--scenario", "zero").out
        self.assertNotIn("uring", cells)

    def test_where_it_is_forbidden_its_cells_are_skipped_with_the_reason(self):
        for error, words in ((errno.EPERM, "io_uring is forbidden here: "),
                             (errno.ENOSYS, "there is no io_uring here: "),
                             (errno.EINVAL, "io_uring of this kernel is too old; ")):
            with self.subTest(words):
                listed = self.succeed("list", "transports", preexec_fn=forbid(error)).out
                self.assertIn(f"\nuring cannot be used: {words}", listed)
                self.assertIn("uring", [row[0] for row in table_rows(listed)])
                plan = self.succeed("run", *BOTH, "--dry-run", preexec_fn=forbid(error)).out
                self.assertIn(f"skipped event_loop / uring / 10 workers: {words}", plan)
                self.refuse("run", *SMALL, "--transport", "uring", preexec_fn=forbid(error),
                            words=(f"nothing to run: {words}",))
        document, result = self.measure(*BOTH, preexec_fn=forbid(errno.EPERM))
        self.assertEqual({cell["transport"] for cell in document["cells"]}, {"floor"})
        self.assertEqual(len(document["plan"]["skipped"]), 2)
        self.assertIn("io_uring is forbidden here", result.out)


if __name__ == "__main__":
    unittest.main()
