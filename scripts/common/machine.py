"""The machine: which cores there are, how many descriptors, what a process holds in memory."""
import os
import resource

DESCRIPTORS = 65536


def cores():
    """The servers' core, and those of everybody else; the same where there is only one."""
    available = sorted(os.sched_getaffinity(0))
    return available[:1], available[1:] or available


def taskset_list(numbers):
    """As taskset wants to be told of cores."""
    return ",".join(map(str, numbers))


def allow_descriptors():
    """Raises the limit of open files as far as the system lets this user; returns what it is then."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def resident_mib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024
