import ProgrammeFiles

/// The loyalty programme that a shop on this machine has.
struct ReplayProgramme {
    /// The document.
    let text: String
    /// Points that every new customer gets.
    let welcomePoints: Int64

    /// Reads a file, or a folder with one file; a small programme of its own when none is given.
    init(path: String?) throws {
        let documents =
            if let path {
                try ProgrammeFolder.read(path, hash: ProgrammeFolder.documentHash)
            } else {
                [try ProgrammeFolder.parse(Self.small, name: "small", hash: ProgrammeFolder.documentHash)]
            }
        // Welcomes are counted with one programme for everybody: the days know of no segments.
        guard documents.count == 1 else {
            throw RunFailure(reason: "\(path ?? "") holds \(documents.count) programmes, a run has one")
        }
        text = documents[0].text
        welcomePoints = documents[0].programme.welcome?.points ?? 0
    }

    private static let small = """
        id: small
        version: 1
        currency: GBP
        point_value: 1
        max_redeem: 5000
        tiers:
          - {name: base, threshold: 0, earn_rate: 100}
          - {name: silver, threshold: 50000, earn_rate: 200}
          - {name: gold, threshold: 200000, earn_rate: 300}
        welcome: {points: 200, usable: at_once}
        every_nth: {n: 3, points: 50}
        promotions:
          - id: bunting
            name: Three for two
            products: {skus: ["47566", "22086"]}
            effect: {n_for_m: {n: 3, m: 2}}

        """
}
