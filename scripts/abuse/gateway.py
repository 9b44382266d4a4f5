"""The gateway under attack: a process of its own on loopback, in a folder of its own, and what it costs."""
import json
import os
import pathlib
import signal
import socket
import subprocess

from common.machine import cores, resident_mib, taskset_list
from common.serving import HELLO, client_context, forget_settings, serve_command, wait_for_ports

STOP_DEADLINE_S = 60
# One device may be connected eight times, so ten thousand idle tills are this many devices.
IDLE_DEVICES = 1250
# One site may make 200 requests at once: all connections of the HTTPS port need three of them.
SITES = ["WEB1", "WEB2", "WEB3"]


def be_urgent(step):
    """More urgent than other programs of the machine, where the system lets this user: they are not what is measured."""
    try:
        os.nice(step)
    except PermissionError:
        pass


class Gateway:
    """tillgate serve with its default limits, and the devices that the attacks and the honest tills need."""

    def __init__(self, programs, work):
        self.program = pathlib.Path(programs) / "tillgate"
        self.work = work
        self.data = work / "data"
        self.log = work / "gateway.log"
        self.process = None
        self.idle_tokens = []
        forget_settings()
        self.bundles = {}
        for device in ["T01", "T02", "T03", "T04", "T05", "STOLEN"]:
            self.bundles[device] = self.add_device(device)
        self.site_tokens = [self.add_site(site) for site in SITES]
        rows = work / "customers.ndjson"
        rows.write_text("".join(f'{{"card":"{2200000000000000 + number}","name":"Anna K.","points":50}}\n'
                                for number in range(1000)))
        self.call("import", "customers", rows, "--data", self.data)

    def call(self, *arguments):
        done = subprocess.run([str(self.program), *map(str, arguments)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"abuse: tillgate {' '.join(map(str, arguments[:2]))}: {done.stderr.strip()}")
        return done.stdout

    def add_device(self, device):
        folder = self.work / f"bundle-{device}"
        self.call("device", "add", "S1", "register", device, "--out", folder, "--data", self.data)
        return folder

    def add_site(self, site):
        answer = self.call("device", "add", "S1", "website", site, "--token", "--json", "--data", self.data)
        return json.loads(answer)["token"]

    def start(self):
        ports = self.work / "ports"
        ports.unlink(missing_ok=True)
        command = serve_command(self.program, self.data, "--port-file", ports)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["taskset", "-c", taskset_list(cores()[0]), *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=lambda: be_urgent(-10))
        found = wait_for_ports(ports, self.process, self.log)
        self.pid = found["pid"]
        self.port = found["tls_port"]
        self.web_port = found["https_port"]

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_DEADLINE_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    @property
    def is_running(self):
        return self.process.poll() is None

    def read_certificates_again(self):
        self.process.send_signal(signal.SIGHUP)

    # ---- what it costs

    def resident_mib(self):
        return resident_mib(self.pid)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def log_lines(self):
        with open(self.log, "rb") as log:
            return sum(1 for _ in log)

    # ---- ways in

    def context(self, device=None, version=None):
        """Trust in the gateway's authority and, when a device is named, its certificate."""
        shown = [self.bundles[device] / name for name in ("device.crt", "device.key")] if device else []
        context = client_context(self.data, *shown)
        if version:
            context.minimum_version = context.maximum_version = version
        return context

    def tokens_of_many_devices(self):
        """Makes as many devices known as ten thousand connections need; returns their tokens."""
        with socket.socket(socket.AF_UNIX) as operator:
            operator.settimeout(120)
            operator.connect(str(self.data / "operator.sock"))
            lines = operator.makefile("rwb")
            lines.write(HELLO.encode() + b"\n")
            for number in range(IDLE_DEVICES):
                lines.write(b'DEVICE_ADD d {"store":"S1","role":"app","device":"IDLE%d"}\n' % number)
            lines.flush()
            lines.readline()
            return [json.loads(lines.readline().split(b" ", 2)[2])["token"] for _ in range(IDLE_DEVICES)]
