"""Attacks behind the handshake: slow and endless lines, idle crowds, and a stolen till that asks and does not listen."""
import itertools
import json
import time

from network import Crowd, tls, wait_for_answer

STRANGERS = 250
STOLEN_CONNECTIONS = 8
IDLE_CONNECTIONS = 10_000
BYTE_PAUSE_S = 0.05
LINE_BYTES = 1_048_576
RECEIPT_LINES = 1_200
HELLO = b'HELLO h {"protocol":1}\n'


def slow_lines(target, tally):
    """Strangers that send HELLO byte by byte, and never its end."""
    line = b'HELLO h {"protocol":1,"token":"' + b"x" * 200
    crowd = Crowd(target.context(), target.port)
    while True:
        crowd.grow(STRANGERS - len(crowd.open), deadline_s=5)
        for place in range(len(line)):
            for descriptor, link in list(crowd.open.items()):
                try:
                    link.send(line[place:place + 1])
                    tally.count()
                except OSError:
                    del crowd.open[descriptor]
                    link.close()
            time.sleep(BYTE_PAUSE_S)


def endless_first_lines(target, tally):
    """Strangers that send a first line without an end, as fast as it is taken."""
    context = target.context()
    piece = b"x" * 16384
    while True:
        try:
            with tls(context, target.port) as link:
                while True:
                    tally.count(link.send(piece))
        except OSError:
            pass


def stolen_tills(target, receive_bytes=None):
    """Eight greeted connections of a device whose certificate an attacker has."""
    context = target.context("STOLEN")
    links = []
    while len(links) < STOLEN_CONNECTIONS:
        try:
            link = tls(context, target.port, receive_bytes=receive_bytes)
            link.sendall(HELLO)
            wait_for_answer(link, b"h")
            link.setblocking(False)
            links.append(link)
        except OSError:
            time.sleep(0.02)
    return links


def send_some(link, data):
    """Sends what the socket takes; None when the connection is gone."""
    try:
        return link.send(data)
    except BlockingIOError:
        return 0
    except OSError as error:
        return 0 if "want" in type(error).__name__.lower() else None


def drain(link):
    """Takes what is there; False when the connection is gone."""
    try:
        while True:
            if not link.recv(262144):
                return False
    except BlockingIOError:
        return True
    except OSError as error:
        return "want" in type(error).__name__.lower()


def endless_lines(target, tally):
    """A stolen till that sends lines without an end: a mebibyte each, then it is refused and comes again."""
    piece = b"x" * 16384
    while True:
        links = stolen_tills(target)
        for link in links:
            send_some(link, b'PING p {"x":"')
        while links:
            for link in links[:]:
                sent = send_some(link, piece)
                if sent is None or not drain(link):
                    link.close()
                    links.remove(link)
                else:
                    tally.count(sent)


def dribbled_lines(target, tally):
    """A stolen till whose every line comes in two parts, so that each could have a deadline of its own."""
    links = stolen_tills(target)
    while True:
        for link in links:
            for _ in range(200):
                if send_some(link, b"}\nPING p {") is None:
                    raise SystemExit("the connection was closed")
                tally.count()
            drain(link)


def never_reads(target, tally):
    """A stolen till that asks for the longest answers there are, and takes none of them."""
    lines = [{"sku": f"S{number}", "quantity": 1, "price": 9900} for number in range(RECEIPT_LINES)]
    question = b"QUOTE q " + compact({"lines": lines}) + b"\n"
    send_without_reading(target, tally, lambda: question)


def long_receipts(target, tally):
    """A stolen till that sends receipts of a mebibyte without waiting, and takes no answer."""
    numbers = itertools.count(1)
    tail = tail_of_long_receipt()

    def receipt():
        number = next(numbers)
        return b'SALE %d {"shift":1,"number":"%d",' % (number, number) + tail

    send_without_reading(target, tally, receipt)


def send_without_reading(target, tally, request):
    """Sends one request after the other on all connections, and comes again when all were closed."""
    while True:
        links = {link: b"" for link in stolen_tills(target, receive_bytes=4096)}
        while links:
            for link, rest in list(links.items()):
                rest = rest or request()
                sent = send_some(link, rest)
                if sent is None:
                    link.close()
                    del links[link]
                else:
                    tally.count(sent)
                    links[link] = rest[sent:]
            time.sleep(0.001)


def tail_of_long_receipt():
    """All of a sale but its number: as many lines as there may be, with names that fill the line of the protocol."""
    def written(name):
        lines = [{"sku": f"S{number}", "name": name, "quantity": 1, "price": 1, "amount": 1}
                 for number in range(RECEIPT_LINES)]
        return compact({"at": "2026-11-22T09:31:00Z", "lines": lines, "total": RECEIPT_LINES,
                        "payments": [{"kind": "card", "amount": RECEIPT_LINES}]})[1:] + b"\n"

    room = LINE_BYTES - 100
    # A name has 200 characters at most, which may have four bytes each.
    name = "\U0001F41F" * ((room - len(written(""))) // RECEIPT_LINES // 4)
    return written(name[:200])


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def pipeline(target, tally):
    """A stolen till that sends a million requests on one connection without waiting, and takes every answer."""
    link = stolen_tills(target)[0]
    chunk = b"".join(b'IDENTIFY %d {"card":"%d"}\n' % (number, 2200000000000000 + number % 1000)
                     for number in range(1000))
    flood(link, chunk, tally)


def wide_pipeline(target, tally):
    """The same on eight connections at once, with PING, the cheapest request there is."""
    links = stolen_tills(target)
    chunk = b"PING p\n" * 2000
    rests = {link: chunk for link in links}
    while True:
        for link in links:
            sent = send_some(link, rests[link])
            if sent is None or not drain(link):
                raise SystemExit("the connection was closed")
            rests[link] = rests[link][sent:] or chunk
            tally.count(sent // 7)


def flood(link, chunk, tally):
    """Sends the same requests over and over; counts the answers."""
    rest = chunk
    while True:
        sent = send_some(link, rest)
        if sent is None:
            raise SystemExit("the connection was closed")
        rest = rest[sent:] or chunk
        try:
            while True:
                got = link.recv(262144)
                if not got:
                    raise SystemExit("the connection was closed")
                tally.count(got.count(b"\n"))
        except OSError as error:
            if "want" not in type(error).__name__.lower():
                raise


def idle_tills(target, tally):
    """Ten thousand greeted connections that say nothing."""
    tokens = target.idle_tokens

    def greeting(number):
        return b'HELLO h {"protocol":1,"token":"%s"}\n' % tokens[number % len(tokens)].encode()

    crowd = Crowd(target.context(), target.port, greeting)
    crowd.grow(IDLE_CONNECTIONS)
    tally.count(len(crowd.open))
    tally.ready()
    while True:
        time.sleep(1)


def idle_strangers(target, tally):
    """Strangers that finish the handshake and then say nothing, as many as come in."""
    crowd = Crowd(target.context(), target.port)
    while True:
        before = len(crowd.open)
        crowd.grow(100, deadline_s=5)
        tally.count(len(crowd.open) - before)
        if len(crowd.open) > IDLE_CONNECTIONS:
            for descriptor in list(crowd.open)[:1000]:
                crowd.open.pop(descriptor).close()


def refused_hellos(target, tally):
    """Strangers that try tokens, each on a connection of its own, as fast as they are refused."""
    context = target.context()
    line = b'HELLO h {"protocol":1,"token":"0123456789abcdef0123456789abcdef"}\n'
    while True:
        try:
            with tls(context, target.port) as link:
                link.send(line)
                wait_for_answer(link, b"unauthenticated")
                tally.count()
        except OSError:
            pass


def rotation(target, tally):
    """No attack: certificates are read again five times a second while tills come and go."""
    while True:
        target.read_certificates_again()
        tally.count()
        time.sleep(0.2)
