import ArgumentParser
import Foundation
import Gateway
import Journal
import LineProtocol
import Logging
import ProgrammeFiles

/// Where the gateway's socket for operators is.
enum OperatorSocket {
    static func path(folder: String) -> String { folder + "/operator.sock" }
}

/// The option that every operator's command has.
struct DataFolder: ParsableArguments {
    @Option(help: "Folder of the gateway's data.")
    var data: String = ProcessInfo.processInfo.environment["TILLGATE_DATA"] ?? ServeSettings.defaultDataFolder

    /// Asks the gateway that runs on the folder; when none does, opens the folder and answers from here.
    ///
    /// - Throws: an exit code, after having said why.
    func ask(_ requests: [OperatorRequest]) async throws -> [OperatorAnswer] {
        try await converse(makingFolder: requests.contains(where: \.makesFolder)) { ask in
            var answers: [OperatorAnswer] = []
            for request in requests { answers.append(try await ask(request)) }
            return answers
        }
    }

    /// Asks one thing after the other, each when the one before was answered.
    ///
    /// - Parameter stores: what is known of the stores when no gateway runs that knows them.
    /// - Throws: an exit code, after having said why.
    func converse<Value>(
        makingFolder: Bool, stores: () async throws -> StoreDirectory = { StoreDirectory() },
        _ body: ((OperatorRequest) async throws -> OperatorAnswer) async throws -> Value
    ) async throws -> Value {
        do {
            if let channel = try OperatorChannel(socketPath: OperatorSocket.path(folder: data)) {
                return try await body { try channel.ask($0) }
            }
            // A folder that is asked about and is not there is a slip of the pen, not a shop to be opened.
            guard makingFolder || FileManager.default.fileExists(atPath: data) else {
                throw Console.fail("there is no data folder \(data)", .unavailable)
            }
            return try await LocalOperator(folder: data, stores: stores()).converse(body)
        } catch let code as ExitCode {
            throw code
        } catch let refused as OperatorRefused {
            throw Console.fail(refused.description, .failure)
        } catch {
            throw Console.fail("\(error)", .unavailable)
        }
    }
}

/// A request of the protocol's operator verbs.
struct OperatorRequest: Sendable {
    var verb: Verb
    var body: [UInt8]

    init(_ verb: Verb, _ message: some MessageBody = EmptyBody()) {
        let writer = ByteWriter(capacity: 512)
        message.write(to: writer)
        self.verb = verb
        body = Array(writer.bytes)
    }

    /// A request whose JSON object is given.
    init(_ verb: Verb, body: [UInt8]) {
        self.verb = verb
        self.body = body
    }

    /// Whether it belongs to setting a shop up, when there may be no data folder yet.
    var makesFolder: Bool {
        [.deviceAdd, .importCustomers, .importCatalogue, .importStock, .programmePut].contains(verb)
    }

    /// Whether the gateway takes it in one line, whatever the tag.
    var fitsIntoLine: Bool {
        ProtocolLimits.verbCharacters + ProtocolLimits.tagCharacters + 2 + body.count <= ProtocolLimits.lineBytes
    }
}

/// The gateway's answer: one JSON object.
struct OperatorAnswer: Sendable {
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    func message<Message: MessageBody>() throws -> Message {
        try body.withUnsafeBytes { bytes in try withJSON(bytes) { try Message(FieldReader($0)) } }
    }
}

/// The gateway refused a request.
struct OperatorRefused: Error, CustomStringConvertible {
    var code: String
    var body: String

    var description: String { "the gateway answered \(code) \(body)" }
}

/// Answers without a running gateway: opens the journal for as long as it takes, and goes by the programmes that were in
/// force when the gateway last ran.
struct LocalOperator {
    var folder: String
    var stores = StoreDirectory()

    func ask(_ requests: [OperatorRequest]) async throws -> [OperatorAnswer] {
        try await converse { ask in
            var answers: [OperatorAnswer] = []
            for request in requests { answers.append(try await ask(request)) }
            return answers
        }
    }

    /// Asks one thing after the other with the journal open.
    func converse<Value>(
        _ body: ((OperatorRequest) async throws -> OperatorAnswer) async throws -> Value
    ) async throws -> Value {
        var log = Logger(label: "tillgate")
        log.logLevel = .warning
        let journal = try Journal.open(folder: folder)
        let programmes =
            try ProgrammeBundle(from: .files, in: journal)
            ?? ProgrammeBundle(try ProgrammeFolder.load(nil), source: .builtIn)
        let gateway = try Gateway(
            settings: GatewaySettings(
                version: ProgramVersion.text, stores: stores, programmes: programmes,
                seed: UInt64.random(in: .min ... .max)),
            journal: journal, clock: SystemClock(), adapter: nil, log: log)
        defer { gateway.stop() }
        return try await body { request in
            switch await gateway.operate(request.verb, text: request.body) {
            case .success(let body): return OperatorAnswer(body: body)
            case .failure(let refused): throw OperatorRefused(code: refused.code, body: refused.body)
            }
        }
    }
}
