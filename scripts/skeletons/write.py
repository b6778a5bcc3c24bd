"""Writes the skeleton of a strategy or transport and its line in the registry, and builds fanout.

    write.py strategy|transport NAME [--async] [--after ROW] [--no-build]

scripts/new-strategy and scripts/new-transport call it. Wrong input is one line on standard error
and exit code 2, and nothing is changed. A failed build is exit code 1, and leaves what was written.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
from typing import NoReturn

ROOT = pathlib.Path(__file__).resolve().parents[2]
KINDS = {"strategy": "strategies", "transport": "transports"}  # and their folders

# The definition of a row in a file of its folder: its variable and its name.
DEFINITION = re.compile(r'^const (?:Strategy|Transport) (\w+)\s*\{\s*\.name = "([^"]+)"', re.M)
# The line of a row in the table of its registry.
LINE = re.compile(r"^ *\[\] \{ extern const \w+ (\w+); return &\1; \}\(\),\n", re.M)

LONGEST_NAME = 24  # that line has the name twice within 100 columns
# What has a meaning of its own: to the command line, CMakeLists.txt or the skeletons, or to C++.
RESERVED = {"all", "main", "make", "own", "run", "strategies", "transports"}
KEYWORDS = set("""alignas alignof and and_eq asm auto bitand bitor bool break case catch char class
    co_await co_return co_yield compl concept const const_cast consteval constexpr constinit
    continue decltype default delete do double dynamic_cast else enum explicit export extern false
    float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr
    operator or or_eq private protected public register reinterpret_cast requires return short
    signed sizeof static static_assert static_cast struct switch template this thread_local throw
    true try typedef typeid typename union unsigned using virtual void volatile wchar_t while xor
    xor_eq""".split())

BUILD = f"""\
cmake --preset release && \
cmake --build --preset release --parallel {os.cpu_count()} --target fanout"""

NEXT = {
    "strategy": """
Write yours in place of what the skeleton does; read strategies/strategy.h first. Then look:
  cmake --build --preset release
  build/release/fanout list strategies
  build/release/fanout run --strategy {name},{strategy}
Test what is required of every strategy, and measure what it costs without a network:
  build/release/tests/strategy_contract --gtest_filter='*{name}*'
  build/release/bench/overhead_bench --benchmark_filter={name}
Last, bring the lists of the documentation up to date:
  scripts/update-reference
""",
    "transport": """
Write yours in place of what the skeleton does; read transports/transport.h first. Then look:
  cmake --build --preset release
  build/release/fanout list transports
  build/release/fanout run --strategy {strategy} --transport {name},{transport}
Test what is required of every transport:
  build/release/tests/transport_contract --gtest_filter='*{name}*'
Last, bring the lists of the documentation up to date:
  scripts/update-reference
""",
}
# What there is to compare with, of the same kind: on an event loop, or not.
RIVALS = {True: {"strategy": "event_loop", "transport": "curl_asio"},
          False: {"strategy": "thread_queue", "transport": "curl_easy"}}


class Refused(Exception):
    """Says why nothing was changed."""


class Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Refused(f"{message}; --help shows how it is called")


def arguments(kind: str, given: list[str]) -> argparse.Namespace:
    parser = Arguments(prog=f"scripts/new-{kind}", allow_abbrev=False,
                       description=f"Writes the skeleton {KINDS[kind]}/NAME.cpp and its line in "
                                   f"{KINDS[kind]}/registry.cpp, builds fanout with the preset "
                                   "release, and says what to look at next.")
    parser.add_argument("name", metavar="NAME", help="its name in lists and tables: snake_case")
    parser.add_argument("--async", action="store_true", dest="on_loop",
                        help=f"a {kind} on an event loop; else it is one that blocks")
    parser.add_argument("--after", metavar="ROW",
                        help=f"its place in lists is below this {kind}; else it is the last")
    parser.add_argument("--no-build", action="store_true", help="only write")
    return parser.parse_args(given)


def defined_rows(kind: str) -> dict[str, str]:
    """The names of the rows of this kind, each with its variable."""
    files = sorted((ROOT / KINDS[kind]).rglob("*.cpp"))
    return {name: variable for file in files
            for variable, name in DEFINITION.findall(file.read_text())}


def check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise Refused(f'the name "{name}" is not snake_case: words of lower-case letters and '
                      "digits, joined by single underscores, with a letter first")
    if len(name) > LONGEST_NAME:
        raise Refused(f'the name "{name}" is longer than {LONGEST_NAME} characters')
    if name in RESERVED | KEYWORDS:
        raise Refused(f'the name "{name}" means something else in C++ or in fanout')
    for kind in KINDS:
        rows = defined_rows(kind)
        if name in {*rows.keys(), *rows.values()}:
            raise Refused(f'the name "{name}" is taken by a {kind}')
    peers = json.loads((ROOT / "strategies/peers/peers.json").read_text())
    if name in {peer["name"] for peer in peers}:
        raise Refused(f'the name "{name}" is taken by an external program')


def with_line(kind: str, table: str, name: str, after: str | None) -> str:
    """The text of a registry, with the line of the new row in its table."""
    lines = {line[1]: line for line in LINE.finditer(table)}
    names = {variable: known for known, variable in defined_rows(kind).items()}
    rows = {names.get(variable, variable): line for variable, line in lines.items()}
    if not rows:
        raise Refused(f"{KINDS[kind]}/registry.cpp has no table of rows")
    if after is not None and after not in rows:
        raise Refused(f'there is no {kind} "{after}"; --after takes one of {", ".join(rows)}')
    at = rows[after or list(rows)[-1]].end()
    row = f"      [] {{ extern const {kind.capitalize()} {name}; return &{name}; }}(),\n"
    return table[:at] + row + table[at:]


def write(kind: str, options: argparse.Namespace) -> str:
    """Writes both files once nothing is found wrong; the path of the new one."""
    registry = ROOT / KINDS[kind] / "registry.cpp"
    skeleton = ROOT / f"scripts/skeletons/{kind}_{'async' if options.on_loop else 'blocking'}.cpp"
    if not (registry.is_file() and skeleton.is_file()):
        raise Refused(f"{ROOT} is no checkout of fanout; call the script that lies in one")
    check_name(options.name)
    new = registry.with_name(f"{options.name}.cpp")
    for path in (new, new.with_suffix(".h")):
        if path.exists():
            raise Refused(f"the file {path.relative_to(ROOT)} exists already")
    table = with_line(kind, registry.read_text(), options.name, options.after)
    try:
        new.write_text(re.sub(r"\bskeleton\b", options.name, skeleton.read_text()))
        registry.write_text(table)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise Refused(f"cannot write into {KINDS[kind]}/: {error.strerror}") from error
    return str(new.relative_to(ROOT))


def main(kind: str, *given: str) -> int:
    try:
        options = arguments(kind, list(given))
        new = write(kind, options)
    except Refused as why:
        print(f"new-{kind}:", *str(why).split(), file=sys.stderr)  # one line, whatever was typed
        return 2
    registry = f"{KINDS[kind]}/registry.cpp"
    print(f"wrote {new} and its line in {registry}", flush=True)
    if not options.no_build and subprocess.run(BUILD, shell=True, cwd=ROOT, stdout=2).returncode:
        print(f"new-{kind}: the build failed; {new} and its line in {registry} are kept: mend "
              "them and build again, or take both away", file=sys.stderr)
        return 1
    print(NEXT[kind].format(name=options.name, **RIVALS[options.on_loop]), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
