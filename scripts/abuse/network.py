"""What attacks are made of: sockets without manners, many of them at once, and OpenSSL at a lower level than Python's."""
import ctypes
import itertools
import select
import socket
import ssl
import struct
import time

# A connection that a client closes first keeps its port busy for a minute; each source address has ports of its own.
_SOURCES = itertools.cycle([f"127.0.{third}.{fourth}" for third in range(1, 5) for fourth in range(2, 250)])
_BIND_ADDRESS_NO_PORT = 24
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def plain_socket(port, blocking=True, receive_bytes=None):
    """A TCP connection from one of a thousand loopback addresses; non-blocking, it may still be under way."""
    link = socket.socket()
    if receive_bytes:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    link.setsockopt(socket.IPPROTO_IP, _BIND_ADDRESS_NO_PORT, 1)
    link.bind((next(_SOURCES), 0))
    link.settimeout(5)
    if not blocking:
        link.setblocking(False)
    try:
        link.connect(("127.0.0.1", port))
    except BlockingIOError:
        pass
    return link


def reset(link):
    """Closes so that the other side sees a reset."""
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    link.close()


def client_hello(context):
    """The first bytes of a handshake, as OpenSSL would send them."""
    outgoing = ssl.MemoryBIO()
    connection = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
    try:
        connection.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def tls(context, port, receive_bytes=None):
    return context.wrap_socket(plain_socket(port, receive_bytes=receive_bytes), server_hostname="localhost")


def wait_for_answer(link, tag):
    """Reads until the answer to a tag has come; raises ConnectionError when it does not."""
    seen = b""
    while b" %s " % tag not in seen:
        got = link.recv(65536)
        if not got:
            raise ConnectionError("closed")
        seen = seen[-64:] + got


class Crowd:
    """Many non-blocking TLS connections that are brought through their handshakes side by side."""

    def __init__(self, context, port, greeting=None):
        self.context, self.port = context, port
        # A function of the connection's number; what it returns is sent behind the handshake, and one line is awaited.
        self.greeting = greeting
        self.epoll = select.epoll()
        self.open = {}
        self.pending = {}
        self.started = 0
        self.lost = 0

    def grow(self, count, at_a_time=64, deadline_s=230):
        """Opens this many more."""
        end = time.monotonic() + deadline_s
        left = count
        while (left or self.pending) and time.monotonic() < end:
            while left and len(self.pending) < at_a_time:
                self._start()
                left -= 1
            for descriptor, _ in self.epoll.poll(0.1):
                if descriptor in self.pending:
                    self._advance(descriptor)

    def _start(self):
        plain = plain_socket(self.port, blocking=False)
        self.started += 1
        self.pending[plain.fileno()] = [plain, None, self.started]
        self.epoll.register(plain.fileno(), select.EPOLLOUT)

    def _advance(self, descriptor):
        entry = self.pending[descriptor]
        try:
            if entry[1] is None:
                plain = entry[0]
                self.epoll.unregister(descriptor)
                link = self.context.wrap_socket(plain, server_hostname="localhost", do_handshake_on_connect=False)
                link.setblocking(False)
                entry[0], entry[1] = link, "handshake"
                # wrap_socket moves the descriptor on; its number stays.
                self.epoll.register(link.fileno(), select.EPOLLIN)
            if entry[1] == "handshake":
                entry[0].do_handshake()
                entry[1] = "greeting"
                if self.greeting:
                    entry[0].send(self.greeting(entry[2]))
            if entry[1] == "greeting" and self.greeting and not entry[0].recv(65536):
                raise ConnectionError("closed")
            self.open[descriptor] = entry[0]
        except (ssl.SSLWantReadError, BlockingIOError):
            return
        except OSError:
            self.lost += 1
            if entry[0].fileno() >= 0:
                self.epoll.unregister(descriptor)
            entry[0].close()
        else:
            self.epoll.unregister(descriptor)
        del self.pending[descriptor]


class RawTLS:
    """A TLS client on OpenSSL itself, for what Python does not offer: key updates and renegotiation."""

    _library = None
    _TLS12, _SET_MIN, _SET_MAX = 0x0303, 123, 124
    _REQUESTED = 1

    @classmethod
    def library(cls):
        if cls._library is None:
            found = ctypes.CDLL("libssl.so.3")
            pointer, number = ctypes.c_void_p, ctypes.c_int
            for name, result, arguments in [
                    ("TLS_client_method", pointer, []), ("SSL_CTX_new", pointer, [pointer]),
                    ("SSL_CTX_ctrl", ctypes.c_long, [pointer, number, ctypes.c_long, pointer]),
                    ("SSL_new", pointer, [pointer]), ("SSL_free", None, [pointer]),
                    ("SSL_set_fd", number, [pointer, number]), ("SSL_connect", number, [pointer]),
                    ("SSL_key_update", number, [pointer, number]), ("SSL_do_handshake", number, [pointer]),
                    ("SSL_renegotiate", number, [pointer]),
                    ("SSL_write", number, [pointer, ctypes.c_char_p, number]),
                    ("SSL_read", number, [pointer, ctypes.c_char_p, number])]:
                function = getattr(found, name)
                function.restype, function.argtypes = result, arguments
            cls._library = found
        return cls._library

    def __init__(self, port, tls12=False, receive_bytes=None):
        library = self.library()
        self.socket = plain_socket(port, receive_bytes=receive_bytes)
        self.socket.setblocking(True)
        context = library.SSL_CTX_new(library.TLS_client_method())
        if tls12:
            for command in (self._SET_MIN, self._SET_MAX):
                library.SSL_CTX_ctrl(context, command, self._TLS12, None)
        self.ssl = library.SSL_new(context)
        library.SSL_set_fd(self.ssl, self.socket.fileno())
        if library.SSL_connect(self.ssl) != 1:
            self.close()
            raise ConnectionError("no handshake")
        self.socket.setblocking(False)

    def update_key(self):
        """Asks for new keys in both directions. False when the socket takes no more or the connection is gone."""
        library = self.library()
        return library.SSL_key_update(self.ssl, self._REQUESTED) == 1 and library.SSL_do_handshake(self.ssl) == 1

    def renegotiate(self):
        library = self.library()
        return library.SSL_renegotiate(self.ssl) == 1 and library.SSL_do_handshake(self.ssl) == 1

    def read(self):
        """Takes what has come; OpenSSL's answer."""
        return self.library().SSL_read(self.ssl, ctypes.create_string_buffer(16384), 16384)

    def close(self):
        self.library().SSL_free(self.ssl)
        self.socket.close()
