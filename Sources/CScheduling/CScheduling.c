#define _GNU_SOURCE
#include "CScheduling.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

// The first form of the kernel's sched_attr, for which glibc has neither a type nor a function.
struct scheduling {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime;
    uint64_t deadline;
    uint64_t period;
};

void shim_prefer_slices(uint64_t nanoseconds) {
    // What else is asked of the thread stays as it is; nobody changes that while the gateway runs.
    static _Thread_local struct scheduling scheduling;
    if (scheduling.size == 0) {
        if (syscall(SYS_sched_getattr, 0, &scheduling, sizeof scheduling, 0) != 0) return;
        scheduling.size = sizeof scheduling;
    }
    if (scheduling.policy != SCHED_OTHER) return;
    scheduling.runtime = nanoseconds;
    syscall(SYS_sched_setattr, 0, &scheduling, 0);
}
