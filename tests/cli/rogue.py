"""An external program that misbehaves as it is told: rogue.py WAY. Speaks the protocol by itself.

`honest` does not: it shows that the others are caught for what they do.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.parse

WAY = sys.argv[1]


def say(*lines):
    sys.stdout.write("".join(line + "\n" for line in lines))
    sys.stdout.flush()


def fetch(url):
    """Status, body length and token of the answer."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    connection.request("HEAD" if WAY == "wrong-method" else "GET", parts.path,
                       b"surplus" if WAY == "sends-bodies" else None)
    response = connection.getresponse()
    length = len(response.read()) or 115
    connection.close()
    return response.status, length, response.headers["X-Fanout-Token"]


def send(url):
    """Begins a request whose answer nobody waits for."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    connection.request("GET", parts.path)
    return connection


def keep(targets):
    """All requests on one connection."""
    parts = urllib.parse.urlsplit(targets[0])
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    records = []
    for index, url in enumerate(targets):
        start = time.monotonic_ns()
        connection.request("GET", urllib.parse.urlsplit(url).path)
        connection.getresponse().read()
        records.append(record(index, start, time.monotonic_ns(), url))
    return records


def record(index, start, end, url, status=200, length=115, token=None):
    return f"{index} {start} {end} ok {status} {length} {token or url[-16:]}"


def measured(index, url):
    start = time.monotonic_ns()
    try:
        status, length, token = fetch(url)
    except ConnectionError:
        return f"{index} {start} {time.monotonic_ns()} reset 0 0 -"
    return record(index, start, time.monotonic_ns(), url, status, length, token)


def work(targets):
    """The records of all targets, each requested once and rightly, but for what WAY says."""
    records = [measured(index, url) for index, url in enumerate(targets)]
    if WAY == "skips":
        records = records[:-1]
    if WAY == "prints":
        print("something is wrong", file=sys.stderr)
        records = records[:-1]
    if WAY == "doubles-records":
        records[-1] = records[0]
    return records


def invents(targets):
    """Sends nothing to the last target, and says that it was answered."""
    now = time.monotonic_ns()
    return work(targets[:-1]) + [record(len(targets) - 1, now, now + 20_000_000, targets[-1])]


def repeats_tokens(targets):
    """Requests the first target twice, and says that the second was the last."""
    records = work(targets[:-1])
    start = time.monotonic_ns()
    fetch(targets[0])
    return records + [record(len(targets) - 1, start, time.monotonic_ns(), targets[-1])]


def wrong_token(targets):
    """Says of the last answer what the first one said."""
    records = work(targets)
    return records[:-1] + [records[-1].rsplit(" ", 1)[0] + " " + targets[0][-16:]]


def reports_early(targets):
    """Says that answers are there once requests are sent; does not wait for them."""
    records, connections = [], []
    for index, url in enumerate(targets):
        start = time.monotonic_ns()
        connections.append(send(url))
        records.append(record(index, start, time.monotonic_ns(), url))
    time.sleep(0.1)  # the server has answered all by then
    return records


def shifts_times(targets):
    """Does everything rightly and then says that it was over sooner than it was."""
    early = [words.split() for words in work(targets)]
    first = int(early[0][1])
    return [" ".join([words[0], str(first), str(first + int(words[2]) - int(words[1])), *words[3:]])
            for words in early]


def too_many(targets):
    """Has all in flight at once, whatever the number of workers."""
    start = time.monotonic_ns()
    connections = [send(url) for url in targets]
    for connection in connections:
        connection.getresponse().read()
    end = time.monotonic_ns()
    return [record(index, start, end, url) for index, url in enumerate(targets)]


def before_go(targets):
    return [f"0 5 {time.monotonic_ns()} ok 200 115 {targets[0][-16:]}"]


def from_the_future(targets):
    return [f"0 0 {time.monotonic_ns() + 10**12} ok 200 115 {targets[0][-16:]}"]


WORK = {"invents": invents, "repeats-tokens": repeats_tokens, "wrong-token": wrong_token,
        "keeps": keep, "before-go": before_go, "reports-early": reports_early, "shifts-times": shifts_times, "too-many": too_many,
        "future": from_the_future}


def die_midway(targets):
    say(*work(targets[:2]))
    print("out of ideas", file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def flood_stderr(_):
    for number in range(20_000):
        print(f"complaint {number} " + "x" * 200, file=sys.stderr)
    sys.stderr.flush()
    sys.exit(3)


def leave_a_child(_):
    """One in a session of its own, which no signal to a process group reaches."""
    subprocess.Popen(["sleep", "600"], start_new_session=True, stdin=subprocess.DEVNULL,
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def peek(_):
    """Fails if it was handed what is fanout's own."""
    for number in os.listdir("/proc/self/fd"):
        try:
            found = os.readlink(f"/proc/self/fd/{number}")
        except OSError:
            continue
        if "memfd:" in found:
            sys.exit(f"descriptor {number} is {found}")


def burn(seconds):
    """Uses so much CPU time."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def burn_everywhere(_):
    """In this process, and in one that it awaits."""
    burn(0.2)
    child = os.fork()
    if child == 0:
        burn(0.3)
        os._exit(0)
    os.waitpid(child, 0)


def ignore_children(_):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)


BEFORE_RECORDS = {"peeks": peek, "ignores-children": ignore_children, "dies": die_midway,
                  "floods-stderr": flood_stderr, "ignores-go": lambda _: None,
                  "malformed": lambda _: say("working on it"), "endless": lambda _: say("x" * 9000),
                  "leaves-a-child": leave_a_child, "burns": burn_everywhere,
                  "leaves-early": lambda _: sys.exit(0)}


def main():
    if WAY == "never-ready":
        if os.fork() == 0:
            os.setsid()  # out of reach of the process group
        time.sleep(600)
    if WAY == "no-plan":
        sys.exit("cannot begin")
    plan = json.loads(sys.stdin.readline())
    if WAY == "greets-wrongly":
        say("hello")
    if WAY == "connects-early":
        fetch(plan["targets"][0])
    if WAY == "burns":
        burn(0.5)  # before `ready`: not counted
    say("ready rogue 1.0")
    sys.stdin.readline()
    if WAY in BEFORE_RECORDS:
        BEFORE_RECORDS[WAY](plan["targets"])
    if WAY == "strays":
        leave_a_child(None)
    if WAY in ("ignores-go", "strays"):
        time.sleep(600)
    say(*WORK.get(WAY, work)(plan["targets"]))
    if WAY == "one-more":
        say("0 1 2 ok 200 115 -")
    say("done")
    if WAY == "stays":
        time.sleep(600)
    if WAY == "leaves-at-done":
        os._exit(0)
    sys.stdin.read()
    sys.exit(7 if WAY == "fails-late" else 0)


main()
