"""docs/tutorial.md can be followed: runs its commands and holds their output against what it shows.

All `sh` blocks run in one shell, in a temporary folder that looks like a checkout after a build:
build/release/fanout is the tool, and scripts/bench passes its arguments to `fanout run`. A `text`
block shows what the `sh` block above it prints. Figures differ between machines, so a line counts up
to its first digit or colon, and must be printed in the order shown; what depends on who wins does not
count at all.
"""

import re
import subprocess
import unittest

import fanout_cli

PAGE = fanout_cli.ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.S | re.M)
DEPENDS = re.compile(r" *\d|\.\.\.$|(Shortest|Fastest|Cheapest|It is also) ")
TIMEOUT_S = 300


def steps():
    """The page's commands, each with the lines that are shown below it."""
    found = []
    for kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "sh":
            found.append((text, []))
        else:
            found[-1][1].extend(text.splitlines())
    return found


def beginning(line):
    """A line as it is on every machine: up to a digit or colon, columns as wide as they may be."""
    words = re.match(r"[^\d:]*:?", line)[0].split()
    return " ".join("--" if set(word) == {"-"} else word for word in words)


class Tutorial(fanout_cli.CliTest):
    def test_the_page_can_be_followed(self):
        for (command, shown), printed in zip(steps(), self.follow(), strict=True):
            lines = iter(beginning(line) for line in printed.splitlines())
            for line in shown:
                if line and not DEPENDS.match(line):
                    self.assertTrue(any(has.startswith(beginning(line)) for has in lines),
                                    f"{command}\ndoes not print, after what is shown above it:\n"
                                    f"{line}\n--- it prints\n{printed}")
        self.decision()

    def follow(self):
        """Runs all commands and returns what each printed."""
        (self.folder / "build/release").mkdir(parents=True)
        (self.folder / "build/release/fanout").symlink_to(fanout_cli.FANOUT)
        bench = self.folder / "scripts/bench"
        bench.parent.mkdir()
        bench.write_text('#!/bin/sh\nexec build/release/fanout run "$@"\n')
        bench.chmod(0o755)
        outputs = [self.folder / f"step-{number}.txt" for number in range(len(steps()))]
        script = "".join(f"{{\n{command}}} >{output}\n"
                         for (command, _), output in zip(steps(), outputs))
        shell = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=self.folder,
                               env=fanout_cli.marked_environment(self.mark), text=True,
                               stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=TIMEOUT_S)
        self.assertEqual(shell.returncode, 0, shell.stderr)
        return [output.read_text() for output in outputs]

    def decision(self):
        """What the page concludes: ten workers, and the event loop takes the least CPU."""
        folder = self.folder / "results/runs/tutorial"
        sweep = fanout_cli.load(folder / "sweep.json")["sweeps"][0]
        self.assertEqual((sweep["strategy"], sweep["knee_workers"]), ("event_loop", 10))
        verdicts = fanout_cli.load(folder / "decision.json")["verdicts"]
        by_cpu = next(verdict for verdict in verdicts if verdict["measure"] == "cpu")
        self.assertEqual([cell["strategy"] for cell in by_cpu["bands"][0]], ["event_loop"])
        self.assertIn("<html", (folder / "decision.html").read_text(encoding="utf-8")[:1000])


if __name__ == "__main__":
    unittest.main()
