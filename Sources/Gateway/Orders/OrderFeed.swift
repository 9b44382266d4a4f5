import Journal
import LineProtocol
import Retail

/// What became of a website's orders, for one that asks.
extension OrderDesk {
    /// ORDER_FOLLOW: the changes of the website's own orders after a place, the oldest first.
    ///
    /// Asked of the writer, so that what was acknowledged is in the answer. Each page begins where the one before ended and
    /// places are given in the order of commits, so nothing is passed over and nothing comes twice, whatever is written
    /// meanwhile.
    ///
    /// - Parameter cursor: `next` of the page before; nil begins with the oldest change there is.
    func follow(after cursor: String?, limit: Int, by actor: Actor, completion: @escaping Completion) {
        ask(completion) { transaction in
            let place = try FeedPlace(cursor, last: try transaction.lastOrderChange())
            let found = try transaction.orderChanges(
                source: actor.device, sourceStore: actor.store, after: place.sequence, limit: limit)
            let writer = ByteWriter(capacity: 4_096)
            writer.beginObject()
            writer.name("changes")
            writer.beginArray()
            var last = place
            // A page ends early when it is as long as a line may be: the website reads on from there.
            for item in found where writer.count < ProtocolLimits.lineBytes {
                OrderChange(item).write(to: writer)
                last = FeedPlace(sequence: item.sequence)
            }
            writer.endArray()
            writer.field("next", last.text)
            writer.endObject()
            return Array(writer.bytes)
        }
    }
}

/// A place in the feed, as websites are given it.
struct FeedPlace: Sendable {
    /// Tells a place in the feed from one in a list, which would be taken for one that skips changes.
    private static let mark: Character = "f"

    let sequence: Int64

    init(sequence: Int64) { self.sequence = sequence }

    /// Reads what ``text`` wrote.
    ///
    /// - Parameter last: the newest place. One behind it was given by a gateway that had more than this one has, whose
    ///   back-up this may be: whoever went on from there would miss what comes now.
    init(_ text: String?, last: Int64) throws {
        guard let text else {
            sequence = 0
            return
        }
        guard text.first == Self.mark, let place = Int64(text.dropFirst()), (0...last).contains(place) else {
            throw Refusal.badField("after", "is not a cursor that this feed has given; begin anew without it")
        }
        sequence = place
    }

    var text: String { "\(Self.mark)\(sequence)" }
}

extension OrderChange {
    init(_ change: StoredOrderChange) {
        self.init(
            sequence: change.sequence, store: change.store,
            transition: TransitionReply(change.transition, of: change.key))
    }
}
