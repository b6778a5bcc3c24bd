#!/usr/bin/env python3
"""Lints the C++ of this checkout; each call is one ctest entry:
  lint.py format                      every file is laid out as .clang-format says
  lint.py tidy BUILD FOLDER [I/N]     .clang-tidy finds nothing in FOLDER (in part I of N)

Reading headers is most of what clang-tidy does, so it is given many files at a time: a batch
includes them one after the other. Two files that define one name cannot share a batch. A batch in
which nothing was found leaves a stamp in BUILD, and is not linted again until something changes."""
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
FOLDERS = ["base", "wire", "transports", "strategies", "local_server", "harness", "cluster",
           "bench", "tests"]
BATCH = 16
# The names of types, functions and constants that a file defines at the beginning of a line.
DEFINED = re.compile(r"^(?:class|struct|enum class) (\w+)"
                     r"|^(?!namespace|using|template)[a-z][^\n;={]*?\b(?<!::)(\w+)(?:\(|\{| = )",
                     re.MULTILINE)


def files_of(folder, suffix):
    return sorted((SOURCE / folder).rglob("*" + suffix))


def batches_of(files):
    batches = []
    for file in files:
        names = {name for pair in DEFINED.findall(file.read_text()) for name in pair if name}
        for members, taken in batches:
            if len(members) < BATCH and not names & taken:
                members.append(file)
                taken |= names
                break
        else:
            batches.append(([file], names))
    return [members for members, _ in batches]


class Tidy:
    """clang-tidy on files of one folder, with the flags that the build compiles them with: all but
    GCC's own, and -Wshadow, which sees one file's names from another of its batch."""

    def __init__(self, build, folder):
        self.folder = folder
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

    def lint(self, files, headers=()):
        """Returns 1 if anything was found in these files or in the headers of the folder."""
        stamp = self.place / f"{self.folder}-{self.digest(files, self.common)[:16]}.ok"
        if stamp.exists():
            return 0
        batch = stamp.with_suffix(".cpp")
        batch.write_text("".join(f'#include "{file}"\n' for file in [*headers, *files]))
        other_presets = ["-std=c++20", f"-I{SOURCE}"]  # whose files this build does not compile
        flags = list(dict.fromkeys(
            flag for file in files for flag in self.flags.get(str(file), other_presets)))
        done = subprocess.run(
            ["clang-tidy", "--quiet", f"--config-file={SOURCE}/.clang-tidy",
             f"--header-filter=^{SOURCE}/{self.folder}/", str(batch), "--", *flags],
            capture_output=True, text=True)
        batch.unlink()
        if "[clang-diagnostic-error" in done.stdout and len(files) > 1:
            half = len(files) // 2  # names clash after all, or a file does not compile
            found = [self.lint(files[:half], headers), self.lint(files[half:])]
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


def tidy(build, folder, part="1/1"):
    index, parts = map(int, part.split("/"))
    runner = Tidy(build, folder)
    batches = [[batch, files_of(folder, ".h") if number == 0 else ()]
               for number, batch in enumerate(batches_of(files_of(folder, ".cpp")))]
    return max([runner.lint(*batch) for batch in batches[index - 1::parts]], default=0)


if __name__ == "__main__":
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))  # tests beside it measure times
    sys.exit(check_format() if sys.argv[1] == "format" else tidy(*sys.argv[2:]))
