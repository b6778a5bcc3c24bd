"""The pages say what the tool says: its lists, flags and version. Their links lead somewhere."""

import os
import pathlib
import re
import subprocess
import unittest

SOURCE = pathlib.Path(os.environ.get("FANOUT_SOURCE", ".")).resolve()
FANOUT = os.environ["FANOUT"]
WIDTH = 100
SECTION = re.compile(r'(docs/[\w-]+\.md),\s+(?://\s+)?"([^"]+)"')
FENCED = re.compile(r"^( *)```.*?^\1```$", re.S | re.M)


def printed(*arguments):
    return subprocess.run([FANOUT, *arguments], check=True, capture_output=True, text=True,
                          timeout=60).stdout


def flags(command):
    """The lines of a help text that describe its flags."""
    return re.findall(r"^  -.*", printed(command, "--help"), re.M)


def pages():
    """Every Markdown page of the project, as (path, text)."""
    for path in sorted(SOURCE.rglob("*.md")):
        inside = path.relative_to(SOURCE).parts
        if "node_modules" not in inside and inside[0] != "build":
            yield path, path.read_text(encoding="utf-8")


def sources():
    """The texts of the code, whose comments name sections of pages."""
    for folder in ("base", "harness", "local_server", "strategies", "transports", "wire"):
        for path in (SOURCE / folder).rglob("*"):
            if path.suffix in (".cpp", ".h"):
                yield path.read_text(encoding="utf-8")


def prose(text):
    """A page without what may be wide: code, fenced or indented, and tables."""
    return [line for line in FENCED.sub("", text).splitlines()
            if not line.startswith(("|", "    "))]


def anchors(text):
    """How a page's headings are linked to: as GitHub names them."""
    headings = re.findall(r"^#+ (.*)", FENCED.sub("", text), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


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


class Pages(unittest.TestCase):
    def test_sections_named_elsewhere_are_there(self):
        named = {name for text in sources() for name in SECTION.findall(text)}
        self.assertNotEqual(named, set())
        for page, title in sorted(named):
            text = (SOURCE / page).read_text(encoding="utf-8")
            self.assertRegex(text, rf"(?m)^(#+ |\| \[){re.escape(title)}\b")

    def test_prose_is_wrapped(self):
        for path, text in pages():
            wide = [line for line in prose(text) if len(line) > WIDTH]
            with self.subTest(path.relative_to(SOURCE)):
                self.assertEqual(wide, [])

    def test_links_lead_somewhere(self):
        checked = 0
        for path, text in pages():
            for link in re.findall(r"\]\(([^)\s]+)\)", FENCED.sub("", text)):
                if "://" in link:
                    continue
                name, _, anchor = link.partition("#")
                target = path.parent / name if name else path
                self.assertTrue(target.exists(), f"{path}: {link}")
                if anchor:
                    self.assertIn(anchor, anchors(target.read_text(encoding="utf-8")), path)
                checked += 1
        self.assertGreater(checked, 20)


if __name__ == "__main__":
    unittest.main()
