#!/usr/bin/env python3
"""Checks that dependencies point one way and that files keep to their size (docs/architecture.md).

    layering_test.py CHECKOUT

Prints what breaks which rule as file:line, and leaves with 1 if anything does.
"""
import pathlib
import re
import sys

CODE_FOLDERS = ("base", "transports", "strategies", "local_server", "harness")

# What the files of a folder may include: folders, or single headers.
MAY_INCLUDE = {
    "base": ("base/",),
    "transports": ("transports/", "base/"),
    "strategies": ("strategies/", "base/", "transports/transport.h"),
    "local_server": ("local_server/", "base/"),
    "harness": ("harness/", "strategies/", "transports/", "local_server/", "base/"),
}

# Libraries that are expensive to compile, and the only headers that may include them: each is
# private to the .cpp files of its own folder.
HEAVY_LIBRARY = re.compile(r"<(boost/(?:asio|beast)[/.]|httplib\.h|curl/)")
PRIVATE_HEADERS = {
    "transports/asio_loop.h",
    "transports/beast_async.h",
    "transports/curl_handles.h",
    "transports/curl_options.h",
    "transports/response_scanner.h",
    "local_server/asio_connection.h",
    "local_server/hold_queue.h",
    "local_server/httplib_support.h",
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


def check_includes(checkout):
    for file, text in checkout.files(CODE_FOLDERS):
        folder = file.split("/", 1)[0]
        for line, code in numbered(text):
            found = INCLUDE.match(code)
            if not found:
                continue
            header = found.group(1)
            if header.startswith('"') and not header[1:-1].startswith(MAY_INCLUDE[folder]):
                checkout.says(file, line, f"{folder}/ may not include {header}; only "
                                          f"{', '.join(MAY_INCLUDE[folder])}")
            if HEAVY_LIBRARY.match(header) and file.endswith(".h") and file not in PRIVATE_HEADERS:
                checkout.says(file, line, f"{header} is expensive to compile: keep it in .cpp "
                                          "files (or list the header as private in this test)")


def check_private_headers(checkout):
    """A private header is included by files of its own folder only, and is still needed."""
    texts = dict(checkout.files(CODE_FOLDERS))
    for header in PRIVATE_HEADERS - texts.keys():
        checkout.says("tests/contract/layering_test.py", 1, f"{header} is listed but not there")
    for file, text in texts.items():
        for line, code in numbered(text):
            found = INCLUDE.match(code)
            header = found.group(1)[1:-1] if found else ""
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
        if file == "transports/curl_options.cpp":
            continue
        for line, code in numbered(text):
            found = CURL_OPTION.search(without_comment(code))
            if found:
                checkout.says(file, line, f"{found.group(0)}: libcurl's options are set in "
                                          "transports/curl_options.cpp only")


def main():
    checkout = Checkout(pathlib.Path(sys.argv[1]).resolve())
    for check in (check_includes, check_private_headers, check_sizes, check_names,
                  check_curl_options):
        check(checkout)
    for line in checkout.broken:
        print(line)
    print(f"{len(checkout.broken)} rules broken")
    return 1 if checkout.broken else 0


if __name__ == "__main__":
    sys.exit(main())
