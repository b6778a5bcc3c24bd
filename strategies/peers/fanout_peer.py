"""What the Python peers share: the conversation with fanout (PROTOCOL.md), and how one request is
timed and its end named. Nothing here knows which HTTP library a peer uses.

    peer = Peer("requests 2.28.1")          # reads the plan
    for request in peer.go():               # says ready, waits for the signal
        with request:                       # START ... END; an exception becomes the outcome
            connect_s, total_s = request.timeouts()
            response = ...
            request.headed(response.status_code, response.headers)
            request.received(len(response.content))
    peer.done()                             # writes the records; does not return
"""
import errno
import json
import os
import platform
import re
import sys
import time
import traceback
from types import SimpleNamespace

OUTCOME_OF_ERRNO = {
    errno.ECONNREFUSED: "refused",
    errno.EMFILE: "no_descriptor",
    errno.ENFILE: "no_descriptor",
    errno.EADDRNOTAVAIL: "no_port",
}

# The first group with a name among an exception and its causes decides. Types are told by their
# own name, not by their bases: urllib3 derives even a refused connection from ConnectTimeoutError.
OUTCOME_OF_TYPES = [
    ("connect_timeout", {"ConnectTimeout", "ConnectTimeoutError", "ServerTimeoutError"}),
    ("timeout", {"TimeoutError", "ReadTimeoutError", "ReadTimeout", "WriteTimeout"}),
    ("truncated", {"IncompleteRead", "ChunkedEncodingError", "ClientPayloadError"}),
    ("reset", {"RemoteDisconnected", "ServerDisconnectedError", "SSLEOFError", "ReadError"}),
    ("tls", {"SSLError", "SSLCertVerificationError", "ClientConnectorCertificateError"}),
]


class DeadlinePassed(Exception):
    """The plan's deadline has passed before the request was begun."""


class ConnectTimeout(Exception):
    """For a peer whose library has one exception for all time limits."""


def causes(error):
    """An exception and all that libraries have wrapped into it, each in its own way."""
    seen, waiting = [], [error]
    while waiting:
        cause = waiting.pop()
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            waiting += [cause.__cause__, cause.__context__, getattr(cause, "reason", None)]
            waiting += cause.args
            waiting += getattr(cause, "exceptions", ())
    return seen


def failure(error):
    """PROTOCOL.md's word for an exception, as if no response header had come."""
    all_causes = causes(error)
    for cause in all_causes:
        if getattr(cause, "errno", None) in OUTCOME_OF_ERRNO:
            return OUTCOME_OF_ERRNO[cause.errno]
    types = {type(cause).__name__ for cause in all_causes}
    # urllib wraps what befalls it while it connects or sends, and nothing after that.
    if {"URLError", "TimeoutError"} <= types:
        return "connect_timeout"
    for outcome, names in OUTCOME_OF_TYPES:
        if types & names:
            return outcome
    # A reset amid the body has a type of its own above. h11 and h2, below httpx, have one type for
    # what is lost and for what is not HTTP.
    lost = any(getattr(cause, "errno", None) in (errno.ECONNRESET, errno.EPIPE) or
               re.search("disconnected|StreamReset|ConnectionTerminated", str(cause))
               for cause in all_causes)
    return "reset" if lost else "protocol"


def outcome_of(error, headed):
    """PROTOCOL.md's word for an exception; `headed`: a whole response header had come."""
    outcome = failure(error)
    return "truncated" if headed and outcome in ("reset", "tls", "protocol") else outcome


def show_once(error, shown=set()):
    """The first of each type of what has no better name: it may be a mistake in the program."""
    if type(error) not in shown:
        shown.add(type(error))
        traceback.print_exception(error, file=sys.stderr)


def work(cpu_ns):
    """Keeps this thread busy for so much CPU time, in pure Python, and so holds the GIL."""
    until = time.thread_time_ns() + cpu_ns
    while time.thread_time_ns() < until:
        pass


def interpreter():
    """What runs us, for people: also whether threads share one lock (the GIL)."""
    locked = getattr(sys, "_is_gil_enabled", lambda: True)()
    return f"Python {platform.python_version()}" + ("" if locked else " free-threaded")


class Request:
    """One request of the plan: what to ask, and its record once it has ended."""

    __slots__ = ("index", "url", "limits", "start", "status", "token", "size", "whole", "record",
                 "work_ns")

    def __init__(self, index, url, limits, work_ns):
        self.index, self.url, self.limits, self.work_ns = index, url, limits, work_ns
        self.start = self.status = self.size = 0
        self.token, self.whole, self.record = "-", True, None

    def begin(self):
        self.start = time.monotonic_ns()

    def __enter__(self):
        self.begin()
        return self

    def __exit__(self, _, error, __):
        if error is None:
            self.end("ok" if self.whole else "truncated")
        elif isinstance(error, Exception):
            self.end(outcome_of(error, headed=self.status > 0), not isinstance(error, DeadlinePassed))
            if self.record[3] == "protocol":
                show_once(error)
        return self.record is not None

    def timeouts(self):
        """The limits (connect, all) in seconds, cut to what is left until the deadline.

        requests, urllib and http.client hold each operation on a socket to its limit, not the
        request: one that goes on receiving may outlast it, as it does in the articles' programs.
        """
        limits = self.limits
        if limits.deadline_ns is None:
            return limits.connect_s, limits.total_s
        left_s = (limits.deadline_ns - time.monotonic_ns()) / 1e9
        if left_s <= 0:
            raise DeadlinePassed
        return min(limits.connect_s, left_s), min(limits.total_s, left_s)

    def headed(self, status, headers):
        """A whole response header has come."""
        self.status, self.token = status, headers.get("X-Fanout-Token", "-")

    def received(self, size, missing=0):
        """All of the body that comes has come; `missing`: what it lacks to its Content-Length."""
        self.size, self.whole = size, not missing

    def end(self, outcome, begun=True):
        if outcome == "ok":
            work(self.work_ns)
        end, deadline = time.monotonic_ns(), self.limits.deadline_ns
        if not begun or (deadline and end >= deadline and outcome.endswith("timeout")):
            outcome = "deadline"
        self.record = (self.index, self.start if begun else 0, end, outcome, self.status,
                       self.size, self.token)


class Peer:
    """The program's side of the conversation. `versions`: of the libraries it uses, for people."""

    def __init__(self, *versions):
        sys.stdout = sys.stderr  # what is printed is for people: the protocol has the descriptor
        self.versions = ", ".join([interpreter(), *versions])
        plan = self.plan = SimpleNamespace(**json.loads(hear()))
        headers = [header.partition(":")[::2] for header in plan.headers]
        plan.headers = {}
        for name, value in headers:  # a name given twice is a list of values
            plan.headers[name] = ", ".join(filter(None, [plan.headers.get(name), value.strip()]))
        self.http2 = getattr(plan, "http", "1.1") == "2"
        if not plan.reuse and not self.http2:
            plan.headers["Connection"] = "close"
        plan.body = None
        if plan.method == "POST":
            plan.body = bytes(plan.body_bytes)
            plan.headers.setdefault("Content-Type", "application/octet-stream")
        self.limits = SimpleNamespace(connect_s=plan.connect_timeout_s, total_s=plan.timeout_s,
                                      deadline_ns=None)
        self.requests = [Request(i, url, self.limits, plan.work_ns)
                         for i, url in enumerate(plan.targets)]

    def tls_context(self):
        """For libraries that want one; None, if nothing speaks TLS, means their default."""
        if self.plan.certificates is None:
            return None
        import ssl  # by far the slowest import here
        return ssl.create_default_context(cafile=self.plan.certificates)

    def go(self):
        """Says that set-up is done; returns the requests when fanout says go."""
        say(f"ready {self.versions}\n")
        go_ns = int(hear().split()[1])
        if self.plan.deadline_s is not None:
            self.limits.deadline_ns = go_ns + round(self.plan.deadline_s * 1e9)
        return self.requests

    def done(self, records=None, close=lambda: None):
        """Writes the records, by default those in the requests, and ends with fanout's leave.

        `close` is called then, to await other processes. The interpreter is left at once, since
        its shutdown is no part of any strategy.
        """
        if records is None:
            records = [request.record for request in self.requests]
        say("".join("%d %d %d %s %d %d %s\n" % record for record in records) + "done\n")
        sys.stdin.read()
        close()
        os._exit(0)


def hear():
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)  # fanout has gone
    return line


def say(text):
    try:
        rest = memoryview(text.encode())
        while rest:
            rest = rest[os.write(1, rest):]
    except BrokenPipeError:
        sys.exit(0)  # fanout has gone
