"""What work on answers really costs (bench/experiments work)."""

import json
import statistics
import subprocess

# Duration, its microseconds, and requests: some 5 s of work at most.
ASKED = (("100us", 100, 2000), ("1ms", 1000, 1000), ("10ms", 10_000, 300), ("50ms", 50_000, 100))


def work(build, times, folder):
    for text, microseconds, requests in ASKED:
        file = folder / f"work-{text}.json"
        file.write_text(json.dumps({
            "name": "work", "requests": requests, "workers": 20, "timeout": "60s",
            "server": {"hosts": [{"delay": "17ms"}]}, "variants": {"worked": {"work": text}}}))
        result = folder / "work.json"
        subprocess.run([f"{build}/fanout", "run", "--scenario", file, "--strategy",
                        "event_loop,thread_pool,loop_and_pool", "--transport", "curl_asio,curl_easy",
                        "--rounds", str(times), "--affinity", "shared", "--no-profile",
                        "--no-references", "--no-progress", "--quiet", "-o", result], check=True,
                       stdout=subprocess.DEVNULL)
        cells = json.loads(result.read_text())["cells"]
        for cell in cells:
            if cell["scenario"] != "work.worked":
                continue
            (idle,) = [one for one in cells if one["scenario"] == "work"
                       and one["strategy"] == cell["strategy"]]
            more = [1e-3 * (worked["cpu_ns"] - unworked["cpu_ns"]) / requests / microseconds
                    for worked, unworked in zip(cell["runs"], idle["runs"])]
            own = statistics.median(1e-3 * run["work"]["cpu_ns"] / microseconds for run in cell["runs"])
            print(f"{text} {cell['strategy']}: x {statistics.median(more):.3f} [{min(more):.3f}, "
                  f"{max(more):.3f}] of what was asked; by the threads' own account x {own:.3f}", flush=True)
