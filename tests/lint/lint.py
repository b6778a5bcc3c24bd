#!/usr/bin/env python3
"""Lints the C++ of this checkout; each call is one ctest entry:
  lint.py format             every file is laid out as .clang-format says
  lint.py tidy BUILD I/N     .clang-tidy finds nothing in part I of N of all files

Headers are most of what clang-tidy looks at, so it is given many files at a time: a batch includes
them one after the other. Two files that define one name cannot share a batch. A batch in which
nothing was found leaves a stamp in BUILD, and is not linted again until something changes."""
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
# Strategies first: they are alike on purpose, so that each begins a batch.
FOLDERS = ["strategies", "base", "wire", "transports", "local_server", "harness", "cluster", "bench",
           "tests"]
BATCH = 24
# What clang-format leaves at the beginning of a line: types, functions and constants.
NAMES = re.compile(r"^(?:class|struct|enum class) (\w+)"
                   r"|^using (\w+) = "
                   r"|^(?!namespace|using|template|extern|TEST)[A-Za-z][^\n;={]*?"
                   r"\b(?<!::)(\w+)(?:\(|\{| = )", re.MULTILINE)
PRIVATE = re.compile(r"^namespace \{$.*?^\}  // namespace$|^int main\(", re.MULTILINE | re.DOTALL)
USED = re.compile(r"^using (?!namespace)[\w:]*::(\w+);", re.MULTILINE)
CLASH = re.compile(r"^(\S+):\d+:\d+: error: .*\[clang-diagnostic-error\]$", re.MULTILINE)
INCLUDED = re.compile(r'^#include "(.*)"', re.MULTILINE)


def files_of(folder, suffix):
    return sorted((SOURCE / folder).rglob("*" + suffix))


def names_in(text):
    return {name for found in NAMES.findall(text) for name in found if name}


def headers_of(file, seen):
    """The project's headers that a file includes, those that they include too."""
    for name in INCLUDED.findall(file.read_text()):
        header = SOURCE / name
        if header not in seen and header.exists():
            seen.add(header)
            headers_of(header, seen)
    return seen


class Batch:
    """Files that can be read as one: what one keeps to itself is named otherwise in all others."""

    def __init__(self):
        self.files, self.private, self.public = [], set(), set()

    def take(self, file, private, public):
        """Returns whether it could."""
        if private & (self.private | self.public) or public & self.private:
            return False
        self.files.append(file)
        self.private |= private
        self.public |= public
        return True


def batches_of(files):
    """A batch takes more than fits where all that have room have a name of the file's."""
    batches = []
    for file in files:
        text = file.read_text()
        private = names_in("\n".join(PRIVATE.findall(text)))
        public = set(USED.findall(text)).union(
            *(names_in(header.read_text()) for header in headers_of(file, set())))
        ready = sorted(batches, key=lambda batch: len(batch.files) >= BATCH)
        if len(batches) * BATCH <= len(files):
            ready = [batch for batch in ready if len(batch.files) < BATCH]
        if not any(batch.take(file, private, public) for batch in ready):
            batches.append(Batch())
            batches[-1].take(file, private, public)
    return [batch.files for batch in batches]


class Tidy:
    """clang-tidy on files with the flags that the build compiles them with: all but GCC's own, and
    -Wshadow, which sees one file's names from another of its batch."""

    def __init__(self, build):
        self.place = Path(build) / "lint"
        self.place.mkdir(exist_ok=True)
        self.flags = {}
        for entry in json.loads((Path(build) / "compile_commands.json").read_text()):
            self.flags[entry["file"]] = [
                word for word in shlex.split(entry["command"].replace("-isystem ", "-isystem"))
                if word.startswith(("-D", "-I", "-isystem", "-W", "-std"))
                and word not in ("-Werror", "-Wno-restrict", "-Wshadow")]
            if "/unity/" in entry["file"]:  # stands for the files that it includes
                for file in re.findall(r'#include "(.*)"', Path(entry["file"]).read_text()):
                    self.flags[str(SOURCE / file)] = self.flags[entry["file"]]
        headers = [file for name in FOLDERS for file in files_of(name, ".h")]
        version = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True).stdout
        self.common = self.digest([SOURCE / ".clang-tidy", Path(__file__), *headers],
                                  version + repr(sorted(self.flags.items())))

    @staticmethod
    def digest(files, common=""):
        parts = [common, *(f"{file}\n{file.read_text()}" for file in files)]
        return hashlib.sha256("".join(parts).encode()).hexdigest()

    def run(self, files):
        batch = self.place / f"{self.digest(files)[:16]}.cpp"
        batch.write_text("".join(f'#include "{file}"\n' for file in files))
        other_presets = ["-std=c++20", f"-I{SOURCE}"]  # whose files this build does not compile
        flags = list(dict.fromkeys(
            flag for file in files for flag in self.flags.get(str(file), other_presets)))
        done = subprocess.run(
            ["clang-tidy", "--quiet", f"--config-file={SOURCE}/.clang-tidy",
             f"--header-filter=^{SOURCE}/({'|'.join(FOLDERS)})/", str(batch), "--", *flags],
            capture_output=True, text=True)
        batch.unlink()
        return done

    def lint(self, files):
        """Returns 1 if anything was found in these files or in the headers that they include."""
        stamp = self.place / f"{self.digest(files, self.common)[:16]}.ok"
        if stamp.exists():
            return 0
        done = self.run(files)
        wrong = set(CLASH.findall(done.stdout))
        apart = [file for file in files if str(file) in wrong]
        if wrong and len(files) > 1:  # names clash after all, or a file does not compile
            if len(apart) in (0, len(files)):
                apart = files[len(files) // 2:]
            found = [self.lint([file for file in files if file not in apart]), self.lint(apart)]
        else:
            print(done.stdout, end="")
            found = [done.returncode]
        if not any(found):
            stamp.touch()
        return int(any(found))


def check_format():
    files = [file for folder in [*FOLDERS, "scripts/skeletons"] for suffix in (".h", ".cpp")
             for file in files_of(folder, suffix)]
    return subprocess.run(["clang-format", "--dry-run", "-Werror", *files]).returncode


def tidy(build, part):
    index, parts = map(int, part.split("/"))
    runner = Tidy(build)
    files = [file for folder in FOLDERS for file in files_of(folder, ".cpp")
             if folder != "cluster" or str(file) in runner.flags]  # it is built where MPI is
    return max([runner.lint(batch) for batch in batches_of(files)[index - 1::parts]], default=0)


if __name__ == "__main__":
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # tests beside it measure times
    sys.exit(check_format() if sys.argv[1] == "format" else tidy(*sys.argv[2:]))
