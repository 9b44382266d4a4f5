"""The honest ones: tills at steady work, and one that comes anew again and again. Each is a process of its own."""
import multiprocessing
import os
import selectors
import signal
import socket
import ssl
import time

from common.machine import cores
from gateway import be_urgent

TILLS = ["T01", "T02", "T03", "T04"]
REQUESTS_PER_SECOND = 100
NEWCOMER_PAUSE_S = 0.2
ANSWER_DEADLINE_S = 20


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


class Peer:
    """A process that measures, and tells what it measured between two moments."""

    def __init__(self, work, *arguments):
        self.pipe, far = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=self._run, args=(work, far, *arguments), daemon=True)
        self.process.start()
        if self.pipe.recv() != "ready":
            raise SystemExit("abuse: an honest till could not begin")

    @staticmethod
    def _run(work, pipe, *arguments):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.sched_setaffinity(0, cores()[1])
        be_urgent(-15)
        work(pipe, *arguments)

    def between(self, begin, end):
        """(milliseconds of each answer, failures) of what was begun between the two moments."""
        self.pipe.send((begin, end))
        if not self.pipe.poll(ANSWER_DEADLINE_S + 5):
            raise SystemExit("abuse: an honest till does not report")
        return self.pipe.recv()

    def stop(self):
        self.process.terminate()
        self.process.join()


def report(pipe, samples, failures):
    """Answers a question after a time window, if there is one."""
    if pipe.poll():
        begin, end = pipe.recv()
        pipe.send(([took * 1e3 for at, took in samples if begin <= at < end],
                   sum(1 for at in failures if begin <= at < end)))


class Till:
    """One connection that identifies customers at a steady pace; a late answer does not slow the pace down."""

    def __init__(self, context, port):
        self.context, self.port = context, port
        self.sent = {}
        self.number = 0
        self.rest = b""
        self.link = None

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port), ANSWER_DEADLINE_S)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.link = self.context.wrap_socket(plain, server_hostname="localhost")
        self.link.sendall(b'HELLO h {"protocol":1}\n')
        answer = self.link.recv(65536)
        if not answer.startswith(b"OK h "):
            raise ConnectionError(answer)
        self.link.setblocking(False)

    def ask(self, due):
        self.number += 1
        self.sent[self.number] = due
        self.link.send(b'IDENTIFY %d {"card":"%d"}\n' % (self.number, 2200000000000000 + self.number * 7 % 1000))

    def take(self, samples, failures):
        while True:
            try:
                got = self.link.recv(65536)
            except (ssl.SSLWantReadError, BlockingIOError):
                return
            if not got:
                raise ConnectionError("closed")
            now = time.monotonic()
            *lines, self.rest = (self.rest + got).split(b"\n")
            for line in lines:
                kind, tag, _ = line.split(b" ", 2)
                due = self.sent.pop(int(tag))
                samples.append((due, now - due))
                if kind != b"OK":
                    failures.append(due)


def honest_tills(pipe, gateway_contexts, port):
    """Identifies at a steady pace on all tills and keeps when each request was due and how long it took from then."""
    tills = [Till(context(), port) for context in gateway_contexts]
    selector = selectors.DefaultSelector()
    for till in tills:
        till.connect()
        selector.register(till.link, selectors.EVENT_READ, till)
    pipe.send("ready")
    samples, failures = [], []
    pause = 1 / REQUESTS_PER_SECOND
    begin = time.monotonic()
    due = [begin + pause * place / len(tills) for place in range(len(tills))]
    while True:
        now = time.monotonic()
        for place, till in enumerate(tills):
            while due[place] <= now:
                step(till, selector, failures, due[place], lambda till=till, place=place: till.ask(due[place]))
                due[place] += pause
        for key, _ in selector.select(max(0, min(due) - time.monotonic())):
            step(key.data, selector, failures, time.monotonic(), lambda key=key: key.data.take(samples, failures))
        report(pipe, samples, failures)


def step(till, selector, failures, moment, work):
    """Does something on a till; when its connection is gone, that is a failure, and it comes again."""
    try:
        work()
    except (OSError, ValueError):
        failures.append(moment)
        failures.extend(till.sent.values())
        selector.unregister(till.link)
        till.link.close()
        till.sent.clear()
        till.rest = b""
        till.connect()
        selector.register(till.link, selectors.EVENT_READ, till)


def newcomer(pipe, make_context, port):
    """Connects, says HELLO and BYE, again and again; every other time with the session of the time before."""
    context = make_context()
    samples, failures = [], []
    pipe.send("ready")
    session = None
    resumes = False
    while True:
        began = time.monotonic()
        try:
            with socket.create_connection(("127.0.0.1", port), ANSWER_DEADLINE_S) as plain:
                with context.wrap_socket(plain, server_hostname="localhost",
                                         session=session if resumes else None) as link:
                    link.sendall(b'HELLO h {"protocol":1}\n')
                    greeting = link.recv(65536)
                    samples.append((began, time.monotonic() - began))
                    if not greeting.startswith(b"OK h "):
                        failures.append(began)
                    link.sendall(b"BYE b\n")
                    link.recv(65536)
                    session = link.session
        except OSError:
            failures.append(began)
        resumes = not resumes
        time.sleep(NEWCOMER_PAUSE_S)
        report(pipe, samples, failures)
