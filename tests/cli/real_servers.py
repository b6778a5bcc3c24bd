"""Web servers that nobody here wrote, each in a folder of its own, on loopback, until stop().

A server has a `url` that it answers with 200, and served() says how many requests for it are in the
server's own log."""

import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import fanout_cli


PYTHON = "/usr/bin/python3"  # Debian's, which has Debian's packages


def program(name):
    """Where the program is, if it is installed: those of servers are seldom in a user's PATH."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin")


class Server:
    """What all have in common: a folder, a port, processes, and a log."""

    name = ""
    needs = ()  # programs
    requests = 1000  # what is worth while to ask of it in a test
    variables = {}  # what a client needs in its environment

    @classmethod
    def lacks(cls):
        return [need for need in cls.needs if not program(need)]

    def __init__(self):
        self.temporary = tempfile.TemporaryDirectory(prefix="fanout-server-")
        self.folder = pathlib.Path(self.temporary.name)
        self.port = fanout_cli.free_port()
        self.processes = []
        (self.folder / "page.txt").write_text("hello\n")

    def start(self):
        self.launch()
        deadline = time.monotonic() + fanout_cli.HANG_S
        while not self.answers():
            if self.processes[-1].poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{self.name} does not start: {self.said()}")
            time.sleep(0.01)
        return self

    def run(self, *command):
        with (self.folder / "output").open("ab") as output:
            self.processes.append(subprocess.Popen([str(word) for word in command],
                                                   cwd=self.folder, stdout=output, stderr=output))

    def write(self, name, text):
        file = self.folder / name
        file.write_text(text.replace("@FOLDER@", str(self.folder)).replace("@PORT@",
                                                                           str(self.port)))
        return file

    def make_certificate(self):
        """Makes cert.pem and key.pem, and the server's URL one of TLS."""
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=IP:127.0.0.1"],
                       cwd=self.folder, check=True, capture_output=True)
        self.variables = {"SSL_CERT_FILE": str(self.folder / "cert.pem")}

    def said(self):
        return (self.folder / "output").read_text(errors="replace")

    def answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
            return True
        except OSError:
            return False

    @property
    def url(self):
        scheme = "https" if self.variables else "http"
        return f"{scheme}://127.0.0.1:{self.port}/page.txt"

    def log(self):
        file = self.folder / "access.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def served(self):
        return self.log().count("GET /page.txt")

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
            process.wait(fanout_cli.HANG_S)
        self.temporary.cleanup()


class Nginx(Server):
    name, needs = "nginx", ("nginx",)
    listen = settings = locations = ""  # what a test adds
    config = """
daemon off; master_process off; pid @FOLDER@/pid; error_log @FOLDER@/error.log;
events { worker_connections 512; }
http {
  access_log @FOLDER@/access.log;
  client_body_temp_path @FOLDER@/body; proxy_temp_path @FOLDER@/proxy;
  fastcgi_temp_path @FOLDER@/fastcgi; uwsgi_temp_path @FOLDER@/uwsgi; scgi_temp_path @FOLDER@/scgi;
  @SETTINGS@
  server { listen 127.0.0.1:@PORT@ @LISTEN@; root @FOLDER@; @LOCATIONS@ }
}
"""

    def launch(self):
        text = self.config.replace("@SETTINGS@", self.settings)
        text = text.replace("@LISTEN@", self.listen).replace("@LOCATIONS@", self.locations)
        config = self.write("nginx.conf", text)
        self.run(program("nginx"), "-p", self.folder, "-c", config, "-e", self.folder / "error.log")


class Apache(Server):
    name, needs = "apache2", ("apache2",)
    config = """
ServerRoot @FOLDER@
ServerName localhost
PidFile @FOLDER@/pid
Listen 127.0.0.1:@PORT@
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
DocumentRoot @FOLDER@
ErrorLog @FOLDER@/error.log
CustomLog @FOLDER@/access.log "%r"
"""

    def launch(self):
        self.run(program("apache2"), "-X", "-f", self.write("apache.conf", self.config))


class Lighttpd(Server):
    name, needs = "lighttpd", ("lighttpd",)
    config = """
server.modules = ("mod_accesslog")
server.bind = "127.0.0.1"
server.port = @PORT@
server.document-root = "@FOLDER@"
accesslog.filename = "@FOLDER@/access.log"
"""

    def launch(self):
        self.run(program("lighttpd"), "-D", "-f", self.write("lighttpd.conf", self.config))

    def served(self):
        self.processes[-1].send_signal(1)  # SIGHUP: what it has not yet written of its log, now
        return super().served()


class HaproxyBeforeNginx(Server):
    """haproxy hands every request on to nginx, which writes the log."""

    name, needs = "haproxy", ("haproxy", "nginx")
    config = """
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
listen front
  bind 127.0.0.1:@PORT@
  server back 127.0.0.1:{port}
"""

    def launch(self):
        self.back = Nginx().start()
        config = self.write("haproxy.cfg", self.config.replace("{port}", str(self.back.port)))
        self.run(program("haproxy"), "-db", "-f", config)

    def log(self):
        return self.back.log()

    def stop(self):
        super().stop()
        self.back.stop()


class Node(Server):
    name, needs = "node", ("node",)
    script = """
const log = require("fs").createWriteStream("access.log");
require("http").createServer((request, response) => {
  log.write(`${request.method} ${request.url}\\n`);
  response.end("hello\\n");
}).listen(@PORT@, "127.0.0.1");
"""

    def launch(self):
        self.run(program("node"), self.write("server.js", self.script))


class HttpServer(Server):
    """python3 -m http.server: HTTP/1.0, and no connection is kept."""

    name = "http.server"

    def launch(self):
        self.run(sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1", self.port)

    def log(self):
        return self.said()


class Aiohttp(Server):
    name = "aiohttp"
    script = """
from aiohttp import web
log = open("access.log", "w", buffering=1)
async def page(request):
    print(request.method, request.path, file=log)
    return web.Response(text="hello\\n")
app = web.Application()
app.add_routes([web.get("/page.txt", page)])
web.run_app(app, host="127.0.0.1", port=@PORT@, access_log=None, print=None)
"""

    @classmethod
    def lacks(cls):
        found = subprocess.run([PYTHON, "-c", "import aiohttp"], capture_output=True, check=False)
        return ["aiohttp"] if found.returncode else []

    def launch(self):
        self.run(PYTHON, self.write("server.py", self.script))


class Openssl(Server):
    """openssl s_server: TLS 1.2, HTTP/1.0, and one connection at a time."""

    name, needs = "openssl", ("openssl",)
    requests = 100  # each has a handshake of its own

    def launch(self):
        self.make_certificate()
        self.run("openssl", "s_server", "-tls1_2", "-WWW", "-accept", self.port, "-quiet",
                 "-cert", "cert.pem", "-key", "key.pem")

    def served(self):
        return self.said().count("FILE:page.txt")


ALL = (Nginx, Apache, Lighttpd, HaproxyBeforeNginx, Node, HttpServer, Aiohttp, Openssl)
