// Every room takes its locks and atomics from here.
//
// The standard library's mutex is what runs. The thread sanitizer cannot look into it and would take everything that is
// handed over under one for a race, so a build that looks for races (make tsan) has the same mutex on pthread's, which the
// sanitizer knows.
@_exported import struct Synchronization.Atomic

#if !THREAD_SANITIZER
@_exported import struct Synchronization.Mutex
#else
import Glibc

/// A value and the lock that guards it; the same interface as the standard library's.
public struct Mutex<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
    private let value: UnsafeMutablePointer<Value>
    private let lock: UnsafeMutablePointer<pthread_mutex_t>

    /// Guards `initialValue`.
    public init(_ initialValue: consuming sending Value) {
        value = .allocate(capacity: 1)
        value.initialize(to: initialValue)
        lock = .allocate(capacity: 1)
        lock.initialize(to: pthread_mutex_t())
        pthread_mutex_init(lock, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
        value.deinitialize(count: 1)
        value.deallocate()
    }

    /// Calls `body` with the value while nobody else has it.
    public borrowing func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return try body(&value.pointee)
    }
}
#endif
