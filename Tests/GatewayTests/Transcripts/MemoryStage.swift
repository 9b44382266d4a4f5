@testable import Gateway

/// Plays a transcript against the gateway's own sessions, without sockets and in virtual time.
final class MemoryStage: TranscriptStage {
    private let world: TestWorld
    private var clients: [Character: TestClient] = [:]

    init(_ transcript: Transcript) throws {
        world = try Self.world(for: transcript)
    }

    /// A fresh gateway with the customers, products and stock that a transcript begins with.
    static func world(for transcript: Transcript) throws -> TestWorld {
        let world = try TestWorld()
        guard !transcript.customers.isEmpty || !transcript.products.isEmpty else { return world }
        let operation = world.localOperator()
        func bring(_ verb: String, _ rows: [String]) throws {
            guard !rows.isEmpty else { return }
            let answer = operation.request(verb, #"{"rows":[\#(rows.joined(separator: ","))]}"#)
            guard answer.ok?["created"]?.integer == Int64(rows.count) else {
                throw Difference(
                    file: transcript.name, line: 0, delivery: .whole, text: "setting up fails: \(answer)")
            }
        }
        try bring("IMPORT_CUSTOMERS", transcript.customers)
        try bring("IMPORT_CATALOGUE", transcript.products)
        try bring("IMPORT_STOCK", transcript.stock)
        operation.close()
        return world
    }

    func connect(_ connection: Character, as device: Transcript.Device) throws {
        clients[connection] = try world.connect(device.role, device.store, device.name)
    }

    func close(_ connection: Character) { clients[connection]?.close() }

    func send(_ bytes: ArraySlice<UInt8>, on connection: Character) { clients[connection]?.send(bytes) }

    func received(on connection: Character) -> [[UInt8]] { clients[connection]?.received ?? [] }

    func isClosed(_ connection: Character) -> Bool { clients[connection]?.isClosed ?? true }

    func wait(until condition: () -> Bool) -> Bool { world.loop.run(until: condition) }

    func settle() throws -> [WireLine] {
        try world.settle()
        return []
    }
}
