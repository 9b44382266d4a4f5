"""tillgate serve on loopback: how it is started, where it listens, how a client trusts it. For shells: serve.sh."""
import json
import os
import ssl
import time

HELLO = 'HELLO h {"protocol":1}'
START_DEADLINE_S = 30


def forget_settings():
    """Settings in the environment must not change what is measured."""
    for name in [name for name in os.environ if name.startswith("TILLGATE_")]:
        del os.environ[name]


def serve_command(program, data, *more, port=0, https_port=0):
    """The command with both ports open; 0 lets the system choose."""
    return [program, "serve", "--data", data, "--listen", f"127.0.0.1:{port}",
            "--https-listen", f"127.0.0.1:{https_port}", *more]


def wait_for_ports(file, process, log):
    """What `--port-file` says once the gateway listens: pid, tls_port, https_port; with its log when it does not."""
    end = time.monotonic() + START_DEADLINE_S
    while not (file.exists() and file.stat().st_size):
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"the gateway did not start:\n{log.read_text(errors='replace')}")
        time.sleep(0.02)
    return json.loads(file.read_text())


def client_context(data, certificate=None, key=None):
    """Trust in the authority of a data folder, and what the client shows, if anything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(data / "authority/ca.pem")
    if certificate:
        context.load_cert_chain(certificate, key)
    return context
