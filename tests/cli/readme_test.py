"""The lists in README.md are what the tool lists."""

import os
import pathlib
import subprocess
import unittest

SOURCE = pathlib.Path(os.environ.get("FANOUT_SOURCE", "."))


class Readme(unittest.TestCase):
    def test_lists_are_up_to_date(self):
        command = [SOURCE / "scripts/update-readme", "--check", os.environ["FANOUT"]]
        checked = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(checked.returncode, 0, checked.stderr)


if __name__ == "__main__":
    unittest.main()
