// zlib for Swift: the system's own, with the version number that its initialisers ask for.
#include <zlib.h>
