"""The Debian package that cpack makes of this build: what is in it, what lintian finds, and that it
runs where it is unpacked. FANOUT_BUILD names the build folder. scripts/try-package installs it in a
bare system."""

import gzip
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

BUILD = os.environ.get("FANOUT_BUILD")
SOURCE = pathlib.Path(os.environ.get("FANOUT_SOURCE", ".")).resolve()
MODULES = SOURCE / "charts/node_modules"
HANG_S = 300
IN_PAGE = ("echarts/NOTICE", "echarts/licenses/LICENSE-d3", "zrender/LICENSE", "tslib/LICENSE.txt")


def output_of(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=HANG_S, check=True,
                          **options).stdout


def words_of(text):
    """A text's words, without what marks a line of a copyright file as one that goes on."""
    return " ".join(word for word in text.split() if word not in (".", "*"))


@unittest.skipUnless(BUILD, "FANOUT_BUILD is not set: name the build folder to package")
class PackageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for tool in ("cpack", "dpkg-shlibdeps", "file"):
            if not shutil.which(tool):
                raise unittest.SkipTest(f"{tool} is not installed")
        folder = tempfile.TemporaryDirectory(prefix="fanout-package-")
        cls.addClassCleanup(folder.cleanup)
        output_of("cpack", "--config", pathlib.Path(BUILD).resolve() / "CPackConfig.cmake", "-B", folder.name,
                  "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=gzip", cwd=folder.name)
        cls.package, = pathlib.Path(folder.name).glob("fanout_*.deb")
        cls.root = pathlib.Path(folder.name) / "root"
        output_of("dpkg-deb", "--extract", cls.package, cls.root)

    def field(self, name):
        return output_of("dpkg-deb", "--field", self.package, name).strip()

    def test_it_needs_libraries_and_only_suggests_what_peers_need(self):
        depends = re.findall(r"[\w.+-]+(?= |,|$)", re.sub(r"\(.*?\)", "", self.field("Depends")))
        for library in ("libc6", "libcurl4", "libcpp-httplib", "libfmt", "libssl3"):
            self.assertTrue(any(name.startswith(library) for name in depends), depends)
        self.assertEqual([name for name in depends if not name.startswith("lib")], [])
        self.assertEqual(self.field("Recommends"), "")
        self.assertTrue({"python3", "nodejs"} <= set(self.field("Suggests").split(", ")))

    def test_it_holds_what_belongs_to_the_program(self):
        files = {str(path.relative_to(self.root)) for path in self.root.rglob("*")
                 if path.is_file()}
        share = "usr/share/"
        self.assertLessEqual({
            "usr/bin/fanout", share + "man/man1/fanout.1.gz", share + "fanout/peers/peers.json",
            share + "bash-completion/completions/fanout", share + "zsh/vendor-completions/_fanout",
            share + "fish/vendor_completions.d/fanout.fish", share + "doc/fanout/copyright",
            share + "doc/fanout/changelog.gz", share + "doc/fanout/changelog.Debian.gz",
            share + "doc/fanout/examples/scenarios/local-500.json"}, files)
        self.assertEqual([file for file in files
                          if not file.startswith((share, "usr/bin/fanout"))], [])
        page = gzip.decompress((self.root / share / "man/man1/fanout.1.gz").read_bytes()).decode()
        self.assertEqual(page, output_of(self.root / "usr/bin/fanout", "internal-manual"))

    def test_it_runs_where_it_is_unpacked(self):
        peers = output_of(self.root / "usr/bin/fanout", "list", "cells", "--peers", "--scenario",
                          self.root / "usr/share/doc/fanout/examples/scenarios/zero.json")
        self.assertIn("curl_parallel", peers)
        self.assertNotIn("not installed beside this fanout", peers)

    def test_lintian_finds_neither_errors_nor_warnings(self):
        if not shutil.which("lintian"):
            self.skipTest("lintian is not installed")
        found = subprocess.run(["lintian", "--fail-on", "error,warning", self.package],
                               capture_output=True, text=True, timeout=HANG_S)
        self.assertEqual(found.returncode, 0, found.stdout + found.stderr)

    @unittest.skipUnless(MODULES.exists(), "charts/node_modules is not installed")
    def test_the_copyright_file_holds_the_licences_of_the_page(self):
        copyright = words_of((self.root / "usr/share/doc/fanout/copyright").read_text())
        for name in IN_PAGE:
            text = (MODULES / name).read_text().strip()
            for paragraph in re.split(r"\n\s*\n", text):
                if not re.match(r"Copyright|All rights|BSD 3|Apache ECharts", paragraph):
                    self.assertIn(words_of(paragraph), copyright, name)
            for holder in re.findall(r"^Copyright (?:\(c\) )?(.*?)\.?$", text, re.M):
                self.assertIn(holder.replace(",", ""), copyright, name)


if __name__ == "__main__":
    unittest.main()
