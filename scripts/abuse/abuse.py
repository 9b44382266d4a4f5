"""Attacks a gateway in every way that its catalogue knows, while honest tills work, and says what it cost them.

Each attack meets a gateway that has just started, and runs in rounds with quiet ones between them; a bound is taken on the
median of the rounds. Ends with 1 when a bound is broken. The gateway has the first core, everybody else the others. As root
the honest are the most urgent of all, then the gateway, then the attackers, then what else runs on the machine: what is
measured is the gateway and not the attackers' hunger for the tills' core.
"""
import argparse
import multiprocessing
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import lines
from catalogue import ATTACKS, SLACK_MIB
from common.machine import allow_descriptors, cores
from gateway import Gateway, be_urgent
from tills import TILLS, Peer, honest_tills, newcomer, percentile

ROUNDS = 3
RATIO_MAXIMUM = 3.0
# Below this a ratio says more about the machine than about the gateway: 3 times nothing is nothing.
QUIET_FLOOR_MS = 1.0
# A till that comes anew is served within its own patience, five seconds, whatever goes on.
NEWCOMER_MAXIMUM_MS = 5_000
# Ten kinds of refusal, each with five lines and a summary in ten seconds.
LOG_LINES_MAXIMUM = 60
# Connections that linger, and handshakes that are cut by their deadline, are gone after this.
SETTLE_DEADLINE_S = 15
# The most connections of an attack, and what else its process and the gateway have open.
DESCRIPTORS_WANTED = lines.IDLE_CONNECTIONS + 500


class Tally:
    """How much an attack has done. Without a lock, which an attacker that is killed could take with it."""

    def __init__(self):
        self.value = multiprocessing.RawValue("Q", 0)
        self.is_ready = multiprocessing.Event()

    def count(self, number=1):
        self.value.value += number

    def reach(self, number):
        """For what is held: the most at a time."""
        self.value.value = max(self.value.value, number)

    def ready(self):
        self.is_ready.set()


class Attacker:
    """The process of one attack."""

    def __init__(self, attack, gateway):
        self.tally = Tally()
        self.process = multiprocessing.Process(target=self._run, args=(attack, gateway), daemon=True)

    def _run(self, attack, gateway):
        os.sched_setaffinity(0, cores()[1])
        be_urgent(-5)
        allow_descriptors()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        attack.work(gateway, self.tally)

    def start(self, warm_up_s, waits):
        """One that is waited for and is not ready in time shows in its tally."""
        self.process.start()
        if waits:
            self.tally.is_ready.wait(warm_up_s)
        else:
            time.sleep(warm_up_s)

    def signal(self, number):
        if self.process.is_alive():
            os.kill(self.process.pid, number)

    def end(self):
        """True when it was at work to the end."""
        lived = self.process.is_alive()
        self.signal(signal.SIGKILL)
        self.process.join()
        return lived


class Watch(threading.Thread):
    """Keeps the highest resident memory."""

    def __init__(self, gateway):
        super().__init__(daemon=True)
        self.gateway, self.peak, self.ends = gateway, 0.0, False

    def run(self):
        while not self.ends:
            try:
                self.peak = max(self.peak, self.gateway.resident_mib())
            except (OSError, StopIteration):
                return
            time.sleep(0.05)


class Honest:
    """What the honest ones see in a window of time."""

    def __init__(self, gateway):
        self.tills = Peer(honest_tills, [lambda device=device: gateway.context(device) for device in TILLS],
                          gateway.port)
        self.newcomer = Peer(newcomer, lambda: gateway.context("T05"), gateway.port)

    def window(self, seconds):
        """(p99 ms, newcomers' milliseconds, failures) of the next seconds."""
        begin = time.monotonic()
        time.sleep(seconds)
        end = time.monotonic()
        # The last requests of the window get their answers.
        time.sleep(0.1)
        took, lost = self.tills.between(begin, end)
        came, turned_away = self.newcomer.between(begin, end)
        return percentile(took, 0.99), came, lost + turned_away

    def stop(self):
        self.tills.stop()
        self.newcomer.stop()


def settle(gateway, before):
    """Descriptors once they are where they were, or after the deadline."""
    end = time.monotonic() + SETTLE_DEADLINE_S
    # A connection of the honest ones may just be open.
    while (now := gateway.descriptors()) > before + 2 and time.monotonic() < end:
        time.sleep(0.2)
    return now


def run(attack, gateway, honest, seconds):
    """One attack; returns its row and what is wrong with it."""
    memory, descriptors, logged = gateway.resident_mib(), gateway.descriptors(), gateway.log_lines()
    watch = Watch(gateway)
    watch.start()
    attacker = Attacker(attack, gateway)
    quiet, under, came, failures = [], [], [], 0
    if attack.is_holding:
        quiet = [honest.window(seconds)[0] for _ in range(ROUNDS)]
    attacker.start(attack.warm_up_s, waits=attack.is_holding)
    for _ in range(ROUNDS):
        p99, newcomers, failed = honest.window(seconds)
        under.append(p99)
        came += newcomers
        failures += failed
        if not attack.is_holding:
            attacker.signal(signal.SIGSTOP)
            time.sleep(0.3)
            quiet.append(honest.window(seconds)[0])
            attacker.signal(signal.SIGCONT)
            time.sleep(0.1)
    lived = attacker.end()
    after = settle(gateway, descriptors)
    watch.ends = True
    watch.join()
    row = {
        "attack": attack.name, "amount": f"{attacker.tally.value.value} {attack.unit}",
        "quiet": statistics.median(quiet), "under": statistics.median(under),
        "newcomer": max(came, default=float("nan")), "memory": memory, "peak": watch.peak,
        "memory_after": gateway.resident_mib() if gateway.is_running else float("nan"),
        "memory_limit": memory + attack.memory_mib + SLACK_MIB, "descriptors": descriptors,
        "descriptors_after": after, "logged": gateway.log_lines() - logged, "failures": failures,
    }
    row["ratio"] = row["under"] / max(row["quiet"], QUIET_FLOOR_MS)
    return row, missing(attack, attacker.tally.value.value, lived) + verdict(row, gateway)


def missing(attack, amount, lived):
    """What an attack has not done: nothing that a gateway withstands when it did not meet it."""
    if not amount:
        return ["the attack did not take place"]
    wrong = [] if lived else ["the attack ended early"]
    if amount < attack.at_least:
        wrong.append(f"only {amount:,} of {attack.at_least:,} {attack.unit}")
    return wrong


def verdict(row, gateway):
    wrong = []
    if not gateway.is_running:
        wrong.append("the gateway is gone")
    if not row["ratio"] <= RATIO_MAXIMUM:
        wrong.append(f"p99 {row['ratio']:.1f} times")
    if not row["newcomer"] <= NEWCOMER_MAXIMUM_MS:
        wrong.append("newcomers wait")
    if row["failures"]:
        wrong.append(f"{row['failures']} honest requests failed")
    if row["peak"] > row["memory_limit"]:
        wrong.append("memory")
    if row["descriptors_after"] > row["descriptors"] + 2:
        wrong.append("descriptors")
    if row["logged"] > LOG_LINES_MAXIMUM:
        wrong.append("log")
    return wrong


HEADING = (f"{'attack':21} {'how much':>24} {'p99 ms':>7} {'quiet':>6} {'times':>5} {'new ms':>7} "
           f"{'MiB':>5} {'peak':>5} {'bound':>5} {'after':>5} {'fds':>4} {'after':>5} {'log':>4}  verdict")


def line(row, wrong):
    return (f"{row['attack']:21} {row['amount']:>24} {row['under']:7.2f} {row['quiet']:6.2f} {row['ratio']:5.2f} "
            f"{row['newcomer']:7.1f} {row['memory']:5.0f} {row['peak']:5.0f} {row['memory_limit']:5.0f} "
            f"{row['memory_after']:5.0f} {row['descriptors']:4} {row['descriptors_after']:5} {row['logged']:4}  "
            + ("BROKEN: " + ", ".join(wrong) if wrong else "holds"))


def make_foreign_certificate(gateway, work):
    """A certificate with a till's name from an authority of the attacker's own."""
    gateway.foreign_certificate, gateway.foreign_key = work / "foreign.pem", work / "foreign.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/O=S1/OU=register/CN=T01", "-keyout", gateway.foreign_key, "-out", gateway.foreign_certificate],
        check=True, capture_output=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--programs", default=".build/release", help="folder with tillgate (.build/release)")
    parser.add_argument("--duration", type=float, default=6, help="seconds of each attack, in three rounds")
    parser.add_argument("--only", default="", help="names of attacks, with commas between them")
    parser.add_argument("--list", action="store_true", help="say which attacks there are")
    return parser.parse_args()


def chosen(only):
    names = [name for name in only.split(",") if name]
    unknown = set(names) - {attack.name for attack in ATTACKS}
    if unknown:
        raise SystemExit(f"abuse: no such attack: {', '.join(sorted(unknown))}; --list tells which there are")
    return [attack for attack in ATTACKS if not names or attack.name in names]


def main():
    options = arguments()
    if options.list:
        for attack in ATTACKS:
            print(f"{attack.name:21} {attack.about}")
        return
    attacks = chosen(options.only)
    if not (pathlib.Path(options.programs) / "tillgate").is_file():
        raise SystemExit(f"abuse: there is no tillgate in {options.programs}; --programs tells where it is")
    descriptors = allow_descriptors()
    if descriptors < DESCRIPTORS_WANTED and lines.idle_tills in [attack.work for attack in attacks]:
        raise SystemExit(f"abuse: {descriptors:,} open files are allowed here; idle-tills needs {DESCRIPTORS_WANTED:,}:"
                         " raise the limit (ulimit -Hn), or name other attacks with --only")
    # Who is told to end leaves no gateway and no attacker behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    work = pathlib.Path(tempfile.mkdtemp(prefix="tillgate-abuse-"))
    gateway = Gateway(options.programs, work)
    make_foreign_certificate(gateway, work)
    broken = 0
    try:
        print(HEADING, flush=True)
        for attack in attacks:
            row, wrong = meet(attack, gateway, options.duration / ROUNDS)
            print(line(row, wrong), flush=True)
            broken += bool(wrong)
            if wrong:
                shutil.copy(gateway.log, work / f"{attack.name}.log")
    finally:
        gateway.stop()
        if sys.exc_info()[0] or broken:
            print(f"the gateway's logs are kept in {work}")
        else:
            shutil.rmtree(work)
    print(f"{len(attacks)} attacks, {broken} broken")
    sys.exit(1 if broken else 0)


def meet(attack, gateway, seconds):
    """Starts gateway and honest tills for one attack, and ends them."""
    gateway.start()
    if attack.work is lines.idle_tills and not gateway.idle_tokens:
        gateway.idle_tokens = gateway.tokens_of_many_devices()
    honest = Honest(gateway)
    try:
        honest.window(1)
        return run(attack, gateway, honest, seconds)
    finally:
        honest.stop()
        gateway.stop()


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    main()
