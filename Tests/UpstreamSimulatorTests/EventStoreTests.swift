import Foundation
import TestSupport
import Testing
import UpstreamSimulator

@Suite("Keeping events")
struct EventStoreTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("receipts are kept bare and other events with id and type, byte for byte")
    func files() throws {
        let store = try folder.openStore()
        #expect(try store.take([receipt(1), enrolment(1), receipt(2)]) == [.stored, .stored, .stored])
        #expect(try folder.content(folder.receipts) == receiptBody(1) + "\n" + receiptBody(2) + "\n")
        let line = #"{"id":"c1","type":"customer.enrolled","body":{"customer":1}}"# + "\n"
        #expect(try folder.content(folder.events) == line)
    }

    @Test("an event is kept once: within a batch, in a later batch, and after a restart")
    func duplicates() throws {
        do {
            let store = try folder.openStore()
            #expect(try store.take([receipt(1), receipt(1), enrolment(1)]) == [.stored, .duplicate, .stored])
            #expect(try store.take([enrolment(1), receipt(1)]) == [.duplicate, .duplicate])
            #expect(store.statistics.duplicates == 3)
            #expect(store.statistics.batches == 2)
        }
        let store = try folder.openStore()
        #expect(store.statistics.receipts == 1)
        #expect(store.statistics.events == 1)
        #expect(try store.take([receipt(1), enrolment(1), receipt(2)]) == [.duplicate, .duplicate, .stored])
        #expect(try folder.content(folder.receipts) == receiptBody(1) + "\n" + receiptBody(2) + "\n")
    }

    @Test("a refused id is not kept, and is refused again")
    func refused() throws {
        let store = try folder.openStore()
        let bad = EventResult.refused(reason: "ids that end with 13 are refused")
        #expect(try store.take([receipt(13), receipt(3)], refusedSuffix: "13") == [bad, .stored])
        #expect(try store.take([receipt(13)], refusedSuffix: "13") == [bad])
        #expect(try store.take([receipt(13)]) == [.stored])
    }

    @Test("a crash between any two bytes of a batch loses no answered event and doubles none")
    func crashes() throws {
        do {
            let store = try folder.openStore()
            _ = try store.take([receipt(1), enrolment(1)])
        }
        let answered = try [folder.receipts, folder.events, folder.ids].map { try folder.content($0) }
        do {
            let store = try folder.openStore()
            _ = try store.take([receipt(2), enrolment(2), receipt(3)])
        }
        let whole = try [folder.receipts, folder.events, folder.ids].map { try folder.content($0) }
        // The files are written in this order, so a crash leaves those before whole and those behind as they were.
        for torn in 0..<3 {
            for length in answered[torn].utf8.count...whole[torn].utf8.count {
                for (index, path) in [folder.receipts, folder.events, folder.ids].enumerated() {
                    let bytes = index < torn ? whole[index] : index > torn ? answered[index] : whole[index]
                    let count = index == torn ? length : bytes.utf8.count
                    try Data(bytes.utf8.prefix(count)).write(to: URL(fileURLWithPath: path))
                }
                let store = try folder.openStore()
                let kept = try folder.content(folder.receipts)
                #expect(kept == answered[0] || [2, 3].contains(kept.split(separator: "\n").count) && kept.last == "\n")
                #expect(try store.take([receipt(1), enrolment(1)]) == [.duplicate, .duplicate])
                _ = try store.take([receipt(2), enrolment(2), receipt(3)])
                let now = try [folder.receipts, folder.events].map { try folder.content($0) }
                #expect(now == Array(whole[..<2]), "file \(torn) torn after \(length) bytes")
            }
        }
    }

    @Test("a file of records without its ids is not touched")
    func missingIndex() throws {
        try "{}\n".write(toFile: folder.receipts, atomically: false, encoding: .utf8)
        #expect(throws: StoreError.missingIndex(path: folder.ids)) { try folder.openStore() }
        #expect(try folder.content(folder.receipts) == "{}\n")
    }

    @Test("records that somebody removed are forgotten and can come again")
    func removedRecords() throws {
        do {
            let store = try folder.openStore()
            _ = try store.take([enrolment(1), receipt(1), receipt(2)])
        }
        try FileManager.default.removeItem(atPath: folder.receipts)
        let store = try folder.openStore()
        #expect(try store.take([enrolment(1), receipt(1), receipt(2)]) == [.duplicate, .stored, .stored])
        #expect(try folder.content(folder.receipts) == receiptBody(1) + "\n" + receiptBody(2) + "\n")
    }

    @Test("an index that cannot be read is an error that names the line")
    func damagedIndex() throws {
        do {
            let store = try folder.openStore()
            _ = try store.take([receipt(1)])
        }
        let good = try folder.content(folder.ids)
        try (good + "what?\n").write(toFile: folder.ids, atomically: false, encoding: .utf8)
        #expect(throws: StoreError.damagedIndex(path: folder.ids, line: 2)) { try folder.openStore() }
    }

    @Test("a line feed between the tokens of a receipt does not become a line's end")
    func lineFeed() throws {
        let store = try folder.openStore()
        _ = try store.take([IncomingEvent(id: "a", type: "receipt", body: Array("{\n\"a\":1}".utf8))])
        #expect(try folder.content(folder.receipts) == "{ \"a\":1}\n")
    }
}
