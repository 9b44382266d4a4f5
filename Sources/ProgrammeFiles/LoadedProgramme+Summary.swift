import Loyalty

extension LoadedProgramme {
    /// A line for people: what the programme is called, how large it is, and for whom.
    package var summary: String {
        let customers = programme.segments.map { "for the segments " + $0.joined(separator: ", ") }
        return [
            "\(programme.id) version \(programme.version)", "hash \(programme.hash.prefix(12))",
            counted(programme.tiers.count, "tier"), counted(programme.promotions.count, "promotion"),
            customers ?? "for everyone else",
        ].joined(separator: ", ")
    }
}

private func counted(_ count: Int, _ word: String) -> String {
    "\(count) \(word)\(count == 1 ? "" : "s")"
}
