"""The experiments `gate` and `sessions` of bench/experiments: builds held against builds."""

import json
import os
import pathlib
import statistics
import subprocess

SLOWER = pathlib.Path(__file__).parent / "slower_send.c"
GATED = ("--scenario", "zero", "-n", "2000", "--workers", "10", "--strategy", "thread_pool,event_loop",
         "--transport", "curl_easy,curl_asio", "--no-profile", "--no-progress", "--quiet")


def gated(build, folder, seed, slower=None):
    """What one measurement by two builds finds, by cell and measure."""
    result = folder / "gate.json"
    environment = {**os.environ, **({"LD_PRELOAD": str(slower)} if slower else {})}
    subprocess.run([f"{build}/fanout", "run", *GATED, "--seed", str(seed), "--against",
                    f"env -u LD_PRELOAD {os.path.abspath(build)}/fanout", "-o", result],
                   check=False, stdout=subprocess.DEVNULL, env=environment)
    return json.loads(result.read_text())


def slower_library(folder, cost):
    """A library that spends 10 % of the cheaper cell, `cost` us by cell, on each send; and how much."""
    library = folder / "slower.so"
    spin_ns = round(100 * min(cost.values()))
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", f"-DSPIN_NS={spin_ns}", "-o", library, SLOWER, "-ldl"],
                   check=True)
    return library, spin_ns


def gate(build, times, folder):
    alarms = 0
    cost = {}
    for experiment in range(times):
        document = gated(build, folder, experiment)
        found = [change for change in document["against"]["changes"]
                 if change["verdict"] in ("better", "worse", "regression")]
        alarms += document["against"]["regression"]
        for cell in document["cells"]:
            cost[cell["strategy"]] = cell["summary"]["cpu_us_per_request"]
        print(f"{experiment + 1}: the same build: " + ("; ".join(
            f"{change['strategy']}, {change['measure']}: {change['words']}" for change in found)
            or "no difference"), flush=True)
    library, spin_ns = slower_library(folder, cost)
    seen = {}
    for experiment in range(times):
        for change in gated(build, folder, experiment, library)["against"]["changes"]:
            if change["strategy"] == min(cost, key=cost.get) and change["ratio"]:
                found = seen.setdefault(change["measure"], [])
                found.append((change["ratio"], change["verdict"]))
                print(f"{experiment + 1}: {spin_ns / 1e3:.1f} us slower, {change['measure']}: "
                      f"{change['ratio']:.3f} {change['words']}", flush=True)
    print(f"the same build was called a regression {alarms} times of {times}")
    for measure, found in seen.items():
        ratio = statistics.median(one for one, _ in found)
        worse = sum(verdict in ("worse", "regression") for _, verdict in found)
        regressions = sum(verdict == "regression" for _, verdict in found)
        print(f"the slower build: {measure} {ratio:.3f} x, called slower {worse} times of {len(found)}, "
              f"a regression {regressions} times")


def session(build, result, seed, slower=None):
    environment = {**os.environ, **({"LD_PRELOAD": str(slower)} if slower else {})}
    subprocess.run([f"{build}/fanout", "run", *GATED, "--seed", str(seed), "-o", result], check=False,
                   stdout=subprocess.DEVNULL, env=environment)
    return json.loads(result.read_text())


def medians(document, figure):
    return {cell["strategy"]: statistics.median(figure(run) for run in cell["runs"] if run["valid"])
            for cell in document["cells"]}


def held_against(build, base, new):
    compared = subprocess.run([f"{build}/fanout", "compare", base, new, "--force", "--format", "json"],
                              stdout=subprocess.PIPE, check=False)
    return json.loads(compared.stdout)["changes"]


def sessions(build, times, folder):
    base, new = folder / "base.json", folder / "new.json"
    figures = {"makespan": lambda run: run["makespan_ns"],
               "cpu": lambda run: run["cpu_ns"] / run["requests"]["total"]}
    called = {}  # (measure, slower) -> pairs judged, regressions, and medians more than 5 % apart
    for slower in (None, True):
        for experiment in range(times):
            before = session(build, base, experiment)
            library = None
            if slower:
                library, _ = slower_library(folder, {name: cost / 1000 for name, cost
                                                     in medians(before, figures["cpu"]).items()})
            after = session(build, new, experiment, library)
            for change in held_against(build, base, new):
                figure = figures.get(change["measure"])
                if not figure or not change["ratio"]:
                    continue
                strategy = change["strategy"]
                measured = medians(after, figure)[strategy] / medians(before, figure)[strategy]
                found = called.setdefault((change["measure"], slower), [])
                found.append((change["verdict"] == "regression", measured > 1.05))
                print(f"{experiment + 1}: {'10 % slower' if slower else 'the same build'}, "
                      f"{change['strategy']}, {change['measure']}: measured {measured:.3f}, "
                      f"{change['ratio']:.3f} [{change['ci_low']:.3f}, {change['ci_high']:.3f}] "
                      f"{change['words']}", flush=True)
    for (measure, slower), found in called.items():
        print(f"{'10 % slower' if slower else 'the same build'}, {measure}: a regression in "
              f"{sum(one for one, _ in found)} of {len(found)}, measured more than 5 % above in "
              f"{sum(one for _, one in found)}")
