"""The upstream of the simulators, as well or badly behaved as it is wanted."""
from servers.process import Server, free_port
from settings import LOAD_CORE


class Upstream:
    """On one port all the time. The gateway's own authority has signed what it shows."""

    def __init__(self, programs, gateway, folder):
        self.program = programs / "upstream-simulator"
        self.gateway = gateway
        self.folder = folder
        self.folder.mkdir(parents=True)
        self.port = free_port()
        self.server = None

    @property
    def options(self):
        """How the gateway is told of it."""
        return ["--upstream", f"https://127.0.0.1:{self.port}",
                "--upstream-authority", self.gateway.data / "authority/ca.pem"]

    def become(self, manner):
        """Starts it anew with options of the simulator; None: nothing listens."""
        self.stop()
        if manner is None:
            return
        ready = self.folder / "port"
        ready.unlink(missing_ok=True)
        self.server = Server("upstream", [
            self.program, "--certificate", self.gateway.data / "server/server.pem",
            "--key", self.gateway.data / "server/server.key.pem", "--port", self.port, "--port-file", ready,
            "--store", self.folder / "receipts.ndjson", "--events", self.folder / "events.ndjson", *manner],
            self.folder / "log", LOAD_CORE)
        self.server.wait_for(ready.exists)

    def stop(self):
        if self.server:
            self.server.stop()
            self.server = None
