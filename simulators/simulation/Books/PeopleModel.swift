import Retail

/// Whom upstream knows: what it has told the gateway of them, in its order, and how much of that the gateway says it keeps.
///
/// A gateway that asks for what comes after a change says that it has that change for good. Until then what a change
/// does may be seen or not; from then on it must be.
final class PeopleModel {
    final class Person {
        /// The id in upstream; what is known of the points before the gateway's own id is known goes by it.
        let external: String
        let card: String
        let opening: Int64
        /// Another customer's card that upstream has learnt is theirs.
        var adopted: String?
        /// Names that were told: `K-1 v3` is the third.
        fileprivate(set) var versions = 0
        /// The last name that the gateway keeps.
        fileprivate(set) var kept = 0
        fileprivate(set) var at = Instant.distantPast
        /// The feed has a record of them.
        fileprivate(set) var isTold = false
        /// A shop was told of them, too, or they are more than one record: the name need not be upstream's last.
        var isShared = false

        init(external: String, card: String, opening: Int64) {
            self.external = external
            self.card = card
            self.opening = opening
        }

        /// The record, whole.
        var record: String {
            let cards = ([card] + [adopted].compactMap { $0 }).map { #"{"kind":"card","value":"\#($0)"}"# }
            let begins = #","opening":{"points":\#(opening),"as_of":"\#(Instant(millisecondsSinceEpoch: 0).rfc3339)"}"#
            return #"{"external":"\#(external)","name":"\#(external) v\#(versions)","identifiers":["#
                + cards.joined(separator: ",") + "]" + (opening > 0 ? begins : "") + "}"
        }

        var answer: String { #"{"at":"\#(at.rfc3339)","body":\#(record)}"# }
    }

    private struct Change {
        var text: String
        var kept: () -> Void
    }

    private(set) var people: [Person] = []
    private var changes: [Change] = []
    /// Changes that the gateway has for good.
    private(set) var kept = 0

    var count: Int { changes.count }

    func texts(_ range: Range<Int>) -> [[UInt8]] { changes[range].map { Array($0.text.utf8) } }

    func person(withCard card: String) -> Person? { people.first { $0.card == card } }

    func person(_ external: String) -> Person? { people.first { $0.external == external } }

    /// The gateway asks for what comes after so many changes.
    func keep(through number: Int) {
        while kept < min(number, changes.count) {
            changes[kept].kept()
            kept += 1
        }
    }

    // MARK: What upstream tells

    private func tell(_ type: String, _ body: String, at: Instant, kept: @escaping () -> Void) {
        let id = "u\(changes.count + 1)"
        changes.append(
            Change(text: #"{"id":"\#(id)","type":"\#(type)","at":"\#(at.rfc3339)","body":\#(body)}"#, kept: kept))
    }

    /// Somebody new, whom upstream can be asked for from now on; its feed tells of them later.
    func add(_ person: Person, at: Instant) {
        people.append(person)
        person.versions = 1
        person.at = at
    }

    /// Somebody of whom the feed has not told yet.
    var untold: Person? { people.first { !$0.isTold } }

    /// A new name, and whatever else the record says now.
    func rename(_ person: Person, at: Instant, then: @escaping () -> Void = {}) {
        person.isTold = true
        person.versions += 1
        person.at = at
        let version = person.versions
        tell("customer", person.record, at: at) {
            person.kept = version
            then()
        }
    }

    func correct(_ person: Person, by points: Int64, at: Instant, kept: @escaping () -> Void) {
        tell(
            "points", #"{"customer":"\#(person.external)","points":\#(points),"reason":"simulated"}"#, at: at,
            kept: kept)
    }

    func merge(_ gone: Person, into survivor: Person, at: Instant, kept: @escaping () -> Void) {
        gone.isShared = true
        survivor.isShared = true
        tell(
            "customer.merged", #"{"from":"\#(gone.external)","into":"\#(survivor.external)"}"#, at: at, kept: kept)
    }

    // MARK: Comparing

    /// A customer's name is one that upstream has told, and none from before what the gateway kept when it was asked.
    func disagreement(_ answer: Answer, of person: Person, keptBefore: Int) -> String? {
        guard !person.isShared else { return nil }
        let name = answer.body.text("name") ?? ""
        let told = (1...max(person.versions, 1)).filter { "\(person.external) v\($0)" == name }
        guard let version = told.first, version >= keptBefore else {
            return
                "\(person.external) is called '\(name)'; upstream has told \(person.versions) names, and \(keptBefore) were kept"
        }
        return nil
    }
}
