"""Which attacks there are, and how much memory each may cost the gateway at most."""
import dataclasses
import typing

import floods
import lines
import web

# What is not a connection's: buffers that are kept for reuse, what the allocator does not give back, logs.
SLACK_MIB = 48
# handshake_queue connections, each with OpenSSL's state, its record buffers in both directions and its message buffer.
HANDSHAKES_MIB = 1_024 * 128 / 1024
# A greeted connection that says nothing.
IDLE_MIB = lines.IDLE_CONNECTIONS * 32 / 1024
# connections_per_device connections, each with output_buffer_bytes twice (it doubles when it grows), a line twice, and the
# requests that are under way: a long line beyond pipeline_bytes, and what has been read out of it.
DEVICE_MIB = 8 * (2 * 4 + 2 * 1 + 6)
# Strangers whose first line, or whose next one, is on its way: a stranger's memory is that of a connection.
STRANGERS_MIB = 256 * 96 / 1024
# The HTTPS port's connections with a head each.
HEADS_MIB = web.CONNECTIONS * 96 / 1024
# The same with a body of 1 MiB each, which is not copied on its way to the desks; a quarter more is the allocator's.
BODIES_MIB = web.CONNECTIONS * 1.25


@dataclasses.dataclass
class Attack:
    work: typing.Callable
    unit: str
    # Resident memory over what it was before, at most.
    memory_mib: float
    # It holds something all the time: quiet is measured before it begins, not between its rounds.
    is_holding: bool = False
    # How long it takes until it is what it is; at most, where it holds something.
    warm_up_s: float = 0.3
    # With fewer of its units it was not what it says.
    at_least: int = 1

    @property
    def name(self):
        return self.work.__name__.replace("_", "-")

    @property
    def about(self):
        return self.work.__doc__.strip().rstrip(".")


ATTACKS = [
    Attack(floods.connects, "connections", HANDSHAKES_MIB),
    Attack(floods.resets, "connections", HANDSHAKES_MIB),
    Attack(floods.half_open, "connections", HANDSHAKES_MIB),
    Attack(floods.first_flights, "ClientHellos", HANDSHAKES_MIB),
    Attack(floods.unanswered_flights, "ClientHellos", HANDSHAKES_MIB),
    Attack(floods.dribbled_hellos, "bytes", HANDSHAKES_MIB),
    Attack(floods.handshakes, "handshakes", HANDSHAKES_MIB),
    Attack(floods.resumptions, "handshakes", HANDSHAKES_MIB),
    Attack(floods.foreign_certificates, "handshakes", HANDSHAKES_MIB),
    Attack(floods.garbage, "connections", HANDSHAKES_MIB),
    Attack(floods.key_updates, "key updates", HANDSHAKES_MIB),
    Attack(floods.deaf_key_updates, "key updates", HANDSHAKES_MIB),
    Attack(floods.renegotiations, "attempts", HANDSHAKES_MIB),
    Attack(lines.slow_lines, "bytes", STRANGERS_MIB, warm_up_s=1, at_least=lines.STRANGERS),
    Attack(lines.endless_first_lines, "bytes", STRANGERS_MIB),
    Attack(lines.refused_hellos, "connections", STRANGERS_MIB),
    Attack(lines.endless_lines, "bytes", DEVICE_MIB, at_least=lines.LINE_BYTES),
    Attack(lines.dribbled_lines, "lines", DEVICE_MIB),
    Attack(lines.never_reads, "bytes", DEVICE_MIB),
    Attack(lines.long_receipts, "bytes", DEVICE_MIB, at_least=lines.STOLEN_CONNECTIONS * lines.LINE_BYTES),
    Attack(lines.pipeline, "requests", DEVICE_MIB),
    Attack(lines.wide_pipeline, "requests", DEVICE_MIB),
    Attack(lines.idle_strangers, "connections", IDLE_MIB, at_least=100),
    Attack(lines.idle_tills, "connections", IDLE_MIB, is_holding=True, warm_up_s=240, at_least=lines.IDLE_CONNECTIONS),
    Attack(lines.rotation, "rotations", STRANGERS_MIB),
    Attack(web.slow_heads, "bytes", HEADS_MIB, warm_up_s=1, at_least=web.CONNECTIONS),
    Attack(web.web_connects, "connections", HANDSHAKES_MIB),
    Attack(web.web_requests, "requests", HEADS_MIB),
    Attack(web.unwanted_bodies, "bodies", HEADS_MIB),
    Attack(web.wanted_bodies, "bodies", HEADS_MIB),
    Attack(web.held_bodies, "bodies", BODIES_MIB, is_holding=True, warm_up_s=60, at_least=web.CONNECTIONS),
]
