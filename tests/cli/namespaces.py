"""Network namespaces as machines: each has an address of its own on a bridge that all share.

They stand for the network alone: processes, files and CPUs are those of this machine. The addresses
are seen in these namespaces only. Needs root and iproute2.
"""

import os
import shutil
import subprocess
import time


def why_not():
    """Why this machine can make none; None if it can."""
    if os.geteuid() != 0:
        return "needs root, to make network namespaces"
    if shutil.which("ip") is None:
        return "needs iproute2, to make network namespaces"
    probe = f"fanout-{os.getpid()}-probe"
    made = subprocess.run(["ip", "netns", "add", probe], capture_output=True, text=True)
    if made.returncode == 0:
        subprocess.run(["ip", "netns", "delete", probe], check=True)
        return None
    return f"makes no network namespaces: {made.stderr.strip()}"


class Hosts:
    """`count` hosts and the switch between them, until close()."""

    def __init__(self, count):
        stem = f"fanout-{os.getpid()}-"
        self.switch = stem + "switch"
        self.names = [f"{stem}{i}" for i in range(count)]
        self.addresses = [f"10.213.7.{1 + i}" for i in range(count)]
        try:
            self._make()
        except BaseException:
            self.close()
            raise

    def _make(self):
        for name in (self.switch, *self.names):
            run("netns", "add", name)
        run("-n", self.switch, "link", "add", "bridge", "type", "bridge")
        run("-n", self.switch, "link", "set", "bridge", "up")
        for i, (name, address) in enumerate(zip(self.names, self.addresses)):
            run("-n", name, "link", "add", "net", "type", "veth", "peer", "name", f"port{i}",
                "netns", self.switch)
            run("-n", name, "address", "add", f"{address}/24", "dev", "net")
            run("-n", name, "link", "set", "net", "up")
            run("-n", name, "link", "set", "lo", "up")
            run("-n", self.switch, "link", "set", f"port{i}", "master", "bridge", "up")

    def within(self, index):
        """The command that runs what follows on this host."""
        return ("ip", "netns", "exec", self.names[index])

    def close(self):
        for name in (self.switch, *self.names):
            for _ in range(50):
                gone = subprocess.run(["ip", "netns", "delete", name], capture_output=True)
                if gone.returncode == 0 or not os.path.exists(f"/run/netns/{name}"):
                    break
                time.sleep(0.1)


def run(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def why_no_mpi(program):
    """Why `program` (fanout-mpi) cannot be run on several of these; None if it can."""
    if not os.path.exists(program):
        return "fanout-mpi is not built: MPI was not found (libopenmpi-dev)"
    if shutil.which("mpirun") is None:
        return "needs mpirun (openmpi-bin)"
    return why_not()


def mpirun(hosts, folder):
    """The command that starts what follows once on each host, the first of which it runs on itself.
    Open MPI reaches the others by a script in `folder`, as it would by ssh."""
    agent = folder / "agent"
    names = "\n".join(f"  {address}) host={name} ;;"
                      for name, address in zip(hosts.names, hosts.addresses))
    agent.write_text("#!/bin/sh\n"
                     f"case $1 in\n{names}\n  *) exit 1 ;;\nesac\nshift\n"
                     'exec ip netns exec "$host" unshare --uts sh -c '
                     "'hostname \"$0\"; eval \"$*\"' \"$host\" \"$@\"\n")
    agent.chmod(0o755)
    here = ["unshare", "--uts", "sh", "-c", 'hostname "$0"; exec "$@"', hosts.names[0]]
    return [*hosts.within(0), *here, "mpirun", "--allow-run-as-root", "--bind-to", "none",
            "-n", str(len(hosts.names)), "-H", ",".join(hosts.addresses),
            "--mca", "plm_rsh_agent", str(agent), "--mca", "btl", "tcp,self",
            "--mca", "btl_tcp_if_include", "10.213.7.0/24",
            "--mca", "oob_tcp_if_include", "10.213.7.0/24"]
