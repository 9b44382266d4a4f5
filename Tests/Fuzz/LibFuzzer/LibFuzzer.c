// Everything is in the toolchain's library; SwiftPM wants a source file.
#include "LibFuzzer.h"
