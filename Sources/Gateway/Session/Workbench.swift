import LineProtocol

/// The tools of one loop, shared by all its sessions because only one of them is at work at a time.
package final class Workbench {
    let reader = JSONReader()
    /// What the session at work has answered so far in this wake-up.
    let output = ByteWriter(capacity: 64 << 10)

    /// Tools for one loop.
    package init() {}
}
