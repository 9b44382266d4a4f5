import LineProtocol
import Retail

@testable import ReceiptExport

/// Receipts as RECEIPT_LIST answers them.
struct ExportWorld {
    var currency = "RUB"
    private(set) var receipts: [String] = []

    /// Adds a receipt with its members, from a comma on; the gateway's answer has only what every answer has, and `points`.
    mutating func add(_ kind: String, _ number: String, _ members: String, day: String = "2026-11-22") {
        let key = "S1/T01/1/\(number)"
        let points = kind == "sale" ? #"{"earned":3,"spent":1,"balance":2,"pending":0,"debt":0}"# : "null"
        receipts.append(
            #"{"key":"\#(key)","kind":"\#(kind)","received_at":"2026-11-22T10:00:00Z","sequence":\#(receipts.count + 1),"#
                + #""customer":null,"day":"\#(day)","currency":"\#(currency)","utc_offset":10800,"gateway":{"key":"\#(key)","#
                + #""kind":"\#(kind)","state":"stored","received_at":"2026-11-22T10:00:00Z","sequence":\#(receipts.count + 1),"#
                + #""customer_id":"c-1","points":\#(points),"tier":null,"rules":null,"marks":["clock"]},"#
                + #""receipt":{"shift":1,"number":"\#(number)","at":"2026-11-22T09:30:00Z"\#(members)}}"#)
    }

    func page() throws -> [ExportedReceipt] {
        let body = #"{"receipts":[\#(receipts.joined(separator: ","))],"next":null}"#
        return try ExportPage(Array(body.utf8), ExportPage.makeReader()).receipts
    }

    func csv(_ rows: ExportRows) throws -> [[String: String]] {
        let writer = ByteWriter()
        let export = CSVExport(rows)
        export.writeHeading(to: writer)
        for receipt in try page() { export.write(receipt, to: writer) }
        return Self.read(String(decoding: writer.bytes, as: UTF8.self))
    }

    /// A reader of RFC 4180 that knows nothing of the writer.
    static func read(_ text: String) -> [[String: String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var cell = ""
        var isQuoted = false
        var scalars = text.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            switch (scalar, isQuoted) {
            case ("\"", true) where scalars.first == "\"":
                scalars.removeFirst()
                cell += "\""
            case ("\"", _): isQuoted.toggle()
            case (",", false):
                row.append(cell)
                cell = ""
            case ("\r", false) where scalars.first == "\n":
                scalars.removeFirst()
                rows.append(row + [cell])
                row = []
                cell = ""
            default: cell.unicodeScalars.append(scalar)
            }
        }
        guard let heading = rows.first else { return [] }
        return rows.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(heading, $0)) }
    }

    func poslog() throws -> String {
        let writer = ByteWriter()
        let export = POSLogExport()
        export.writeBeginning(to: writer)
        for receipt in try page() { export.write(receipt, to: writer) }
        export.writeEnd(to: writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// A sale of two lines, paid twice, with change; its return; a void; a correction each way.
    static func day() -> ExportWorld {
        var world = ExportWorld()
        let mug =
            #"{"sku":"MUG","name":"Mug, \"blue\"","quantity":2,"price":33300,"amount":60000,"#
            + #""discounts":[{"origin":"promotion","id":"p1","amount":6000},{"origin":"points","amount":600}],"#
            + #""tax":{"rate":2000,"amount":10000},"marks":["0104>&'\u001d21"],"category":"home/kitchen","brand":"B&B"}"#
        let milk =
            #"{"sku":"MILK","name":"Milk","quantity":1.5,"price":8000,"amount":12000,"#
            + #""tax":{"rate":1000,"amount":1091}}"#
        world.add(
            "sale", "0001",
            #","cashier":{"id":"k1","name":"=cmd()"},"lines":[\#(mug),\#(milk)],"#
                + #""payments":[{"kind":"card","amount":50000},{"kind":"cash","amount":25000}],"change":3000,"total":72000,"#
                + #""taxes":[{"rate":2000,"code":"vat20","base":50000,"amount":10000},"#
                + #"{"rate":1000,"base":10909,"amount":1091}]"#)
        world.add(
            "return", "0002",
            #","original":"S1/T01/1/0001","lines":[{"sku":"MILK","name":"Milk","quantity":1,"price":8000,"amount":8000,"#
                + #""tax":{"rate":1000,"amount":727},"original_line":2}],"#
                + #""payments":[{"kind":"cash","amount":8000}],"total":8000"#)
        world.add(
            "void", "0003",
            #","lines":[{"sku":"MUG","name":"Mug","quantity":1,"price":33300,"amount":33300}],"total":33300"#)
        for (number, direction) in [("0004", "sale"), ("0005", "return")] {
            world.add(
                "correction", number,
                #","direction":"\#(direction)","reason":"counted\ntwice","document":{"number":"14-2","date":"2026-11-20"},"#
                    + #""payments":[{"kind":"x-pay","amount":500}],"total":500"#)
        }
        return world
    }

    /// As many lines as a receipt may have, each with as much money as an amount may be.
    static func richest(kind: String = "sale") -> ExportWorld {
        let line =
            #"{"sku":"A","name":"","quantity":1,"price":9000000000000000,"amount":9000000000000000,"#
            + #""discounts":[{"origin":"till","amount":9000000000000000},{"origin":"card","amount":9000000000000000}],"#
            + #""tax":{"rate":2000,"amount":9000000000000000}}"#
        var world = ExportWorld()
        world.add(
            kind, "1",
            #","lines":[\#(Array(repeating: line, count: ProtocolLimits.receiptLines).joined(separator: ","))],"#
                + #""payments":[],"total":9000000000000000"#)
        return world
    }
}
