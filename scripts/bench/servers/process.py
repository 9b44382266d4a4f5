"""Processes that a run starts: each on cores of its own, each ended by its id, whatever happens."""
import ctypes
import os
import signal
import socket
import subprocess
import time

from common.machine import resident_mib
from settings import SERVER_CORE, BenchError

START_DEADLINE_S = 300
STOP_DEADLINE_S = 60
# A server is at rest when it has used next to nothing of the processor some times in a row.
SETTLE_DEADLINE_S, QUIET_LOOKS, LOOK_SECONDS, IDLE_SHARE = 300, 2, 0.5, 0.05
PR_SET_PDEATHSIG = 1

libc = ctypes.CDLL(None)
running = []


def die_with_parent():
    """In the child: whoever kills the measurement outright ends what it has started, too."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def start(command, **more):
    """Starts a program that `stop_all` will end if nobody did before."""
    process = subprocess.Popen([str(part) for part in command], stdin=more.pop("stdin", subprocess.DEVNULL),
                               start_new_session=True, preexec_fn=die_with_parent, **more)
    running.append(process)
    return process


def end(process, number=signal.SIGTERM):
    """Ends a process, at the latest by force, and waits for it."""
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process in running:
        running.remove(process)


def stop_all():
    """Ends everything that is still running."""
    for process in list(running):
        end(process)


def run(command, what, deadline_s=600, **more):
    """Runs a program to its end and returns its output; one that fails or takes too long is an error with its words."""
    process = start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)
    try:
        output, words = process.communicate(timeout=deadline_s)
    except subprocess.TimeoutExpired:
        raise BenchError(f"{what}: not done within {deadline_s} s") from None
    finally:
        end(process, signal.SIGKILL)
    if process.returncode:
        raise BenchError(f"{what}: ended with {process.returncode}: {words.strip()[-400:]}")
    return output


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def processor_seconds(pid):
    """What a process has used of the processor."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def settled_mib(pid):
    """Resident memory once a server has come to rest: it may still be filling tables behind the first answers."""
    last = time.monotonic() + SETTLE_DEADLINE_S
    before = resident_mib(pid), processor_seconds(pid)
    quiet = 0
    while time.monotonic() < last and quiet < QUIET_LOOKS:
        time.sleep(LOOK_SECONDS)
        now = resident_mib(pid), processor_seconds(pid)
        is_quiet = abs(now[0] - before[0]) < 0.1 and now[1] - before[1] <= LOOK_SECONDS * IDLE_SHARE
        quiet = quiet + 1 if is_quiet else 0
        before = now
    return before[0]


class Server:
    """A process on the servers' core, or on others."""

    def __init__(self, name, command, log, cores=SERVER_CORE):
        self.name = name
        self.log = log
        with open(log, "ab") as output:
            self.process = start(["taskset", "-c", cores, *command], stdout=output, stderr=output)

    @property
    def pid(self):
        # taskset replaces itself by the program, so the process is the program.
        return self.process.pid

    def wait_for(self, is_up):
        """Waits until it is up; one that never is, or that ends, is ended and an error."""
        last = time.monotonic() + START_DEADLINE_S
        while not is_up():
            if self.process.poll() is not None or time.monotonic() > last:
                how = (f"did not start within {START_DEADLINE_S} s" if self.process.poll() is None
                       else f"ended with {self.process.returncode}")
                self.stop(signal.SIGKILL)
                raise BenchError(f"{self.name} {how}: {self.last_words()}")
            time.sleep(0.002)

    def last_words(self):
        with open(self.log, "rb") as file:
            return file.read()[-400:].decode(errors="replace").strip()

    def stop(self, number=signal.SIGTERM):
        end(self.process, number)
