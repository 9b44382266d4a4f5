"""What the gateway is measured beside: the floor and Redis."""
import json
import os
import pathlib

from servers.process import Server, accepts, free_port, run, start
from settings import BenchError


def build_tools(bench, work):
    """Builds floor and load into a folder of the run's own."""
    folder = pathlib.Path(work / "tools")
    # Settings of the make that has called this program are none of the tools'.
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "OUT")}
    run(["make", "-s", "-C", bench, f"OUT={folder}"], f"building the tools in {bench}", env=environment)
    return folder


class Floor(Server):
    """The least that the job can cost."""

    def __init__(self, tools, work, customers):
        self.port = free_port()
        super().__init__("floor", [tools / "floor", self.port, tools / "cert.pem", tools / "key.pem", customers],
                         work / "floor.log")
        self.wait_for(lambda: accepts(self.port))


class Redis(Server):
    """Redis over TLS; with durable=True every write is on the disk before it is answered."""

    def __init__(self, tools, work, durable):
        self.port = free_port()
        self.folder = work / f"redis-{self.port}"
        self.folder.mkdir()
        # The path of a socket is short, that of a folder need not be.
        self.socket = pathlib.Path(f"/tmp/tillgate-bench-redis-{os.getpid()}-{self.port}")
        log = ["--appendonly", "yes", "--appendfsync", "always"] if durable else ["--appendonly", "no"]
        super().__init__("redis", [
            "redis-server", "--port", "0", "--tls-port", self.port, "--bind", "127.0.0.1",
            "--tls-cert-file", tools / "cert.pem", "--tls-key-file", tools / "key.pem",
            "--tls-ca-cert-file", tools / "cert.pem", "--tls-auth-clients", "no", "--unixsocket", self.socket,
            "--dir", self.folder, "--save", "", *log], self.folder / "redis.log")
        self.wait_for(lambda: accepts(self.port))

    def stop(self, *how):
        super().stop(*how)
        self.socket.unlink(missing_ok=True)

    def fill(self, customers):
        """A value of the size of the floor's reply for every card."""
        value = json.dumps({"customer": "c-1000000", "name": "Anna K.", "tier": "gold", "balance": 7000000,
                            "available": 7000000, "held": 0, "expiring": {"points": 1200, "on": "2026-12-31"},
                            "segment": "premium"}, separators=(",", ":"))
        commands = self.folder / "fill"
        with open(commands, "wb") as file:
            for number in range(customers):
                key = f"c:{number:012}"
                file.write(f"*3\r\n$3\r\nSET\r\n${len(key)}\r\n{key}\r\n${len(value)}\r\n{value}\r\n".encode())
        with open(commands, "rb") as file:
            loader = start(["redis-cli", "-s", self.socket, "--pipe"], stdin=file, stdout=open(os.devnull, "wb"))
            if loader.wait(600):
                raise BenchError("filling Redis failed")
        commands.unlink()
