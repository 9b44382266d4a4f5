"""Attacks on the HTTPS port for websites: slow heads, many connections, floods of requests, and bodies."""
import itertools
import time

from network import Crowd, plain_socket, reset, tls

# As many connections as the port takes.
CONNECTIONS = 512
HEAD = b"GET /v1/health HTTP/1.1\r\nHost: localhost\r\n"
MEBIBYTE = 1_048_576


def slow_heads(target, tally):
    """Every connection that the port takes, each with a head that comes byte by byte."""
    head = HEAD + b"X-Slow: " + b"x" * 4000
    crowd = Crowd(target.context(), target.web_port)
    while True:
        crowd.grow(CONNECTIONS - len(crowd.open), deadline_s=5)
        for place in range(200):
            for descriptor, link in list(crowd.open.items()):
                try:
                    link.send(head[place:place + 1])
                    tally.count()
                except OSError:
                    del crowd.open[descriptor]
                    link.close()
            time.sleep(0.05)


def web_connects(target, tally):
    """Connects to the port and resets."""
    while True:
        reset(plain_socket(target.web_port))
        tally.count()


def web_requests(target, tally):
    """Requests without a token on a connection that is kept, one after the other."""
    request = HEAD.replace(b"/v1/health", b"/v1/orders") + b"\r\n"
    context = target.context()
    while True:
        try:
            with tls(context, target.web_port) as link:
                while True:
                    link.send(request)
                    if not link.recv(65536):
                        break
                    tally.count()
        except OSError:
            pass


def unwanted_bodies(target, tally):
    """Bodies of a mebibyte without a token: refused by the head, before the body is read."""
    send_bodies(target, tally, b"")


def wanted_bodies(target, tally):
    """Bodies of a mebibyte that are no JSON, with the token of a malicious web shop."""
    send_bodies(target, tally, bearer(target.site_tokens[0]))


def bearer(token):
    return b"Authorization: Bearer " + token.encode() + b"\r\n"


def head_of_body(credential):
    return (b"PUT /v1/orders/1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + credential
            + b"Content-Length: %d\r\n\r\n" % MEBIBYTE)


def send_bodies(target, tally, credential):
    head = head_of_body(credential)
    body = b"[" * MEBIBYTE
    context = target.context()
    while True:
        try:
            with tls(context, target.web_port) as link:
                while True:
                    link.sendall(head)
                    link.sendall(body)
                    tally.count()
                    if b"Connection: close" in link.recv(65536):
                        break
        except OSError:
            pass


def held_bodies(target, tally):
    """Every connection that the port takes, each with a body that stops one byte before its end."""
    heads = itertools.cycle([head_of_body(bearer(token)) for token in target.site_tokens])
    body = b"[" * (MEBIBYTE - 1)
    crowd = Crowd(target.context(), target.web_port)
    # What is held; the gateway gives each of them half a minute.
    held = set()
    while True:
        crowd.grow(CONNECTIONS - len(crowd.open), deadline_s=5)
        for descriptor, link in list(crowd.open.items()):
            try:
                if descriptor not in held:
                    link.settimeout(30)
                    link.sendall(next(heads))
                    link.sendall(body)
                    link.setblocking(False)
                    held.add(descriptor)
                elif is_over(link):
                    raise ConnectionError("the gateway has answered")
            except OSError:
                held.discard(descriptor)
                del crowd.open[descriptor]
                link.close()
        tally.reach(len(held))
        if len(held) == CONNECTIONS:
            tally.ready()
        time.sleep(0.5)


def is_over(link):
    """Whether a non-blocking connection has something to read, be it an answer or its end."""
    try:
        link.recv(1)
        return True
    except OSError as error:
        return "want" not in type(error).__name__.lower()
