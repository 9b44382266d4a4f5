// How soon a thread is served, which glibc has no function for.

#ifndef CSCHEDULING_H
#define CSCHEDULING_H

#include <stdint.h>

// Asks the kernel to give this thread the processor in pieces of so many nanoseconds, which gives it no more in all. Who
// takes short pieces is let in early when it wakes up; who takes long ones waits for those, and gives up a long piece when
// it gives way with sched_yield. 0 asks for the usual pieces again. A thread inherits what the one asks for that begins it.
// Kernels before 6.12 take no notice.
void shim_prefer_slices(uint64_t nanoseconds);

#endif
