"""Thousands of requests in flight (bench/experiments ports, wide)."""

import json
import resource
import socket
import statistics
import subprocess
import threading
import time

IP_BIND_ADDRESS_NO_PORT = 24
CONNECTIONS = 18_000
PER_SOURCE = 7_000
IN_FLIGHT = (100, 1000, 5000, 19_000, 50_000)
DELAY_S = 5
WAVES = 3
STREAMS = 100  # at once on a connection of HTTP/2
GROUPS = (("1.1", "event_loop,multi_loop,process_loops", "floor,beast_async"),
          ("1.1", "event_loop,multi_loop", "curl_asio"),
          ("2", "event_loop,multi_loop", "nghttp2_async"))


def connect_all(port, per_source):
    """How long each tenth of the connections took to make, in us each; all are closed afterwards."""
    times, held = [], []
    for tenth in range(10):
        begin = time.perf_counter()
        for i in range(CONNECTIONS // 10):
            client = socket.socket()
            if per_source:
                source = 1 + (tenth * CONNECTIONS // 10 + i) // per_source
                client.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
                client.bind((f"127.0.0.{source}", 0))
            client.connect(("127.0.0.1", port))
            held.append(client)
        times.append((time.perf_counter() - begin) / (CONNECTIONS // 10) * 1e6)
    return times


def ports(_build, times, _folder):
    # Each connection is held at both ends, so that a process of its own accepts.
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    for _ in range(times):
        for name, per_source in (("one address", None), (f"{PER_SOURCE:,} from each address", PER_SOURCE)):
            with subprocess.Popen(["python3", "-c", ACCEPTS], stdout=subprocess.PIPE, text=True) as server:
                watch = threading.Timer(300, server.kill)
                watch.start()
                tenths = connect_all(int(server.stdout.readline()), per_source)
                watch.cancel()
                server.kill()
            print(f"{name}: us for each connection, by tenths: "
                  + " ".join(f"{one:.0f}" for one in tenths), flush=True)


ACCEPTS = """
import socket
listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
print(listener.getsockname()[1], flush=True)
held = []
while True:
    held.append(listener.accept()[0].detach())
"""


def measured(build, folder, in_flight, rounds, group):
    http, strategies, transports = group
    file, result = folder / "wide.json", folder / "result.json"
    file.write_text(json.dumps({
        "name": "wide", "requests": WAVES * in_flight, "workers": in_flight, "timeout": "60s",
        "http": http, "server": {"hosts": [{"delay": f"{DELAY_S}s", "body_bytes": 115}]}}))
    shared = ["--connections", str(in_flight // STREAMS)] if http == "2" else []
    subprocess.run([f"{build}/fanout", "run", "--scenario", file, "--strategy", strategies,
                    "--transport", transports, *shared, "--rounds", str(rounds), "--no-profile",
                    "--no-references", "--no-progress", "--quiet", "-o", result], check=False,
                   stdout=subprocess.DEVNULL)
    return json.loads(result.read_text())


def spread(values):
    return f"{statistics.median(values):.3g} [{min(values):.3g}, {max(values):.3g}]"


def report(cell, in_flight, least):
    runs = [run for run in cell["runs"] if run["valid"]]
    name = f"{cell['strategy']} / {cell['transport']}"
    if not runs:
        print(f"{in_flight:,} in flight, {name}: no valid run: {cell['runs'][0]['reasons'][0]}",
              flush=True)
        return
    cost = [run["cpu_ns"] / 1e3 / run["requests"]["total"] for run in runs]
    efficiency = [WAVES * DELAY_S * 1e9 / run["makespan_ns"] for run in runs]
    first, base = least.setdefault(name, (in_flight, statistics.median(cost)))
    print(f"{in_flight:,} in flight, {name}: CPU per request {spread(cost)} us, "
          f"x {statistics.median(cost) / base:.2f} of that with {first:,}; efficiency "
          f"{spread(efficiency)}; {len(runs)} of {len(cell['runs'])} runs valid", flush=True)


def wide(build, times, folder):
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 100
    least = {}
    for in_flight in IN_FLIGHT:
        for group in GROUPS:
            if group[0] != "2" and in_flight > most:
                print(f"{in_flight:,} in flight, {group[2]}: not here, a process may have "
                      f"{most + 100:,} descriptors", flush=True)
                continue
            document = measured(build, folder, in_flight, times, group)
            for cell in document["cells"]:
                report(cell, in_flight, least)
            for cell in document["plan"]["skipped"]:
                print(f"{in_flight:,} in flight, {cell['strategy']} / {cell['transport']}: "
                      f"{cell['reason']}", flush=True)
