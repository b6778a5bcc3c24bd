"""The experiment `cluster` of bench/experiments: several client machines, which are network
namespaces of this one (tests/cli/namespaces.py), and what is left when one is killed."""

import json
import os
import pathlib
import random
import re
import signal
import statistics
import subprocess
import sys
import time
import uuid

ROOT = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "cli"))

import namespaces  # noqa: E402

MARK = "FANOUT_TEST_MARK"
ENDS_WITHIN_S = 60
MOST_CLIENTS = 3
CELLS = ("--strategy", "thread_queue,event_loop", "--transport", "curl_easy,curl_asio",
         "--no-profile")


def command_of(build, hosts, folder, *arguments):
    return [*namespaces.mpirun(hosts, folder), f"{build}/fanout-mpi", "--bind", hosts.addresses[0],
            *map(str, arguments)]


def throughput(build, clients, folder):
    """Requests a second in each run of clients that have 1 ms of work for each, on one thread each."""
    hosts = namespaces.Hosts(1 + clients)
    result, scenario = folder / "scale.json", folder / "at-once.json"
    scenario.write_text(json.dumps({"name": "at-once", "requests": 3000, "work": "1ms"}))
    try:
        subprocess.run(command_of(build, hosts, folder, "run", "--scenario", scenario, "--strategy",
                                  "session_reuse", "--transport", "curl_easy", "--rounds", 3,
                                  "--no-references", "--no-profile", "--quiet", "-o", result),
                       check=True, capture_output=True)
    finally:
        hosts.close()
    runs = json.loads(result.read_text())["cells"][0]["runs"]
    exact = all(run["valid"] and run["server"]["unique_tokens"] == run["requests"]["ok"] == 3000
                for run in runs)
    return [3000e9 / run["makespan_ns"] for run in runs], exact


def marked(mark):
    """pid -> (arguments, variables) of the processes that inherited the mark."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            variables = (folder / "environ").read_bytes().split(b"\0")
            if f"{MARK}={mark}".encode() in variables:
                arguments = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
                found[int(folder.name)] = arguments, variables
        except OSError:
            continue
    return found


def ranks(mark):
    return {int(variable.split(b"=")[1]): pid for pid, (arguments, variables) in marked(mark).items()
            if arguments[0].endswith("/fanout-mpi") for variable in variables
            if variable.startswith(b"OMPI_COMM_WORLD_RANK=")}


def kept_in(build, result):
    """The runs of cells and references that can be read from the file."""
    document = json.loads(subprocess.run([f"{build}/fanout", "report", result, "--format", "json"],
                                         capture_output=True).stdout)  # code 2: no valid run yet
    rows = document["cells"] + document["references"]
    return sum(len(row["runs"]) + len(row["set_aside"]) for row in rows)


def killed(build, hosts, folder):
    """Kills a rank at random. Returns which, the runs that had been reported, those that were kept,
    how long mpirun took to end (None: it hung), and what was left running."""
    result, mark = folder / "killed.json", str(uuid.uuid4())
    result.unlink(missing_ok=True)
    process = subprocess.Popen(
        command_of(build, hosts, folder, "run", "--rounds", 1000, *CELLS, "--verbose", "-o", result),
        env={**os.environ, MARK: mark}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while not result.exists():
        time.sleep(0.05)
    time.sleep(random.uniform(0, 4))
    rank, pid = random.choice(sorted(ranks(mark).items()))
    os.kill(pid, signal.SIGKILL)
    begin, took = time.monotonic(), None
    try:
        _, err = process.communicate(timeout=ENDS_WITHIN_S)
        took = time.monotonic() - begin
    except subprocess.TimeoutExpired:
        process.kill()
        _, err = process.communicate()
    left = marked(mark)
    for leftover in left:
        os.kill(leftover, signal.SIGKILL)
    told = len(re.findall(r"^\[\d+/\d+\] ", err, re.MULTILINE))
    return rank, told, kept_in(build, result), took, len(left)


def cluster(build, times, folder):
    build = pathlib.Path(build).resolve()
    if why := namespaces.why_no_mpi(f"{build}/fanout-mpi"):
        sys.exit(why)
    print(f"{os.cpu_count()} CPUs, one of the clients' threads on each client machine")
    for clients in range(1, MOST_CLIENTS + 1):
        rates, exact = throughput(build, clients, folder)
        print(f"{clients} client machines: {statistics.median(rates):,.0f} req/s "
              f"({min(rates):,.0f} to {max(rates):,.0f}, {len(rates)} runs), counts "
              f"{'exact' if exact else 'NOT exact'}", flush=True)
    hosts = namespaces.Hosts(1 + MOST_CLIENTS)
    try:
        for experiment in range(times):
            rank, told, kept, took, left = killed(build, hosts, folder)
            ended = "HUNG" if took is None else f"ended after {took:.1f} s"
            print(f"{experiment + 1}: rank {rank} killed after {told} runs: {kept} kept, {ended}, "
                  f"{left} processes left", flush=True)
    finally:
        hosts.close()
