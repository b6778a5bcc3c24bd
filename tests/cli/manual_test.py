"""The manual page holds every command, flag and exit code, and man shows it without a warning."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

FANOUT = os.environ["FANOUT"]
SOURCE = pathlib.Path(os.environ.get("FANOUT_SOURCE", ".")).resolve()


def printed(*arguments):
    return subprocess.run([FANOUT, *arguments], check=True, capture_output=True, text=True,
                          timeout=60).stdout


@unittest.skipUnless(shutil.which("groff"), "groff is not installed")
class ManualTest(unittest.TestCase):
    def setUp(self):
        shown = subprocess.run(["groff", "-man", "-ww", "-Tascii", "-P-cbou", "-rLL=1000n"],
                               input=printed("internal-manual"), capture_output=True, text=True,
                               timeout=60, check=True)
        self.assertEqual(shown.stderr, "")
        self.page = re.sub(r"\s+", " ", shown.stdout)

    def test_every_command_and_flag_is_there_with_its_help(self):
        commands = re.findall(r"^  (\w+)  ", printed("--help").split("Subcommands:")[1], re.M)
        self.assertGreater(len(commands), 5)
        end = self.page.index(" EXIT STATUS ")
        for command in reversed(commands):
            about = printed(command, "--help")
            begin = self.page.index(f" fanout {command} {about.splitlines()[0]}")
            for flag, words in re.findall(r"^  (?:-\w,)?(--[\w-]+) .*?  +(\S.*)$", about, re.M):
                if flag != "--help":  # stands in the synopsis
                    self.assertIn(flag, self.page[begin:end], command)
                    self.assertIn(words, self.page[:end], command)
            end = begin

    def test_exit_codes_are_those_of_the_reference(self):
        reference = (SOURCE / "docs/reference.md").read_text(encoding="utf-8")
        rows = re.findall(r"^\| (\d+) \| (.*?) \|", reference.split("## Exit codes")[1], re.M)
        self.assertGreater(len(rows), 6)
        status = self.page[self.page.index(" EXIT STATUS "):self.page.index(" ENVIRONMENT ")]
        for code, means in rows:
            self.assertRegex(status, rf"\b{code} ")
            for part in re.split(r" \(", means.replace("`", ""), maxsplit=1):
                self.assertIn(part.rstrip(")"), status)


if __name__ == "__main__":
    unittest.main()
