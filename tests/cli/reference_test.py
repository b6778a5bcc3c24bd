"""The pages say what the tool says: its lists, flags and version."""

import os
import pathlib
import re
import subprocess
import unittest

SOURCE = pathlib.Path(os.environ.get("FANOUT_SOURCE", ".")).resolve()
FANOUT = os.environ["FANOUT"]


def printed(*arguments):
    return subprocess.run([FANOUT, *arguments], check=True, capture_output=True, text=True,
                          timeout=60).stdout


def flags(command):
    """The lines of a help text that describe its flags."""
    return re.findall(r"^  -.*", printed(command, "--help"), re.M)


class Reference(unittest.TestCase):
    def test_lists_are_up_to_date(self):
        command = [SOURCE / "scripts/update-reference", "--check", FANOUT]
        checked = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(checked.returncode, 0, checked.stderr)

    def test_every_command_has_its_flags_there(self):
        page = (SOURCE / "docs/reference.md").read_text(encoding="utf-8")
        commands = re.findall(r"^  (\w+)  ", printed("--help").split("Subcommands:")[1], re.M)
        self.assertGreater(len(commands), 5)
        for command in commands:
            self.assertRegex(page, rf"(?m)^### .*\bfanout {command}\b")
            for flag in flags(command):
                self.assertIn(flag, page, command)

    def test_sweep_takes_the_flags_of_run(self):
        self.assertEqual(flags("sweep"), flags("run"))

    def test_the_changelog_is_of_this_version(self):
        changes = (SOURCE / "CHANGELOG.md").read_text(encoding="utf-8")
        newest = re.search(r"^## (\d+\.\d+\.\d+)", changes, re.M)
        self.assertIsNotNone(newest, "CHANGELOG.md names no version")
        self.assertEqual(newest[1], printed("--version").strip())


if __name__ == "__main__":
    unittest.main()
