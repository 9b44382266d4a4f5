"""The servers that are measured: each on a core and a port of its own, in a folder of its own, ended at the end."""
import json
import os
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import time

SERVER_CORE = "0"
START_DEADLINE_S = 60
STOP_DEADLINE_S = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def resident_mib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024


def settled_mib(pid, deadline_s=60):
    """Resident memory once it has stopped changing: a server may still be filling its tables behind the first answers."""
    end = time.monotonic() + deadline_s
    before = resident_mib(pid)
    while time.monotonic() < end:
        time.sleep(1)
        now = resident_mib(pid)
        if abs(now - before) < 0.1:
            return now
        before = now
    return before


class Server:
    """A process on the server's core."""

    def __init__(self, name, command, log):
        self.name = name
        self.log = log
        with open(log, "ab") as output:
            self.process = subprocess.Popen(
                ["taskset", "-c", SERVER_CORE, *map(str, command)],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)

    @property
    def pid(self):
        # taskset replaces itself by the program, so the process is the program.
        return self.process.pid

    def wait_for(self, is_up):
        end = time.monotonic() + START_DEADLINE_S
        while not is_up():
            if self.process.poll() is not None:
                raise SystemExit(f"bench: {self.name} ended with {self.process.returncode}; see {self.log}")
            if time.monotonic() > end:
                raise SystemExit(f"bench: {self.name} did not start within {START_DEADLINE_S} s; see {self.log}")
            time.sleep(0.002)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_DEADLINE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


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
        self.folder = work / ("redis-durable" if durable else "redis")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.socket = self.folder / "redis.sock"
        log = ["--appendonly", "yes", "--appendfsync", "always"] if durable else ["--appendonly", "no"]
        super().__init__("redis", [
            "redis-server", "--port", "0", "--tls-port", self.port, "--bind", "127.0.0.1",
            "--tls-cert-file", tools / "cert.pem", "--tls-key-file", tools / "key.pem",
            "--tls-ca-cert-file", tools / "cert.pem", "--tls-auth-clients", "no", "--unixsocket", self.socket,
            "--dir", self.folder, "--save", "", *log], self.folder / "redis.log")
        self.wait_for(lambda: accepts(self.port))

    def fill(self, customers):
        """A value of the size of the floor's reply for every card."""
        loader = subprocess.Popen(["redis-cli", "-s", str(self.socket), "--pipe"],
                                  stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        value = json.dumps({"customer": "c-1000000", "name": "Anna K.", "tier": "gold", "balance": 7000000,
                            "available": 7000000, "held": 0, "expiring": {"points": 1200, "on": "2026-12-31"},
                            "segment": "premium"}, separators=(",", ":"))
        with loader.stdin as commands:
            for number in range(customers):
                key = f"c:{number:012}"
                commands.write(f"*3\r\n$3\r\nSET\r\n${len(key)}\r\n{key}\r\n${len(value)}\r\n{value}\r\n".encode())
        if loader.wait():
            raise SystemExit("bench: filling Redis failed")


class Gateway:
    """tillgate with customers and one register's certificate; can be started anew on the same data and port."""

    HELLO = 'HELLO h {"protocol":1}'

    def __init__(self, programs, work, customers):
        self.program = programs / "tillgate"
        self.data = work / "gateway"
        self.log = work / "gateway.log"
        self.port = free_port()
        self.server = None
        self.certificate = work / "bundle/device.crt"
        self.key = work / "bundle/device.key"
        # Settings in the environment must not change what is measured.
        for name in [name for name in os.environ if name.startswith("TILLGATE_")]:
            del os.environ[name]
        self._call("device", "add", "--data", self.data, "S1", "register", "T01", "--out", work / "bundle")
        answer = self._call("device", "add", "--data", self.data, "S1", "register", "T02", "--token", "--json")
        self.token_hello = 'HELLO h {"protocol":1,"token":"%s"}' % json.loads(answer)["token"]
        rows = work / "customers.ndjson"
        with open(rows, "w", encoding="utf-8") as file:
            for number in range(customers):
                file.write(f'{{"card":"{2200000000000000 + number}","name":"Anna K.","external":"E{number}",'
                           f'"segment":"premium","points":{number % 5000},"turnover":{number * 7 % 20000000}}}\n')
        began = time.monotonic()
        self._call("import", "customers", "--data", self.data, rows)
        self.import_seconds = time.monotonic() - began
        rows.unlink()

    def _call(self, *arguments):
        done = subprocess.run([str(self.program), *map(str, arguments)], capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"bench: tillgate {arguments[0]} {arguments[1]}: {done.stderr.strip()}")
        return done.stdout

    def bundle(self, store, role, device):
        """Makes a device known and returns the paths of its certificate and key."""
        folder = self.data.parent / f"bundle-{store}-{device}"
        self._call("device", "add", "--data", self.data, store, role, device, "--out", folder)
        return folder / "device.crt", folder / "device.key"

    @property
    def pid(self):
        return self.server.pid

    def start(self, more=()):
        """Starts it, with more options than usual, and returns the seconds to the first answered identification."""
        began = time.monotonic()
        self.server = Server("gateway", [
            self.program, "serve", "--data", self.data, "--listen", f"127.0.0.1:{self.port}",
            "--connections-per-device", 20000, "--log-level", "warning", *more], self.log)
        self.server.wait_for(self._answers)
        return time.monotonic() - began

    def stop(self):
        if self.server:
            self.server.stop()
            self.server = None

    def put_programme(self, programme, quote=None):
        """Puts a programme in force and returns how many of its promotions apply to a quote."""
        file = self.data.parent / "programme.json"
        file.write_text(json.dumps(programme), encoding="utf-8")
        self._call("programme", "put", "--data", self.data, file)
        if not quote:
            return 0
        answer = self.ask([self.HELLO, quote])[-1]
        if not answer.startswith("OK 1 "):
            raise SystemExit(f"bench: QUOTE is answered {answer}")
        return len(json.loads(answer[5:])["promotions"])

    def _answers(self):
        try:
            answers = self.ask([self.HELLO, 'IDENTIFY 1 {"card":"2200000000000000"}'])
            return answers[0].startswith("OK h") and answers[1].startswith("OK 1")
        except OSError:
            return False

    def ask(self, requests):
        """Sends these lines, one after the other, and returns as many answers."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.load_cert_chain(self.certificate, self.key)
        with socket.create_connection(("127.0.0.1", self.port), 5) as plain, context.wrap_socket(plain) as link:
            lines = link.makefile("rwb")
            lines.write("".join(f"{request}\n" for request in requests).encode())
            lines.flush()
            return [lines.readline().decode().rstrip("\n") for _ in requests]


def build_tools(bench, work):
    """Builds floor and load into a folder of the run's own."""
    folder = work / "tools"
    done = subprocess.run(["make", "-s", "-C", str(bench), f"OUT={folder}"], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"bench: the tools in {bench} cannot be built: {done.stderr.strip()}")
    return pathlib.Path(folder)
