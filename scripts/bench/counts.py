#!/usr/bin/python3
"""Counts what one request costs the gateway: instructions, allocations, reference counts, calls of the system.

    counts.py --programs FOLDER [--customers N] [--requests N] [--only NAME ...]

Instructions and calls of functions are counted by valgrind on one connection, for requests that are alike, after the
gateway has warmed up with as many others; calls of the system by strace, on sixteen connections that ask side by side. The
first are nearly the same in every run, also on a machine that is busy, so a change of one per cent can be seen, which no time
can show; calls of the system depend a little on who comes when. None of them says anything of waiting: for caches, for the
kernel, for other threads.
Needs valgrind, strace, gcc and strip.
"""
import argparse
import collections
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from common.serving import HELLO
from servers.process import end, run, start, stop_all
from settings import CONNECTIONS, PROMOTIONS, SERVER_CORE, BenchError, positive
from shop.programmes import programme
from shop.requests import IDENTIFY, quote
from shop.stores import Stores

PRODUCTS = 1_000
BASKET_LINES = 10
# A gateway under valgrind starts some fifty times as slowly; strace needs a moment to take hold of every thread.
SLOW_START_DEADLINE_S = 300
ATTACH_SECONDS = 0.5
# Functions whose calls are counted, by what they stand for.
COUNTED = {"malloc": "allocations", "swift_retain": "retains", "swift_release": "releases",
           "swift_beginAccess": "access checks"}
# valgrind 3.19 ends when a program waits for a signal with a mask in read-only memory, as libdispatch does.
WAIT_SOURCE = """
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>
int sigsuspend(const sigset_t *mask) { sigset_t copy = *mask; return (int)syscall(SYS_rt_sigsuspend, &copy, 8); }
"""
# Name: how many requests are under way on one connection, and whether they are quotes.
SHAPES = {"identification": (1, False), "identification-16-deep": (16, False), "quote": (1, True)}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=pathlib.Path, default=pathlib.Path(".build/release"),
                        help="folder with the built tillgate")
    parser.add_argument("--customers", type=positive, default=1_000)
    parser.add_argument("--requests", type=positive, default=2_000)
    parser.add_argument("--only", nargs="+", choices=SHAPES, default=list(SHAPES), metavar="NAME",
                        help=f"nothing but: {', '.join(SHAPES)}")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path("out/bench"),
                        help="folder for the filled store, which later runs use again")
    options = parser.parse_args()
    missing = [tool for tool in ("valgrind", "callgrind_control", "strace", "gcc", "strip") if not shutil.which(tool)]
    if missing:
        parser.exit(2, f"counts: not installed: {', '.join(missing)}\n")
    if not (options.programs / "tillgate").is_file():
        parser.exit(2, f"counts: there is no tillgate in {options.programs}\n")
    return options


class Client:
    """One greeted connection."""

    def __init__(self, gateway):
        self.link = gateway.connect()
        self.lines = self.link.makefile("rb")
        self.ask([HELLO])

    def send(self, requests):
        self.link.sendall("".join(f"{request}\n" for request in requests).encode())

    def take(self, count):
        for _ in range(count):
            answer = self.lines.readline()
            if not answer.startswith(b"OK "):
                raise BenchError(f"answered {answer.decode().strip() or 'nothing'}")

    def ask(self, requests):
        """Sends these together and waits for an answer to each."""
        self.send(requests)
        self.take(len(requests))

    def close(self):
        self.lines.close()
        self.link.close()


def requests_of(options, is_quote, count):
    """So many requests, each for another customer as far as there are any."""
    if is_quote:
        text, keys = quote(BASKET_LINES, options.customers)
        return [text.replace("%t", str(number)).replace("%k", str(number % keys)) for number in range(count)]
    return [IDENTIFY.replace("%t", str(number)).replace("%g", f"{number % options.customers:012}")
            for number in range(count)]


def pieces(requests, depth):
    return [requests[first:first + depth] for first in range(0, len(requests), depth)]


def stripped(programs, work):
    """valgrind cannot read the compiler's debugging information; names of functions are enough."""
    program = work / "tillgate"
    run(["strip", "-g", programs / "tillgate", "-o", program], "strip")
    return program


def wait_library(work):
    """What works around valgrind, to be loaded before the program."""
    source, library = work / "wait.c", work / "wait.so"
    source.write_text(WAIT_SOURCE, encoding="utf-8")
    run(["gcc", "-shared", "-fPIC", "-O2", source, "-o", library], "gcc")
    return library


def instructions(options, gateway, program, work, shape):
    """Self cost by library and calls of the counted functions, for all requests together."""
    depth, is_quote = SHAPES[shape]
    out = work / f"{shape}.callgrind"
    with open(gateway.log, "ab") as log:
        server = start(["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}",
                        *gateway.command(program)], stdout=log, stderr=log,
                       env={**os.environ, "LD_PRELOAD": str(wait_library(work))})
    try:
        client = connected(gateway, server)
        warm_up = requests_of(options, is_quote, options.requests)
        asked = requests_of(options, is_quote, options.requests)
        for piece in pieces(warm_up, depth):
            client.ask(piece)
        run(["callgrind_control", "-i", "on", server.pid], "callgrind_control")
        for piece in pieces(asked, depth):
            client.ask(piece)
        run(["callgrind_control", "-i", "off", server.pid], "callgrind_control")
        client.close()
    finally:
        end(server)
    return parsed(out)


def connected(gateway, server):
    last = time.monotonic() + SLOW_START_DEADLINE_S
    while True:
        try:
            return Client(gateway)
        except OSError:
            if server.poll() is not None or time.monotonic() > last:
                words = pathlib.Path(gateway.log).read_text(errors="replace")[-400:]
                raise BenchError(f"the gateway does not answer under valgrind: {words}") from None
            time.sleep(0.2)


def parsed(file):
    """Adds a profile up: see "Callgrind Format Specification" in valgrind's manual."""
    names, objects = {}, {}
    cost, calls = collections.Counter(), collections.Counter()
    library, is_call = "?", False

    def named(text, known):
        number, name = re.match(r"\((\d+)\)(?: (.*))?$", text).groups()
        if name:
            known[number] = name
        return known[number]

    with open(file, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            key, _, value = line.rstrip("\n").partition("=")
            if key == "ob":
                library = pathlib.Path(named(value, objects)).name
            elif key == "cob":
                named(value, objects)
            elif key == "fn":
                named(value, names)
            elif key == "cfn":
                called = named(value, names).split("'")[0]
            elif key == "calls":
                is_call = True
                calls[COUNTED.get(called)] += int(value.split()[0])
            elif line[:1].isdigit() or line[:1] in "+-*":
                if not is_call:
                    cost[library] += int(line.split()[1])
                is_call = False
    return cost, calls


def system_calls(options, gateway, shape):
    """Calls of the system by name, for each request."""
    depth, is_quote = SHAPES[shape]
    clients = [Client(gateway) for _ in range(CONNECTIONS)]
    requests = requests_of(options, is_quote, options.requests)
    with tempfile.NamedTemporaryFile("r") as table:
        tracer = start(["strace", "-f", "-c", "-o", table.name, "-p", gateway.pid], stderr=subprocess.DEVNULL)
        time.sleep(ATTACH_SECONDS)
        for together in pieces(pieces(requests, depth), CONNECTIONS):
            for client, piece in zip(clients, together):
                client.send(piece)
            for client, piece in zip(clients, together):
                client.take(len(piece))
        end(tracer, signal.SIGINT)
        rows = [line.split() for line in table.read().splitlines()]
    for client in clients:
        client.close()
    found = {row[-1]: int(row[3]) / len(requests) for row in rows
             if len(row) >= 5 and row[3].isdigit() and row[-1] != "total"}
    if not found:
        raise BenchError("strace has seen nothing: may it trace other processes here?")
    return found


def count(options, stores, program, work, shape):
    """Prints the counts of one shape."""
    is_quote = SHAPES[shape][1]
    gateway = stores.copy(options.customers)
    try:
        gateway.start(cores=SERVER_CORE)
        gateway.put_programme(programme(PROMOTIONS if is_quote else 0))
        system = system_calls(options, gateway, shape)
        gateway.stop()
        cost, calls = instructions(options, gateway, program, work, shape)
    finally:
        stores.discard(gateway)
    print(f"\n{shape}: {sum(cost.values()) / options.requests:,.0f} instructions")
    for library, number in cost.most_common(8):
        print(f"  {number / options.requests:10,.0f} {library}")
    for what in COUNTED.values():
        print(f"  {calls[what] / options.requests:10,.2f} {what}")
    for name, number in sorted(system.items(), key=lambda row: -row[1])[:6]:
        print(f"  {number:10.3f} {name}", flush=True)


def main():
    options = arguments()
    # Who is told to end leaves nothing behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    cache = options.cache.resolve()
    cache.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix="tillgate-counts-"))
    try:
        programs = options.programs.resolve()
        stores = Stores(cache, programs, work, min(PRODUCTS, options.customers))
        program = stripped(programs, work)
        for shape in options.only:
            count(options, stores, program, work, shape)
    except BenchError as error:
        sys.exit(f"counts: {error}")
    finally:
        stop_all()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
