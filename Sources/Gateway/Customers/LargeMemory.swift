import Glibc

/// Memory for tables that are looked into at random. Large pieces ask the kernel for huge pages: with small ones a look-up
/// among a million customers waits for the page tables as long as for the data.
enum LargeMemory {
    private static let hugePageBytes = 2 << 20
    private static let cacheLineBytes = 64

    /// Uninitialised memory, aligned to a cache line at least.
    static func allocate(bytes: Int) -> UnsafeMutableRawBufferPointer {
        let isLarge = bytes >= hugePageBytes
        let alignment = isLarge ? hugePageBytes : cacheLineBytes
        var start: UnsafeMutableRawPointer?
        let failure = posix_memalign(&start, alignment, max(bytes, cacheLineBytes))
        guard failure == 0, let start else { fatalError("out of memory: \(bytes) bytes for the read model") }
        // Advice only: without huge pages it works as well, a little slower.
        if isLarge { madvise(start, bytes, MADV_HUGEPAGE) }
        return UnsafeMutableRawBufferPointer(start: start, count: bytes)
    }

    static func free(_ memory: UnsafeMutableRawBufferPointer) { Glibc.free(memory.baseAddress) }
}
