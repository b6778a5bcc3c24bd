"""The experiments `doubles`, `log` and `page` of bench/experiments: do doubles predict what they
were recorded from?"""

import json
import os
import pathlib
import random
import signal
import socket
import statistics
import subprocess
import time

import page_har

SERVERS = pathlib.Path(__file__).parent / "api_servers"
PYTHON = "/usr/bin/python3"  # the distribution's, for which scripts/bootstrap installs aiohttp
STRATEGIES = ("session_reuse", "thread_pool", "event_loop")
WORK = ("-n", "500", "--workers", "10", "--strategy", ",".join(STRATEGIES), "--transport",
        "curl_easy,curl_asio", "--rounds", "1", "--no-profile", "--no-references", "--quiet",
        "--no-progress")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def certificate(folder):
    key, chain = folder / "own.key", folder / "own.pem"
    if not chain.exists():
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", key, "-out", chain], check=True, capture_output=True)
    return chain, key


def nginx(folder, port, servers):
    """The command that serves by nginx, from a configuration of these servers."""
    (folder / "index.html").write_text("x" * 20_000)
    (folder / "nginx.conf").write_text(
        f"{'user root; ' if os.geteuid() == 0 else ''}daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;\n"
        f"events {{ worker_connections 1000; }}\nhttp {{ access_log off; root {folder};\n"
        + servers.replace("PORT", str(port)) + "}\n")
    return ["nginx", "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]


def command_of(server, folder, port):
    """What to start, and whether it speaks TLS."""
    if server == "nginx":
        return nginx(folder, port, "server { listen 127.0.0.1:PORT; keepalive_requests 100000; }"), False
    if server == "tls":
        chain, key = certificate(folder)
        return ["node", SERVERS / "steady_tls.mjs", str(port), chain, key], True
    if server == "bimodal":
        return ["node", SERVERS / "bimodal.mjs", str(port)], False
    return [PYTHON, SERVERS / f"{server}.py", str(port)], False


def wait_until_open(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"nothing listens at port {port}")


def measured(build, result, environment, *arguments):
    subprocess.run([f"{build}/fanout", "run", *WORK, *arguments, "-o", result], check=True,
                   stdout=subprocess.DEVNULL, env=environment)
    return {cell["strategy"]: (cell["runs"][0]["makespan_ns"], cell["runs"][0]["latency_ns"]["p90"])
            for cell in json.loads(result.read_text())["cells"]}


def stop(serving):
    os.killpg(serving.pid, signal.SIGTERM)
    serving.wait()


def held(build, server, times, folder, extra):
    """Records the server, and returns by strategy the ratios of makespan and p90."""
    port = free_port()
    command, tls = command_of(server, folder, port)
    environment = {**os.environ, **({"SSL_CERT_FILE": str(folder / "own.pem")} if tls else {})}
    serving = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        wait_until_open(port)
        url = f"{'https' if tls else 'http'}://127.0.0.1:{port}/"
        scenario = folder / f"{server}.json"
        subprocess.run([f"{build}/fanout", "record", "--url", url, "-n", "60", "--rate", "50/s", *extra,
                        "-o", scenario], check=True, stdout=subprocess.DEVNULL, env=environment)
        seen = {side: {name: [] for name in STRATEGIES} for side in ("double", "api")}
        for round_ in range(times):
            sides = [("double", ("--scenario", scenario, "--seed", str(round_ + 1))),
                     ("api", ("--url", url))]
            random.shuffle(sides)
            for side, arguments in sides:
                for name, figures in measured(build, folder / "run.json", environment, *arguments).items():
                    seen[side][name].append(figures)
    finally:
        stop(serving)
    return seen


def doubles(build, times, folder):
    random.seed(times)
    print(f"{'server':<10}{'strategy':<15}{'makespan':>10}{'predicted':>11}{'ratio':>8}"
          f"{'p90':>10}{'predicted':>11}{'ratio':>8}")
    for server, extra in (("nginx", ()), ("bimodal", ()), ("lognormal", ()), ("tls", ()),
                          ("five", ("--concurrency-probe",))):
        seen = held(build, server, times, folder, extra)
        for name in STRATEGIES:
            row = f"{server:<10}{name:<15}"
            for which in (0, 1):
                api, double = (statistics.median(one[which] for one in seen[side][name]) / 1e6
                               for side in ("api", "double"))
                row += f"{api:>8.1f}ms{double:>9.1f}ms{double / api:>8.2f}"
            print(row, flush=True)


LOG_FORMAT = ('$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
              '"$http_referer" "$http_user_agent" $request_time')


def served_and_logged(folder):
    """Loads nginx, before a slow server, by wrk for 10 s, and returns its log."""
    port, behind = free_port(), free_port()
    log = folder / "access.log"
    command = nginx(folder, port, f"log_format timed '{LOG_FORMAT}';\nserver {{ listen 127.0.0.1:PORT;\n"
                    f"access_log {log} timed; location / {{ proxy_pass http://127.0.0.1:{behind}; }} }}")
    serving = [subprocess.Popen(one, stdout=subprocess.DEVNULL, start_new_session=True)
               for one in ([PYTHON, SERVERS / "lognormal.py", str(behind), "60"], command)]
    try:
        for one in (behind, port):
            wait_until_open(one)
        subprocess.run(["wrk", "-t1", "-c20", "-d10s", f"http://127.0.0.1:{port}/"], check=True,
                       stdout=subprocess.DEVNULL)
    finally:
        for one in serving:
            stop(one)
    return log


def log(build, times, folder):
    for _ in range(times):
        text = served_and_logged(folder).read_text()
        logged = sorted(float(line.rsplit(" ", 1)[1]) * 1000 for line in text.splitlines())
        scenario = folder / "log.json"
        subprocess.run([f"{build}/fanout", "record", "--access-log", folder / "access.log", "--log-format",
                        LOG_FORMAT, "-o", scenario], check=True, stdout=subprocess.DEVNULL)
        result = folder / "run.json"
        subprocess.run([f"{build}/fanout", "run", "--scenario", scenario, "-n", "10000", "--workers", "20",
                        "--strategy", "event_loop", "--transport", "beast_async", "--rounds", "1",
                        "--no-profile", "--no-references", "--quiet", "-o", result], check=True,
                       stdout=subprocess.DEVNULL)
        latency = json.loads(result.read_text())["cells"][0]["runs"][0]["latency_ns"]
        words = [f"{len(logged)} lines"]
        for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99)):
            was = logged[int(share * (len(logged) - 1))]
            words.append(f"{name} {was:.1f} ms, of the double {latency[name] / 1e6:.1f} ms: "
                         f"{latency[name] / 1e6 / was:.3f}")
        print("; ".join(words), flush=True)


def page(build, times, folder):
    ratios = []
    for _ in range(times):
        har = folder / "page.har"
        load_ms = page_har.load(har)
        scenario = folder / "page.json"
        subprocess.run([f"{build}/fanout", "record", "--har", har, "-o", scenario], check=True,
                       stdout=subprocess.DEVNULL)
        result = folder / "run.json"
        subprocess.run([f"{build}/fanout", "run", "--scenario", scenario, "--strategy", "event_loop",
                        "--transport", "beast_async", "--rounds", "10", "--no-profile", "--no-references",
                        "--quiet", "-o", result], check=True, stdout=subprocess.DEVNULL)
        cell = json.loads(result.read_text())["cells"][0]
        double_ms = statistics.median(run["makespan_ns"] for run in cell["runs"]) / 1e6
        ratios.append(double_ms / load_ms)
        print(f"the browser's load {load_ms:.0f} ms, of the double with {cell['workers']} workers "
              f"{double_ms:.0f} ms: {ratios[-1]:.2f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.2f}")
