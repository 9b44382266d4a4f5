#!/usr/bin/python3
"""Counts what one request costs the gateway: instructions, allocations, reference counts, calls of the system.

    counts.py --tools FOLDER --programs FOLDER [--customers N] [--requests N] [--only NAME ...]

Counts are nearly the same in every run, also on a machine that is busy, so a change of one per cent can be seen, which
no time can show. They say nothing of waiting: for caches, for the kernel, for other threads.
Needs valgrind and strace.
"""
import argparse
import collections
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

from measures import IDENTIFY, quote_request
from programmes import programme
from servers import Gateway, build_tools

PROMOTIONS = 100
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


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=pathlib.Path, required=True, help="folder with floor.c and load.c")
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="folder with the built tillgate")
    parser.add_argument("--customers", type=int, default=1_000)
    parser.add_argument("--requests", type=int, default=2_000)
    parser.add_argument("--only", nargs="*", choices=SHAPES, default=list(SHAPES), help="what to count")
    return parser.parse_args()


# Name: how many requests are under way on the one connection, and whether they are quotes.
SHAPES = {"identification": (1, False), "identification-16-deep": (16, False), "quote": (1, True)}


class Client:
    """One greeted connection."""

    def __init__(self, gateway):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.load_cert_chain(gateway.certificate, gateway.key)
        self.link = context.wrap_socket(socket.create_connection(("127.0.0.1", gateway.port), 60))
        self.lines = self.link.makefile("rb")
        self.send(gateway.HELLO)

    def send(self, *requests):
        """Sends these together and waits for an answer to each."""
        self.link.sendall("".join(f"{request}\n" for request in requests).encode())
        for _ in requests:
            answer = self.lines.readline()
            if not answer.startswith(b"OK "):
                raise SystemExit(f"counts: answered {answer.decode().strip()}")

    def send_all(self, requests, depth):
        for first in range(0, len(requests), depth):
            self.send(*requests[first:first + depth])


def requests(options, is_quote, count):
    """So many requests, each for another customer as far as there are any."""
    if is_quote:
        text, keys = quote_request(options, 10)
        return [text.replace("%t", str(number)).replace("%k", str(number % keys)) for number in range(count)]
    return [IDENTIFY.replace("%t", str(number)).replace("%g", f"{number % options.customers:012}")
            for number in range(count)]


def stripped(program, work):
    """valgrind cannot read the compiler's debugging information; names of functions are enough."""
    folder = work / "stripped"
    folder.mkdir(exist_ok=True)
    subprocess.run(["strip", "-g", str(program / "tillgate"), "-o", str(folder / "tillgate")], check=True)
    return folder / "tillgate"


def instructions(options, gateway, program, work, shape):
    """Self cost by library and calls of the counted functions, for all requests together."""
    depth, is_quote = SHAPES[shape]
    wait = work / "wait.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-x", "c", "-", "-o", str(wait)], input=WAIT_SOURCE, text=True,
                   check=True)
    out = work / f"{shape}.callgrind"
    server = subprocess.Popen(
        ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}", str(program), "serve",
         "--data", str(gateway.data), "--listen", f"127.0.0.1:{gateway.port}", "--log-level", "warning"],
        env={**os.environ, "LD_PRELOAD": str(wait)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        client = connected(gateway, server)
        client.send_all(requests(options, is_quote, options.customers if not is_quote else 200), depth)
        subprocess.run(["callgrind_control", "-i", "on", str(server.pid)], capture_output=True, check=True)
        client.send_all(requests(options, is_quote, options.requests), depth)
        subprocess.run(["callgrind_control", "-i", "off", str(server.pid)], capture_output=True, check=True)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()
    return parsed(out)


def connected(gateway, server):
    end = time.monotonic() + 120
    while True:
        try:
            return Client(gateway)
        except OSError:
            if server.poll() is not None or time.monotonic() > end:
                raise SystemExit("counts: the gateway does not answer under valgrind") from None
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


def system_calls(options, gateway, tools, is_quote, depth):
    """Calls of the system by name, and the requests that made them, at 16 connections."""
    text, keys = quote_request(options, 10) if is_quote else (IDENTIFY, options.customers)
    load = [tools / "load", "-p", gateway.port, "-r", text, "-k", keys, "-c", 16, "-d", depth, "-t", 2,
            "-h", gateway.HELLO, "-C", gateway.certificate, "-K", gateway.key]
    with tempfile.NamedTemporaryFile("r") as table:
        tracer = subprocess.Popen(["strace", "-f", "-c", "-o", table.name, "-p", str(gateway.pid)],
                                  stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        report = subprocess.run(["taskset", "-c", "1", *map(str, load)], capture_output=True, text=True, check=True)
        tracer.send_signal(signal.SIGINT)
        tracer.wait()
        rows = [line.split() for line in table.read().splitlines()]
    answered = float(re.search(r'"requests_per_s":(\d+)', report.stdout)[1]) * 2
    return {row[-1]: int(row[3]) / answered for row in rows if len(row) >= 5 and row[3].isdigit() and row[-1] != "total"}


def main():
    options = arguments()
    work = pathlib.Path(tempfile.mkdtemp(prefix="tillgate-counts-"))
    try:
        tools = build_tools(options.tools.resolve(), work)
        gateway = Gateway(options.programs.resolve(), work, options.customers)
        program = stripped(options.programs.resolve(), work)
        for shape in options.only:
            depth, is_quote = SHAPES[shape]
            gateway.start()
            gateway.put_programme(programme(PROMOTIONS if is_quote else 0))
            system = system_calls(options, gateway, tools, is_quote, depth)
            gateway.stop()
            cost, calls = instructions(options, gateway, program, work, shape)
            print(f"\n{shape}: {sum(cost.values()) / options.requests:,.0f} instructions")
            for library, count in cost.most_common(8):
                print(f"  {count / options.requests:10,.0f} {library}")
            for what in COUNTED.values():
                print(f"  {calls[what] / options.requests:10,.2f} {what}")
            for name, count in sorted(system.items(), key=lambda row: -row[1])[:6]:
                print(f"  {count:10.3f} {name}")
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
