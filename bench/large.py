"""Memory that a long list of requests takes (bench/experiments large)."""

import json
import pathlib
import subprocess
import time

RUNS = (("null", 10_000_000), ("floor", 10_000_000), ("null", 100_000_000))
LOOK_EVERY_S = 0.1
MIB = 2**20


def family(pid):
    """A process and all that it has started, and they."""
    found = [pid]
    for parent in found:
        try:
            for task in pathlib.Path(f"/proc/{parent}/task").iterdir():
                found += map(int, (task / "children").read_text(encoding="utf-8").split())
        except OSError:
            pass  # it has ended
    return found


def role_of(pid):
    words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return {b"internal-server": "server", b"internal-cell": "run"}.get(words[1], "controller")


def held_by(pid):
    """Bytes that a process holds; those that it shares are divided by how many share them."""
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def look(controller, peaks):
    now = {}
    for pid in family(controller):
        try:
            role = role_of(pid)
            now[role] = now.get(role, 0) + held_by(pid)
        except (OSError, IndexError):
            pass  # it has just been started, or has ended
    now["sum"] = sum(now.values())
    for role, held in now.items():
        peaks[role] = max(peaks.get(role, 0), held)


def measured(build, folder, requests, transport):
    result = folder / "large.json"
    peaks = {}
    with subprocess.Popen(
            [f"{build}/fanout", "run", "--scenario", "zero", "-n", str(requests), "--workers", "10",
             "--strategy", "event_loop", "--transport", transport, "--rounds", "1", "--no-references",
             "--no-profile", "--no-progress", "--quiet", "-o", result],
            stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            look(process.pid, peaks)
            time.sleep(LOOK_EVERY_S)
    assert process.returncode == 0, f"fanout ended with {process.returncode}"
    return peaks, json.loads(result.read_text())["cells"][0]["runs"][0]


def large(build, times, folder):
    for transport, requests in RUNS:
        for _ in range(times):
            peaks, run = measured(build, folder, requests, transport)
            held = ", ".join(f"{role} {peaks[role] / MIB:.0f}" for role in
                             ("controller", "run", "server", "sum") if role in peaks)
            print(f"{requests:,} requests, event_loop / {transport}: at most {held} MiB; "
                  f"{run['requests']['ok']:,} succeeded, {run['cpu_ns'] / 1e3 / requests:.3g} us of CPU "
                  f"each", flush=True)
