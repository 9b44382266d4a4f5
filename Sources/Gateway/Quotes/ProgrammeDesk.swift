import Crew
import Journal
import LineProtocol
import Logging
import Loyalty
import ProgrammeFiles
import Retail

/// Puts programmes in force: those that are sent, or the files that the gateway was started with. Bad ones are refused whole,
/// and what was in force stays.
package final class ProgrammeDesk: Sendable {
    typealias Completion = @Sendable (Result<[UInt8], Refusal>) -> Void

    let journal: Journal
    let programmes: Programmes
    let clock: any WallClock
    private let log: Logger
    let readFiles: (@Sendable () throws(FileRefused) -> LoadedProgrammes)?
    /// Reading and checking a chain's programmes takes a while: away from the loops, one after the other.
    let queue: any WorkQueue

    init(
        journal: Journal, programmes: Programmes, clock: any WallClock, log: Logger,
        readFiles: (@Sendable () throws(FileRefused) -> LoadedProgrammes)?
    ) {
        self.journal = journal
        self.programmes = programmes
        self.clock = clock
        self.log = log
        self.readFiles = readFiles
        queue = journal.crew.queue("programmes")
    }

    /// PROGRAMME_LIST: what is in force.
    func list(completion: @escaping Completion) {
        completion(.success(reply()))
    }

    /// PROGRAMME_PUT: replaces all programmes by those of the message.
    func put(_ message: ProgrammePut, completion: @escaping Completion) {
        guard readFiles == nil else {
            var refusal = Refusal(.badState, "the programmes are those of the files that the gateway was started with")
            refusal.state = ProgrammeSource.files.rawValue
            return completion(.failure(refusal))
        }
        queue.async { [self] in
            do {
                let bundle = ProgrammeBundle(try Self.read(message), source: .sent)
                let now = clock.now()
                try journal.perform { transaction in
                    try transaction.putInForce(bundle.records, from: bundle.source, at: now)
                    // What upstream has said before is older than this.
                    try transaction.raiseFeedVersion("programmes", "", now)
                }
                putInForce(bundle)
                completion(.success(reply()))
            } catch {
                completion(.failure(Refusal(store: error)))
            }
        }
    }

    /// PROGRAMME_RELOAD: reads the files again.
    func reload(completion: @escaping Completion) {
        queue.async { [self] in
            completion(Result { () throws(Refusal) in try reloadNow() }.map { reply() })
        }
    }

    /// Reads the files again; without any, what is in force stays.
    package func reloadFiles() throws {
        guard readFiles != nil else { return }
        try reloadNow()
    }

    private func reloadNow() throws(Refusal) {
        guard let readFiles else {
            var refusal = Refusal(.badState, "the gateway was started without programme files")
            refusal.state = programmes.active.bundle.source.rawValue
            throw refusal
        }
        do {
            let bundle = ProgrammeBundle(try readFiles(), source: .files)
            let now = clock.now()
            try journal.perform { try $0.putInForce(bundle.records, from: bundle.source, at: now) }
            putInForce(bundle)
        } catch let refused as FileRefused {
            throw Refusal(refused, pathAfter: ": ")
        } catch {
            throw Refusal(store: error)
        }
    }

    func putInForce(_ bundle: ProgrammeBundle) {
        programmes.replace(with: bundle)
        let names = bundle.loaded.documents.map { "\($0.programme.id) \($0.programme.version)" }
        log.notice(
            "programmes in force",
            metadata: ["programmes": "\(names.joined(separator: ", "))", "source": "\(bundle.source.rawValue)"])
    }

    private static func read(_ message: ProgrammePut) throws -> LoadedProgrammes {
        var documents: [LoadedProgramme] = []
        for (index, programme) in message.programmes.enumerated() {
            do {
                let text = String(decoding: programme.bytes, as: UTF8.self)
                documents.append(
                    try ProgrammeFolder.parse(
                        text, name: "programmes[\(index)]", hash: ProgrammeFolder.documentHash))
            } catch {
                throw Refusal(error, pathAfter: ".")
            }
        }
        do {
            return try LoadedProgrammes(validating: documents, place: "programmes")
        } catch {
            throw Refusal(error, pathAfter: ".")
        }
    }

    private func reply() -> [UInt8] {
        let bundle = programmes.active.bundle
        return ProgrammeListReply(
            source: ProgrammeListReply.Source(rawValue: bundle.source.rawValue) ?? .builtIn,
            programmes: bundle.loaded.documents.map { document in
                let programme = document.programme
                return ProgrammeListReply.Programme(
                    id: programme.id, version: programme.version, hash: programme.hash, segments: programme.segments,
                    tiers: programme.tiers.count, promotions: programme.promotions.count)
            }
        ).text
    }
}

extension Refusal {
    /// A document that cannot be used: the field is the file, or the document's place in the message, and after the
    /// separator the path in it.
    fileprivate init(_ refused: FileRefused, pathAfter separator: String) {
        self = .badField(refused.place(separator: separator), "\(refused.error.reason)")
    }
}
