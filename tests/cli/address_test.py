"""Where requests go: addresses of names, IPv6, Unix sockets, --resolve, and names without any."""

import shlex
import sys
import unittest

import fanout_cli

PORT = 18080  # in a network of its own
SERVER = """
import http.server, os, socket, socketserver, sys, threading

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
    def do_POST(self):
        self.do_GET()
    def log_message(self, *_):
        pass
    def address_string(self):
        return ""

class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

# A listener whose queue is full answers no further connection.
silent = socket.create_server(("2001:db8::9", int(sys.argv[2])), family=socket.AF_INET6, backlog=0)
fillers = [socket.socket(socket.AF_INET6) for _ in range(4)]
for filler in fillers:
    filler.setblocking(False)
    filler.connect_ex(silent.getsockname())

for family, address in eval(sys.argv[1]):
    kind = type("Kind", (Server,), {"address_family": family})
    threading.Thread(target=kind(address, Handler).serve_forever).start()
print("serves", flush=True)
"""
HOSTS = """
::1 localhost
2001:db8::9 silent.example
127.0.0.2 silent.example
127.0.0.3 refused.example
127.0.0.2 refused.example
"""
NETWORK = ("ip link set lo up && ip -6 addr add 2001:db8::9/128 dev lo nodad && "
           "mount --bind hosts /etc/hosts && mount --bind empty /etc/resolv.conf")
ALL = ("--strategy", "event_loop,session_reuse", "--transport", "all", "--rounds", "1")


class AddressTest(fanout_cli.CliTest):
    def test_requests_go_where_names_and_addresses_lead(self):
        (self.folder / "hosts").write_text(HOSTS)
        (self.folder / "empty").write_text("")
        (self.folder / "server.py").write_text(SERVER)
        within = self.namespaces(["--mount", "--net"], NETWORK)
        listening = [(10, ("::1", PORT)), (2, ("127.0.0.2", PORT)), (1, "x.sock")]
        serve = (f"{shlex.quote(sys.executable)} server.py {shlex.quote(repr(listening))} {PORT} "
                 ">served &"
                 ' while ! [ -s served ]; do sleep 0.01; done; "$@"; code=$?; kill $!; exit $code')
        socket_path = str(self.folder / "x.sock").replace("/", "%2F")
        urls = [f"http://{host}:{PORT}/{i}" for i in range(4) for host in
                ("localhost", "silent.example", "refused.example", "given.example", "[::1]",
                 "127.0.0.2")]
        urls += [f"http+unix://{socket_path}/a", "http://nowhere.invalid/", f"{urls[0]}?again"]
        (self.folder / "list.txt").write_text("\n".join(urls))
        document, result = self.measure(
            "--urls", "list.txt", "--resolve", f"given.example:{PORT}:127.0.0.3",
            "--resolve", "GIVEN.example:*:[::1]", "--i-may-load-this-target", *ALL,
            within=(*within, "sh", "-c", serve, "sh"))
        ran = {cell["transport"] for cell in document["cells"]}
        self.assertGreaterEqual(len(ran), 7)
        for cell in document["cells"]:
            [run] = cell["runs"]
            with self.subTest(cell["strategy"] + "/" + cell["transport"]):
                self.assertTrue(run["valid"], run["reasons"])
                # 127.0.0.3 is what the user gave first, and nobody listens there.
                self.assertEqual(run["errors"], {"dns": 1, "refused": 4})
        [scenario] = document["plan"]["scenarios"]
        self.assertEqual(scenario["targets"]["addresses"], {
            "localhost": ["::1"], "silent.example": ["127.0.0.2"],
            "refused.example": ["127.0.0.2"], "given.example": ["127.0.0.3"]})

        _, result = self.measure("--url", f"http://localhost:{PORT}/", "-n", 3, *ALL,
                                 within=(*within, "sh", "-c", "rm -f served x.sock; " + serve,
                                         "sh"))
        self.assertIn("real targets (localhost = ::1), proof: ", result.out)


class RefusalTest(fanout_cli.CliTest):
    def test_what_cannot_be_resolved_or_read_is_named(self):
        unknown = f"http://{'a' * 64}.invalid/"
        self.refuse("run", "--url", unknown, words=("no address is known for", "--resolve"))
        for wrong in ("a:80", "a:b:127.0.0.1", "a:80:b"):
            self.refuse("run", "--url", "http://a/", "--resolve", wrong,
                        words=("--resolve", wrong, "NAME:PORT:ADDRESS"))
        self.refuse("run", "--resolve", "a:80:127.0.0.1", words=("--resolve", "--url"))


if __name__ == "__main__":
    unittest.main()
