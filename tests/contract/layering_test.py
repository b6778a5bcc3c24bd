#!/usr/bin/env python3
"""Checks that dependencies point one way and that files keep to their size.

    layering_test.py CHECKOUT            print what breaks which rule as file:line; exit 1 if any does
    layering_test.py CHECKOUT --table    write the table of rooms into docs/architecture.md
"""
import pathlib
import re
import sys

CODE_FOLDERS = ("base", "wire", "transports", "strategies", "local_server", "harness", "cluster")

# Every room: what lives there, and its doors, which are the rooms and single headers it may include
# besides its own. A room is a folder; a file belongs to the longest one that its path begins with.
ROOMS = {
    "base": ("clock, histogram, units, text, errors, descriptors, reading JSON: small, and free of "
             "the domain", ()),
    "wire": ("what both ends of a connection share: tokens, TLS streams, socket options",
             ("base",)),
    "transports": ("the client port, its registry and one file per HTTP client; `verify` judges "
                   "responses, `policy` retries, `pacing` keeps schedules",
                   ("base", "wire")),
    "transports/curl": ("the clients on libcurl; `curl_options` alone sets libcurl's options",
                        ("base", "wire", "transports")),
    "transports/beast": ("the clients on Boost.Beast", ("base", "wire", "transports")),
    "transports/nghttp2": ("the client of HTTP/2 on libnghttp2", ("base", "wire", "transports")),
    "strategies": ("the strategy port, its registry and one file per strategy; `peers/`: the "
                   "external programs", ("base", "transports/transport.h")),
    "local_server": ("the embedded server: `behaviour` says what to answer, `ledger` counts, two "
                     "engines serve", ("base", "wire")),
    "harness/machine": ("the machine and its processes: limits, environment, usage, children, "
                        "signals, files written whole", ("base", "wire", "transports/registry.h")),
    "harness/statistics": ("pure numbers: intervals, comparisons, ranks, slopes, scalability",
                           ("base/text.h",)),
    "harness/catalogue": ("what can be named: strategies with transports, external programs, "
                          "embedded files", ("base", "wire", "strategies", "transports")),
    "harness/scenario": ("the work: scenarios, their JSON, modes, schedules, lists of URLs; "
                         "`scenarios/`: the built-in ones",
                         ("base", "wire", "transports", "local_server/behaviour.h",
                          "strategies/work.h", "harness/catalogue")),
    "harness/plan": ("which cells run, in which order, which not and why, and how long it takes",
                     ("base", "wire", "strategies", "transports", "harness/machine",
                      "harness/statistics", "harness/catalogue", "harness/scenario")),
    "harness/cell": ("a run, seen from inside its own process",
                     ("base", "wire", "strategies", "transports", "harness/machine",
                      "harness/catalogue", "harness/scenario")),
    "harness/result": ("what was planned and measured, as plain data, and its summary",
                       ("base", "local_server/ledger.h", "harness/machine", "harness/statistics",
                        "harness/plan")),
    "harness/judge": ("from what happened to a run that may be believed: proof, figures, limits",
                      ("base", "wire", "strategies/strategy.h", "transports/retried.h",
                       "transports/verify.h", "local_server/answer.h", "local_server/ledger.h",
                       "harness/machine", "harness/scenario", "harness/plan", "harness/cell",
                       "harness/result")),
    "harness/control": ("runs, seen from the controller: rounds, one run, the server's process",
                        ("base", "wire", "local_server", "harness/machine", "harness/statistics",
                         "harness/scenario", "harness/plan", "harness/cell", "harness/result",
                         "harness/judge")),
    "harness/analysis": ("what a result means: verdicts, sweeps, recommendation, comparison",
                         ("base", "strategies/registry.h", "harness/statistics",
                          "harness/plan", "harness/result")),
    "harness/document": ("results as documents: JSON, Google Benchmark's JSON, the page",
                         ("base", "local_server/ledger_json.h", "harness/machine",
                          "harness/statistics", "harness/catalogue", "harness/scenario",
                          "harness/plan", "harness/result", "harness/analysis")),
    "harness/print": ("results as people read them: tables, words, progress",
                      ("base", "strategies/registry.h", "transports/registry.h",
                       "transports/verify.h", "transports/http2_windows.h", "harness/statistics",
                       "harness/catalogue", "harness/scenario", "harness/plan", "harness/result",
                       "harness/analysis", "harness/document")),
    "harness/recording": ("a real API, from single requests that were observed to a scenario that "
                          "behaves alike",
                          ("base", "wire", "transports", "local_server/behaviour.h",
                           "harness/scenario", "harness/print/table.h")),
    "harness/doctor": ("is this machine fit to measure?",
                       ("base", "strategies/registry.h", "transports/registry.h",
                        "harness/machine", "harness/statistics", "harness/catalogue",
                        "harness/plan", "harness/result", "harness/control", "harness/print")),
    "harness/commands": ("the command line and what each command does",
                         ("base", "local_server", "harness")),
    "cluster": ("`fanout-mpi`: cells that many client machines run together", ("base", "harness")),
    "harness": ("`main` alone", ("base", "harness/commands")),
}

# Libraries that are expensive to compile, and the only headers that may include them: each is
# private to the .cpp files of its own top folder.
HEAVY_LIBRARY = re.compile(r"<(boost/(?:asio|beast)[/.]|httplib\.h|curl/)")
PRIVATE_HEADERS = {
    "transports/asio_loop.h",
    "transports/beast/beast_async.h",
    "transports/curl/curl_handles.h",
    "transports/curl/curl_options.h",
    "transports/httplib_reading.h", "transports/nghttp2/http2_connection.h",
    "local_server/asio_connection.h", "local_server/asio_core.h",
    "local_server/hold_queue.h", "local_server/httplib_support.h",
    "local_server/request_scanner.h",
}

MOST_LINES = {".cpp": 300, ".h": 150, ".py": 300, ".mjs": 300}
MOST_LINES_OF = {"harness/main.cpp": 60}

INCLUDE = re.compile(r'\s*#\s*include\s+("[^"]+"|<[^>]+>)')
ROW_NAME = re.compile(r'^const (?:Strategy|Transport) \w+\s*\{\s*(?:\.name\s*=\s*)?"([^"]+)"', re.M)
CURL_OPTION = re.compile(r"\bcurl_(?:easy|multi|share)_setopt\b")


class Checkout:
    def __init__(self, root):
        self.root = root
        self.broken = []

    def files(self, folders, endings=(".h", ".cpp")):
        for folder in folders:
            for path in sorted((self.root / folder).rglob("*")):
                if path.suffix in endings and path.is_file():
                    yield path.relative_to(self.root).as_posix(), path.read_text()

    def says(self, file, line, rule):
        self.broken.append(f"{file}:{line}: {rule}")


def without_comment(line):
    return line.split("//", 1)[0]


def numbered(text):
    return enumerate(text.splitlines(), start=1)


def room_of(path):
    """The room a file is in: the longest that its path begins with."""
    inside = [room for room in ROOMS if path.startswith(room + "/")]
    return max(inside, key=len) if inside else ""


def own_headers(text):
    """The project's headers that a file includes, each with its line."""
    for line, code in numbered(text):
        found = INCLUDE.match(code)
        if found and found.group(1).startswith('"'):
            yield line, found.group(1)[1:-1]


def is_open(room, header):
    """Whether a door of the room leads to this header. A door to a folder is one to all below it."""
    if room_of(header) == room:
        return True
    return any(header == door or header.startswith(door + "/") for door in ROOMS[room][1])


def check_includes(checkout):
    for file, text in checkout.files(CODE_FOLDERS):
        room = room_of(file)
        if room == "harness" and file != "harness/main.cpp":
            checkout.says(file, 1, "lies in no room; move it into a folder of harness/")
        for line, header in own_headers(text):
            if not is_open(room, header):
                checkout.says(file, line, f"{room}/ may not include {header}; its doors: "
                                          f"{', '.join(ROOMS[room][1]) or 'none'}")
        for line, code in numbered(text):
            found = INCLUDE.match(code)
            heavy = found and HEAVY_LIBRARY.match(found.group(1))
            if heavy and file.endswith(".h") and file not in PRIVATE_HEADERS:
                checkout.says(file, line, f"{found.group(1)} is expensive to compile: keep it in "
                                          ".cpp files (or list the header as private in this test)")


def cycles(arrows):
    """The sets of two or more nodes that reach each other (Tarjan's algorithm)."""
    found, stack, number, lowest = [], [], {}, {}

    def visit(node):
        number[node] = lowest[node] = len(number)
        stack.append(node)
        for other in arrows.get(node, ()):
            if other not in number:
                visit(other)
            if other in stack:
                lowest[node] = min(lowest[node], lowest[other])
        if lowest[node] == number[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for node in list(arrows):
        if node not in number:
            visit(node)
    return found


def check_cycles(checkout):
    """No circle between rooms, and none between units (a header and its .cpp are one)."""
    units, rooms = {}, {}
    for file, text in checkout.files(CODE_FOLDERS):
        unit = file.rsplit(".", 1)[0]
        for _, header in own_headers(text):
            if header.rsplit(".", 1)[0] != unit:
                units.setdefault(unit, set()).add(header.rsplit(".", 1)[0])
            if room_of(header) != room_of(file) and "/main." not in file:
                rooms.setdefault(room_of(file), set()).add(room_of(header))
    for circle in cycles(units) + cycles(rooms):
        checkout.says(circle[0], 1, f"a circle of includes: {', '.join(circle)}")


def table_of_rooms():
    rows = ["| room | what lives there | may include, besides its own |", "|---|---|---|"]
    for room, (what, doors) in ROOMS.items():
        names = ", ".join(door.removeprefix("harness/") for door in doors)
        rows.append(f"| `{room}/` | {what} | {names or 'nothing'} |")
    return "\n".join(rows) + "\n"


def with_table(page):
    """The page with the table of rooms between its marks."""
    begin, end = "<!-- made by tests/contract/layering_test.py: rooms -->\n", "<!-- end -->"
    head, rest = page.split(begin)
    return head + begin + table_of_rooms() + rest[rest.index(end):]


def check_table(checkout):
    page = (checkout.root / "docs/architecture.md").read_text()
    if with_table(page) != page:
        checkout.says("docs/architecture.md", 1, "shows another table of rooms; write it anew: "
                                                 "tests/contract/layering_test.py . --table")


def check_private_headers(checkout):
    """A private header is included by files of its own folder only, and is still needed."""
    texts = dict(checkout.files(CODE_FOLDERS))
    for header in PRIVATE_HEADERS - texts.keys():
        checkout.says("tests/contract/layering_test.py", 1, f"{header} is listed but not there")
    for file, text in texts.items():
        for line, header in own_headers(text):
            if header in PRIVATE_HEADERS and header.split("/")[0] != file.split("/")[0]:
                checkout.says(file, line, f"{header} is private to its folder")


def check_sizes(checkout):
    for file, text in checkout.files((*CODE_FOLDERS, "tests", "bench", "scripts", "charts/src"), MOST_LINES):
        lines = text.count("\n")
        most = MOST_LINES_OF.get(file, MOST_LINES[pathlib.Path(file).suffix])
        if lines > most:
            checkout.says(file, most + 1, f"{lines} lines, at most {most}; make it two files")


def row_names(checkout):
    """The names of all strategies and transports, as their rows define them."""
    names = set()
    for folder in ("strategies", "transports"):
        found = set()
        for file, text in checkout.files([folder], (".cpp",)):
            found |= set(ROW_NAME.findall(text))
        registry = (checkout.root / folder / "registry.cpp").read_text()
        rows = len(re.findall(r"extern const", registry))
        if len(found) != rows:
            checkout.says(f"{folder}/registry.cpp", 1,
                          f"{rows} rows, but {len(found)} names were found: {sorted(found)}")
        names |= found
    return names


def check_names(checkout):
    """The harness iterates the registries; it knows no row by name."""
    quoted = re.compile('"(' + "|".join(map(re.escape, sorted(row_names(checkout)))) + ')"')
    for file, text in checkout.files(["harness"]):
        for line, code in numbered(text):
            found = quoted.search(without_comment(code))
            if found and "EngineKind" not in code:  # an engine of the server may share its name
                checkout.says(file, line, f"names the row {found.group(0)}; ask the row instead")


def check_curl_options(checkout):
    for file, text in checkout.files(CODE_FOLDERS):
        if re.fullmatch(r"transports/curl/curl_(multi_)?options\.cpp", file):
            continue
        for line, code in numbered(text):
            found = CURL_OPTION.search(without_comment(code))
            if found:
                checkout.says(file, line, f"{found.group(0)}: libcurl's options are set in "
                                          "transports/curl/curl_options.cpp, curl_multi_options.cpp only")


def main():
    checkout = Checkout(pathlib.Path(sys.argv[1]).resolve())
    if "--table" in sys.argv[2:]:
        page = checkout.root / "docs/architecture.md"
        page.write_text(with_table(page.read_text()))
        return 0
    for check in (check_includes, check_cycles, check_table, check_private_headers, check_sizes,
                  check_names, check_curl_options):
        check(checkout)
    for line in checkout.broken:
        print(line)
    print(f"{len(checkout.broken)} rules broken")
    return 1 if checkout.broken else 0


if __name__ == "__main__":
    sys.exit(main())
