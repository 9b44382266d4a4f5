import Dispatch
import Glibc

/// Waits for a condition that nobody announces, such as what another thread is about to write; false when it does not
/// come to hold in time.
package func eventually(seconds: Int = 20, _ condition: () -> Bool) -> Bool {
    let end = DispatchTime.now() + .seconds(seconds)
    while !condition() {
        if DispatchTime.now() > end { return false }
        sched_yield()
    }
    return true
}
