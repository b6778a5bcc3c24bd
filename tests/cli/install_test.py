"""What cmake --install puts somewhere else runs there. FANOUT_BUILD names the build folder."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import fanout_cli
from fanout_cli import load, validate

BUILD = os.environ.get("FANOUT_BUILD")


@unittest.skipUnless(BUILD, "FANOUT_BUILD is not set: name the build folder to install from")
@unittest.skipUnless(shutil.which("cmake"), "cmake is not on PATH")
class InstallTest(fanout_cli.CliTest):
    def setUp(self):
        super().setUp()
        prefix = tempfile.TemporaryDirectory(prefix="fanout-install-")
        self.addCleanup(prefix.cleanup)
        self.prefix = pathlib.Path(prefix.name)
        done = subprocess.run(["cmake", "--install", BUILD, "--prefix", self.prefix],
                              capture_output=True, text=True, timeout=fanout_cli.HANG_S,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def installed(self, *arguments):
        """The installed tool, in a folder that knows nothing of the source or the build."""
        return subprocess.run([self.prefix / "bin" / "fanout", *arguments], cwd=self.folder,
                              env=fanout_cli.marked_environment(self.mark), capture_output=True,
                              text=True, timeout=fanout_cli.HANG_S, check=False)

    def test_it_runs_from_another_folder(self):
        done = self.installed("list", "strategies")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, self.succeed("list", "strategies").out)

    def test_it_measures_with_its_built_in_scenarios(self):
        done = self.installed("run", "-n", "8", "--rounds", "1", "--strategy", "event_loop",
                              "--output", "r.json")
        self.assertEqual(done.returncode, 0, done.stderr)
        document = load(self.folder / "r.json")
        validate(document)
        self.assertEqual(document["status"], "complete")

    def test_it_runs_the_peers_that_were_installed_with_it(self):
        name = "py_thread_queue_head"
        if fanout_cli.absent_peers(name):
            self.skipTest(f"{name} is not installed here")
        done = self.installed("run", "-n", "8", "--rounds", "1", "--strategy", name,
                              "--output", "r.json")
        self.assertEqual(done.returncode, 0, done.stderr)
        command = load(self.folder / "r.json")["plan"]["programs"][0]["command"]
        self.assertEqual(command[1], str(self.prefix / "share/fanout/peers" / f"{name}.py"))

    def test_nothing_but_the_program_is_installed(self):
        files = [path.relative_to(self.prefix) for path in self.prefix.rglob("*")
                 if not path.is_dir()]
        self.assertIn(pathlib.Path("bin/fanout"), files)
        for file in files:
            self.assertIn(file.parts[0], ("bin", "share"), "a test or a library was installed")


if __name__ == "__main__":
    unittest.main()
