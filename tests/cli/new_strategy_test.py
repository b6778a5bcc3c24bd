"""Adding a strategy takes one file and one registry line: does what CONTRIBUTING.md says.

Takes the code and the line from that page, compiles just the two files with the build's own
commands, links them with the rest of the tool, and looks for the row everywhere.
Needs FANOUT_BUILD (a build folder made by CMake) and FANOUT_SOURCE.
"""

import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ.get("FANOUT_SOURCE", "."))
BUILD = os.environ.get("FANOUT_BUILD")


def run(command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=300, **options)


def page():
    """The code block and the registry line of CONTRIBUTING.md, without their indentation."""
    text = (SOURCE / "CONTRIBUTING.md").read_text()
    blocks = re.findall(r"^   ```cpp\n(.*?)^   ```", text, re.S | re.M)
    code, line = (re.sub(r"^   ", "", block, flags=re.M) for block in blocks[:2])
    return code, line


def compile_command(source):
    for entry in json.loads((pathlib.Path(BUILD) / "compile_commands.json").read_text()):
        if entry["file"] == str(source):
            return shlex.split(entry["command"])
    raise AssertionError(f"{source} is not in compile_commands.json")


@unittest.skipUnless(BUILD, "FANOUT_BUILD is not set")
class NewStrategy(unittest.TestCase):
    def test_one_file_and_one_line(self):
        with tempfile.TemporaryDirectory() as folder:
            tool = self.build(pathlib.Path(folder))
            listed = run([tool, "list", "strategies"]).stdout
            self.assertIn("static_shares", listed)
            result = pathlib.Path(folder) / "result.json"
            table = run([tool, "run", "--strategy", "static_shares", "-n", "40", "--rounds", "1",
                         "-o", str(result)], cwd=folder).stdout
            self.assertIn("static_shares", table)
            (cell,) = json.loads(result.read_text())["cells"]
            self.assertEqual(cell["strategy"], "static_shares")
            self.assertTrue(cell["runs"][0]["valid"], cell["runs"][0]["reasons"])

    def build(self, folder):
        code, line = page()
        registry = SOURCE / "strategies/registry.cpp"
        table = registry.read_text()
        self.assertIn("  };\n", table)
        (folder / "new.cpp").write_text(code)
        (folder / "registry.cpp").write_text(table.replace("  };\n", f"{line}  }};\n", 1))
        objects = []
        for name in ("new", "registry"):
            command = compile_command(registry)
            command[command.index("-o") + 1] = str(folder / f"{name}.o")
            command[command.index("-c") + 1] = str(folder / f"{name}.cpp")
            run(command, cwd=BUILD)
            objects.append(str(folder / f"{name}.o"))
        # Our objects stand before the archives, so they win over the archived registry.
        link = run(["ninja", "-C", BUILD, "-t", "commands", "fanout"]).stdout.splitlines()[-1]
        tool = str(folder / "fanout")
        link = link.replace(" -o fanout ", f" {' '.join(objects)} -o {tool} ")
        run(["sh", "-c", link], cwd=BUILD)
        return tool


if __name__ == "__main__":
    unittest.main()
