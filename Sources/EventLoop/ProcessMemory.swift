import CEventLoop

/// How the process deals with the system's memory.
public enum ProcessMemory {
    /// Keeps up to this many freed bytes for the next burst instead of giving them back to the system after each one.
    public static func keepFreed(bytes: Int32) {
        _ = shim_keep_freed_memory(bytes)
    }
}
