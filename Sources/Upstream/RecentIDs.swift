/// The ids of the last events that were written, so that one that comes again is known.
///
/// Events come again when the gateway ended between handing them over and writing down that it had: those of the last
/// batch, and hardly ever more. Places in the journal would not tell them apart: an event that waited behind others comes
/// with a lower one, and another gateway's begin anew.
struct RecentIDs: Sendable {
    /// Ten batches.
    static let maximum = 2_000

    private var known: Set<String> = []
    private var order: [String] = []
    private var oldest = 0

    var count: Int { known.count }

    func contains(_ id: String) -> Bool { known.contains(id) }

    mutating func add(_ id: String) {
        guard known.insert(id).inserted else { return }
        if order.count < Self.maximum {
            order.append(id)
            return
        }
        known.remove(order[oldest])
        order[oldest] = id
        oldest = (oldest + 1) % Self.maximum
    }
}
