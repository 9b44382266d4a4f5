"""tillgate on a data folder, with everything on: TLS 1.3 with client certificates, HTTPS port, upstream, promotions."""
import json
import signal
import socket
import time

from common.serving import HELLO, client_context, forget_settings, serve_command
from servers.process import Server, free_port, run
from settings import SERVER_CORE, BenchError

# The card that the first answer is about; every store has it.
FIRST_CARD = 2200000000000000
# One device stands for all tills.
CONNECTIONS_PER_DEVICE = 20_000
forget_settings()


class Gateway:
    """One gateway on `shop/data`; beside it stand the bundle of register T01 and the token of T02.

    It can be stopped and started again, always on the same port.
    """

    def __init__(self, programs, shop, log):
        self.program = programs / "tillgate"
        self.shop = shop
        self.data = shop / "data"
        self.log = log
        self.port = free_port()
        self.https_port = free_port()
        self.server = None
        self.certificate = shop / "till/device.crt"
        self.key = shop / "till/device.key"
        # The options of the upstream that a start connects to.
        self.upstream = []

    def make_devices(self):
        """Makes the two registers known, on a new data folder."""
        self.call("device", "add", "--data", self.data, "S1", "register", "T01", "--out", self.shop / "till")
        answer = self.call("device", "add", "--data", self.data, "S1", "register", "T02", "--token", "--json")
        (self.shop / "token").write_text(json.loads(answer)["token"], encoding="utf-8")

    @property
    def token_hello(self):
        token = (self.shop / "token").read_text(encoding="utf-8")
        return 'HELLO h {"protocol":1,"token":"%s"}' % token

    def call(self, *arguments, deadline_s=3600):
        """Runs one of tillgate's commands and returns what it prints."""
        return run([self.program, *arguments], f"tillgate {arguments[0]} {arguments[1]}", deadline_s)

    def bundle(self, store, role, device):
        """Makes a device known and returns the paths of its certificate and key."""
        folder = self.shop / f"bundle-{store}-{device}"
        self.call("device", "add", "--data", self.data, store, role, device, "--out", folder)
        return folder / "device.crt", folder / "device.key"

    @property
    def pid(self):
        return self.server.pid

    def start(self, loops=1, cores=SERVER_CORE):
        """Starts it and returns the seconds to the first answered identification."""
        began = time.monotonic()
        self.server = Server("gateway", self.command(self.program, loops), self.log, cores)
        self.server.wait_for(self._answers)
        return time.monotonic() - began

    def command(self, program, loops=1):
        """How a start looks, with this program or another build of it."""
        return serve_command(
            program, self.data, "--loops", loops, "--connections-per-device", CONNECTIONS_PER_DEVICE, "--log-level",
            "warning", *self.upstream, port=self.port, https_port=self.https_port)

    def stop(self, number=signal.SIGTERM):
        if self.server:
            self.server.stop(number)
            self.server = None

    def put_programme(self, programme, quote=None):
        """Puts a programme in force and returns how many of its promotions apply to a quote."""
        file = self.shop / "programme.json"
        file.write_text(json.dumps(programme), encoding="utf-8")
        self.call("programme", "put", "--data", self.data, file)
        if not quote:
            return 0
        answer = self.ask([HELLO, quote])[-1]
        if not answer.startswith("OK 1 "):
            raise BenchError(f"QUOTE is answered {answer}")
        return len(json.loads(answer[5:])["promotions"])

    def unsent(self):
        """How much of the till's is not yet upstream."""
        answer = self.ask([HELLO, "BACKLOG 1 {}"])[-1]
        if not answer.startswith("OK 1 "):
            raise BenchError(f"BACKLOG is answered {answer}")
        return json.loads(answer[5:])["unsent"]

    def _answers(self):
        try:
            answers = self.ask([HELLO, 'IDENTIFY 1 {"card":"%d"}' % FIRST_CARD])
            return answers[0].startswith("OK h") and answers[1].startswith("OK 1")
        except OSError:
            return False

    def ask(self, requests):
        """Sends these lines, one after the other, and returns as many answers."""
        with self.connect() as link:
            lines = link.makefile("rwb")
            lines.write("".join(f"{request}\n" for request in requests).encode())
            lines.flush()
            return [lines.readline().decode().rstrip("\n") for _ in requests]

    def connect(self):
        """A connection of register T01, not yet greeted."""
        context = client_context(self.data, self.certificate, self.key)
        return context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), 30), server_hostname="localhost")
