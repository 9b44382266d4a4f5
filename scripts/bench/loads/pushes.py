"""From a website's push to the event on a till's connection, beside Redis: XADD read by a blocked XREAD, both durable.

The same client measures both, over TLS, with the same payload: one connection brings messages in, another waits for
them. Each push is acknowledged after the disk has it. Under load means that a second client writes receipts all the
while.
"""
import contextlib
import json
import select
import socket
import ssl
import statistics
import subprocess
import time

from servers.process import end, start
from settings import BenchError

DEADLINE_S = 30


class Link:
    """A TLS connection that is read line by line without waiting longer than a deadline."""

    def __init__(self, port, certificate=None, key=None):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        if certificate:
            context.load_cert_chain(certificate, key)
        plain = socket.create_connection(("127.0.0.1", port), DEADLINE_S)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = context.wrap_socket(plain)
        self.rest = b""

    def send(self, text):
        self.socket.sendall(text)

    def line(self):
        while True:
            found = self.rest.find(b"\n")
            if found >= 0:
                line, self.rest = self.rest[:found], self.rest[found + 1:]
                return line
            if not self.socket.pending() and not select.select([self.socket], [], [], DEADLINE_S)[0]:
                raise BenchError("nothing came within the deadline")
            more = self.socket.recv(65536)
            if not more:
                raise BenchError("the connection was closed")
            self.rest += more

    def close(self):
        self.socket.close()


class Orders:
    """The gateway: a website pushes, a till is offered, acknowledges and hands nothing over."""

    def __init__(self, gateway, website, till, line, run):
        self.website = Link(gateway.port, *website)
        self.till = Link(gateway.port, *till)
        self.payload = line
        self.run = run
        self.count = 0
        for link in (self.website, self.till):
            link.send(b'HELLO h {"protocol":1}\n')
            self.answer(link, b"h")
        self.drop()

    def answer(self, link, tag):
        while True:
            line = link.line()
            if line.startswith((b"OK " + tag, b"ERR " + tag)):
                if line.startswith(b"ERR"):
                    raise BenchError(f"{line.decode()}")
                return line

    def drop(self):
        """What earlier rounds have left in the mailbox is none of this one's."""
        self.till.send(b'ACK a {"through":9000000000}\n')
        self.answer(self.till, b"a")

    def bring(self):
        self.count += 1
        self.website.send(self.payload.replace(b"RUN", b"%s-%d" % (self.run, self.count)))

    def acknowledged(self):
        while not self.website.line().startswith(b"OK"):
            pass

    def arrived(self):
        while True:
            line = self.till.line()
            if b" order.offered " in line[:40]:
                # As a till does, so that nothing piles up; nobody waits for the answers.
                number = line.split(b" ", 2)[1]
                self.till.send(b'ORDER_ACK o {"source":"W1","order":"%s-%d"}\nACK a {"through":%s}\n'
                               % (self.run, self.count, number))
                return

    def close(self):
        self.website.close()
        self.till.close()


class Stream:
    """Redis: XADD by one connection, XREAD BLOCK by another, as soon as the one before has come."""

    def __init__(self, redis, payload, run):
        self.writer, self.reader = Link(redis.port), Link(redis.port)
        self.name = b"orders:" + run
        self.payload = payload
        self.last = b"0-0"
        self.wait()

    def wait(self):
        self.reader.send(self.command(b"XREAD", b"COUNT", b"1", b"BLOCK", b"0", b"STREAMS", self.name, self.last))

    @staticmethod
    def command(*words):
        return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)

    def bring(self):
        self.writer.send(self.command(b"XADD", self.name, b"*", b"order", self.payload))

    def acknowledged(self):
        self.writer.line()
        self.writer.line()

    def arrived(self):
        # *1, *2, $n, name, *1, *2, $n, id, *2, $5, order, $n, payload
        lines = [self.reader.line().rstrip(b"\r") for _ in range(13)]
        self.last = lines[7]
        self.wait()

    def close(self):
        self.writer.close()
        self.reader.close()


def latencies(peer, seconds):
    """One message at a time: microseconds from sending it to its arrival at the other end, while both wait."""
    found = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.perf_counter_ns()
        peer.bring()
        peer.arrived()
        found.append((time.perf_counter_ns() - began) / 1000)
        peer.acknowledged()
    return found


def quantile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


@contextlib.contextmanager
def under(load):
    """Runs a load beside what is measured."""
    if load is None:
        yield
        return
    process = start(load, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        # Its connections are made and its first requests answered.
        time.sleep(0.5)
        yield
    finally:
        end(process)


def push_text(lines):
    """A push of so many lines, as the website sends it."""
    goods = [{"line": place + 1, "sku": f"SKU{place:05}", "name": f"Article number {place}", "quantity": 1,
              "price": 9900, "amount": 9900} for place in range(lines)]
    body = {"order": "RUN", "store": "S1", "lines": goods, "total": 9900 * lines, "prepaid": False,
            "customer": {"name": "Anna K.", "phone": "+79161234567"}}
    return json.dumps(body, separators=(",", ":")).encode()


def compare(make_ours, make_theirs, rounds, seconds, our_load=None, their_load=None):
    """Rounds in turn; returns the medians of each side's quantiles and the ratios of the pairs."""
    pairs = []
    for number in range(rounds):
        figures = {}
        sides = [("a", make_ours, our_load), ("b", make_theirs, their_load)]
        for name, make, load in sides if number % 2 == 0 else sides[::-1]:
            peer = make(b"r%d" % number)
            with under(load):
                found = latencies(peer, seconds)
            peer.close()
            figures[name] = {"p50": quantile(found, 0.5), "p99": quantile(found, 0.99), "count": len(found)}
        pairs.append(figures)
    result = {}
    for part in ("p50", "p99"):
        ratios = [pair["a"][part] / pair["b"][part] for pair in pairs]
        result[part] = {"a": round(statistics.median(pair["a"][part] for pair in pairs)),
                        "b": round(statistics.median(pair["b"][part] for pair in pairs)),
                        "ratio": round(statistics.median(ratios), 3), "low": round(min(ratios), 3),
                        "high": round(max(ratios), 3)}
    return result
