"""One thread, one pycurl.CurlMulti, W handles that are used again and again; of no article.

libcurl makes a request again, unasked, if a kept connection is lost before any answer.
"""
import io
import math
import re

import pycurl
from fanout_peer import OUTCOME_OF_ERRNO, DeadlinePassed, Peer

TOKEN = re.compile(rb"^x-fanout-token: *(\S+)", re.IGNORECASE | re.MULTILINE)
OUTCOMES = {
    pycurl.E_PARTIAL_FILE: "truncated",
    pycurl.E_RECV_ERROR: "reset",
    pycurl.E_SEND_ERROR: "reset",
    pycurl.E_GOT_NOTHING: "reset",
    pycurl.E_SSL_CONNECT_ERROR: "tls",
    pycurl.E_PEER_FAILED_VERIFICATION: "tls",
    pycurl.E_OPERATION_TIMEDOUT: "timeout",
}

peer = Peer(*pycurl.version.split()[:3])  # itself, libcurl, and the library of TLS
plan = peer.plan
multi = pycurl.CurlMulti()


def make_handle():
    handle = pycurl.Curl()
    handle.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in plan.headers.items()])
    handle.setopt(pycurl.NOSIGNAL, 1)
    if plan.method == "HEAD":
        handle.setopt(pycurl.NOBODY, 1)
    if plan.method == "POST":
        handle.setopt(pycurl.POST, 1)
        handle.setopt(pycurl.POSTFIELDS, plan.body)
    if plan.certificates:
        handle.setopt(pycurl.CAINFO, plan.certificates)
    return handle


def begin(handle, request):
    """Whether it was begun: not if the deadline has passed."""
    request.begin()
    try:
        connect_s, total_s = request.timeouts()
    except DeadlinePassed:
        request.end("deadline", begun=False)
        return False
    handle.request, handle.header, handle.body = request, io.BytesIO(), io.BytesIO()
    handle.setopt(pycurl.URL, request.url)
    handle.setopt(pycurl.HEADERFUNCTION, handle.header.write)
    handle.setopt(pycurl.WRITEDATA, handle.body)
    # Rounded up: what the deadline ends is not to end before it.
    handle.setopt(pycurl.CONNECTTIMEOUT_MS, math.ceil(connect_s * 1000))
    handle.setopt(pycurl.TIMEOUT_MS, math.ceil(total_s * 1000))
    multi.add_handle(handle)
    return True


def outcome_of(handle, code, headed):
    if code == pycurl.E_COULDNT_CONNECT:
        # libcurl has no error number to give if it got no socket to connect.
        return OUTCOME_OF_ERRNO.get(handle.getinfo(pycurl.OS_ERRNO), "no_descriptor")
    if code == pycurl.E_OPERATION_TIMEDOUT and not handle.getinfo(pycurl.PRETRANSFER_TIME):
        return "connect_timeout"
    outcome = OUTCOMES.get(code, "protocol")
    return "truncated" if headed and outcome == "reset" else outcome


def end(handle, code=0):
    request, header = handle.request, handle.header.getvalue()
    headed = header.endswith(b"\r\n\r\n")
    if headed:
        token = TOKEN.search(header)
        request.headed(handle.getinfo(pycurl.RESPONSE_CODE),
                       {"X-Fanout-Token": token[1].decode()} if token else {})
    request.received(len(handle.body.getvalue()))
    # To libcurl, a connection closed amid the header is the end of a response.
    request.end(outcome_of(handle, code, headed) if code else "ok" if headed else "reset")
    multi.remove_handle(handle)


def perform():
    """Lets libcurl work until requests have ended; returns their handles."""
    while True:
        multi.perform()
        _, succeeded, failed = multi.info_read()
        for handle in succeeded:
            end(handle)
        for handle, code, _ in failed:
            end(handle, code)
        if succeeded or failed:
            return succeeded + [handle for handle, _, _ in failed]
        multi.select(max(multi.timeout(), 0) / 1000)


free = [make_handle() for _ in range(plan.workers)]
for request in peer.go():
    if not free:
        free = perform()
    if begin(free[-1], request):
        free.pop()
while len(free) < plan.workers:
    free += perform()
peer.done()
