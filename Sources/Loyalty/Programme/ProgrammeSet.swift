/// All programmes in force: those of single segments and the one that everyone else has.
public struct ProgrammeSet: Hashable, Sendable {
    /// The programme of customers whose segment has none of its own, and of those without a segment.
    public let everyoneElse: Programme
    /// The programmes of single segments, by id.
    public let others: [Programme]
    private let bySegment: [String: Programme]

    /// One programme for everybody.
    public init(_ programme: Programme) {
        everyoneElse = programme
        others = []
        bySegment = [:]
    }

    /// Checks that the programmes fit together: ids and segments are not used twice, all points are counted in one
    /// currency, and exactly one programme is for everyone else.
    ///
    /// - Throws: the first contradiction; its path begins with the programme's id.
    public init(validating programmes: [Programme]) throws(ProgrammeError) {
        let sorted = programmes.sorted { $0.id < $1.id }
        for (before, after) in zip(sorted, sorted.dropFirst()) where before.id == after.id {
            throw ProgrammeError(path: "\(after.id).id", reason: .duplicate)
        }
        let general = sorted.filter { $0.segments == nil }
        guard general.count == 1, let everyoneElse = general.first else {
            throw ProgrammeError(path: "", reason: .notOneForEveryoneElse(found: general.count))
        }
        var bySegment: [String: Programme] = [:]
        for programme in sorted {
            guard programme.currency == everyoneElse.currency else {
                throw ProgrammeError(
                    path: "\(programme.id).currency",
                    reason: .contradicts("is not \(everyoneElse.currency) as in \(everyoneElse.id)"))
            }
            for (index, segment) in (programme.segments ?? []).enumerated() {
                guard bySegment.updateValue(programme, forKey: segment) == nil else {
                    throw ProgrammeError(path: "\(programme.id).segments[\(index)]", reason: .duplicate)
                }
            }
        }
        self.everyoneElse = everyoneElse
        self.bySegment = bySegment
        others = sorted.filter { $0.segments != nil }
    }

    /// The programme of a customer in this segment.
    public func programme(for segment: String?) -> Programme {
        segment.flatMap { bySegment[$0] } ?? everyoneElse
    }
}
