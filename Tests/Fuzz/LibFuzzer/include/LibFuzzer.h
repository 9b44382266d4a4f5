// What of libFuzzer is called from Swift (compiler-rt, lib/fuzzer/FuzzerInterface.h).
#ifndef TILLGATE_LIBFUZZER_H
#define TILLGATE_LIBFUZZER_H

#include <stddef.h>
#include <stdint.h>

typedef int (*fuzz_target)(const uint8_t *data, size_t size);

// Takes libFuzzer's arguments and runs a target until it is told to stop or finds something; does not return then.
int LLVMFuzzerRunDriver(int *argc, char ***argv, fuzz_target target);

#endif
