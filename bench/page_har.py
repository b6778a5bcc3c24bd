"""A page of 30 resources from 3 hosts on loopback, loaded by headless Chromium, as a HAR file.

The browser is driven over pipes (--remote-debugging-pipe), so that no port is open and nothing but
Chromium is needed. Its events are put together as the browser's own export does.
"""

import contextlib
import datetime
import http.server
import json
import os
import random
import subprocess
import tempfile
import threading
import time

HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
RESOURCES = 30  # without the page itself
PARTS = ("dns", "connect", "ssl")


class Site(http.server.BaseHTTPRequestHandler):
    """Resources of three sizes, which take 20 to 80 ms."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together
    page = b""

    def do_GET(self):
        body = self.page
        kind = "text/html"
        if self.path != "/":
            draw = random.Random(self.path)
            time.sleep(draw.uniform(0.020, 0.080))
            body, kind = b"x" * draw.choice((500, 5_000, 40_000)), "text/css"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        with contextlib.suppress(OSError):  # the browser may have gone
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve():
    servers = [http.server.ThreadingHTTPServer((host, 0), Site) for host in HOSTS]
    ports = [server.server_address[1] for server in servers]
    links = (f'<link rel="stylesheet" href="http://{HOSTS[i % 3]}:{ports[i % 3]}/r{i}.css">'
             for i in range(RESOURCES))
    Site.page = ("<!doctype html><title>30</title>" + "".join(links)).encode()
    for server in servers:
        server.request_queue_size = 100
        threading.Thread(target=server.serve_forever, daemon=True).start()
    return servers, f"http://{HOSTS[0]}:{ports[0]}/"


class Browser:
    """Chromium, spoken to by JSON over two pipes; messages end with a NUL."""

    def __init__(self, profile):
        to_read, self.to = os.pipe()
        self.source, from_write = os.pipe()
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                   "--disable-background-networking", "--disable-component-update",
                   "--no-proxy-server", f"--user-data-dir={profile}", "--remote-debugging-pipe"]

        def pipes():  # which Chromium looks for at 3 and 4
            os.dup2(to_read, 30)
            os.dup2(from_write, 31)
            os.dup2(30, 3)
            os.dup2(31, 4)

        self.process = subprocess.Popen(command, preexec_fn=pipes, close_fds=False,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.rest = b""
        self.number = 0
        self.events = []

    def message(self):
        while b"\0" not in self.rest:
            read = os.read(self.source, 1 << 16)
            if not read:
                raise RuntimeError("Chromium has ended")
            self.rest += read
        text, _, self.rest = self.rest.partition(b"\0")
        return json.loads(text)

    def call(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        while (answer := self.message()).get("id") != self.number:
            self.events.append(answer)
        return answer.get("result", {})

    def until(self, method):
        while True:
            event = self.message()
            self.events.append(event)
            if event.get("method") == method:
                return

    def end(self):
        self.process.kill()
        self.process.wait()
        os.close(self.to)
        os.close(self.source)


def entry(events):
    """What a browser exports of one request."""
    sent, got, done = (events[name] for name in ("requestWillBeSent", "responseReceived",
                                                 "loadingFinished"))
    response, timing = got["response"], got["response"]["timing"]
    begin_ms = sent["timestamp"] * 1000
    base_ms = timing["requestTime"] * 1000  # what the other times count from

    def length(part):
        return timing[f"{part}End"] - timing[f"{part}Start"] if timing[f"{part}Start"] >= 0 else -1

    first = next(timing[f"{part}Start"] for part in (*PARTS, "send") if timing[f"{part}Start"] >= 0)
    at = datetime.datetime.fromtimestamp(sent["wallTime"], datetime.timezone.utc)
    end_ms = done["timestamp"] * 1000
    return {"startedDateTime": at.isoformat(timespec="microseconds"), "time": end_ms - begin_ms,
            "request": {"method": sent["request"]["method"], "url": sent["request"]["url"]},
            "response": {"status": response["status"], "httpVersion": response["protocol"],
                         "headersSize": -1, "bodySize": -1,
                         "content": {"size": done["encodedDataLength"]}},
            "timings": {"blocked": base_ms + first - begin_ms,
                        **{part: length(part) for part in PARTS},
                        "send": length("send"),
                        "wait": timing["receiveHeadersEnd"] - timing["sendEnd"],
                        "receive": end_ms - base_ms - timing["receiveHeadersEnd"]}}


def load(file):
    """Loads the page, writes the HAR file of its resources and returns how long those took, in ms: from
    when the first of them was about to be sent, since what the browser does before is its own."""
    servers, url = serve()
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(profile)
        try:
            target = browser.call("Target.createTarget", url="about:blank")["targetId"]
            session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            browser.call("Network.enable", session)
            browser.call("Page.enable", session)
            browser.call("Page.navigate", session, url=url)
            browser.until("Page.loadEventFired")
        finally:
            browser.end()
            for server in servers:
                server.shutdown()
                server.server_close()
    requests = {}
    for event in browser.events:
        name = event.get("method", "").removeprefix("Network.")
        if name in ("requestWillBeSent", "responseReceived", "loadingFinished"):
            requests.setdefault(event["params"]["requestId"], {})[name] = event["params"]
    whole = [one for one in requests.values() if len(one) == 3
             and one["requestWillBeSent"]["request"]["url"].endswith(".css")]
    entries = [entry(one) for one in whole]
    file.write_text(json.dumps({"log": {"version": "1.2", "creator": {"name": "page_har.py", "version": "1"},
                                        "entries": entries}}))
    begin = min(one["requestWillBeSent"]["timestamp"] * 1000 + of["timings"]["blocked"]
                for one, of in zip(whole, entries))
    return max(one["loadingFinished"]["timestamp"] for one in whole) * 1000 - begin
