"""Whether memory and descriptors of fanout's processes stay flat (bench/experiments soak)."""

import pathlib
import statistics
import subprocess
import time

ROLES = {"run": "controller", "internal-server": "server", "internal-cell": "client"}
BETWEEN_S = 0.25


def text_of(pid, file):
    return pathlib.Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8")


def family(pid):
    """A process and its descendants."""
    yield pid
    for child in text_of(pid, f"task/{pid}/children").split():
        yield from family(int(child))


def sample(pid):
    """Role, KiB of memory that it shares with nobody, and descriptors."""
    role = ROLES[text_of(pid, "cmdline").split("\0")[1]]
    memory = next(line for line in text_of(pid, "status").splitlines() if line.startswith("RssAnon"))
    return role, int(memory.split()[1]), len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))


def watch(process):
    """Role -> process -> the most it had of both; a client lives for one run."""
    seen = {role: [] for role in ROLES.values()}
    while process.poll() is None:
        try:
            for pid in list(family(process.pid)):
                role, memory, descriptors = sample(pid)
                seen[role].append((pid, memory, descriptors))
        except (OSError, KeyError, IndexError, StopIteration):  # one has just ended, or begun
            pass
        time.sleep(BETWEEN_S)
    return seen


def peaks(samples):
    """The most that each process had, in the order in which they began."""
    most = {}
    for pid, memory, descriptors in samples:
        before = most.get(pid, (0, 0))
        most[pid] = max(before[0], memory), max(before[1], descriptors)
    return list(most.values())


def soak(build, times, folder):
    process = subprocess.Popen(
        [f"{build}/fanout", "run", "--scenario", "zero", "--mode", "steady", "-n", "1000000",
         "--workers", "20", "--strategy", "event_loop", "--transport", "curl_asio", "--rounds",
         "1000", "--time-budget", f"{times}m",
         "--no-references", "--no-profile", "--no-progress", "--quiet", "-o", folder / "soak.json"],
        stdout=subprocess.DEVNULL)
    seen = watch(process)
    assert process.returncode == 0, f"exit code {process.returncode}"
    print(f"{times} minutes, {len(peaks(seen['client']))} runs")
    for role, samples in seen.items():
        values = peaks(samples) if role == "client" else [one[1:] for one in samples]
        quarter = max(1, len(values) // 4)
        for what, place in (("KiB of memory", 0), ("descriptors", 1)):
            first = statistics.median(value[place] for value in values[:quarter])
            last = statistics.median(value[place] for value in values[-quarter:])
            print(f"{role}: {first:,.0f} {what} in the first quarter, {last:,.0f} in the last, "
                  f"x {last / first:.3f}", flush=True)
