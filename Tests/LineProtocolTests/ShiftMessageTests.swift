import LineProtocol
import Retail
import Testing

@Suite("Messages about shifts and corrections")
struct ShiftMessageTests {
    private let at = Instant(millisecondsSinceEpoch: 1_795_339_800_000)

    private func error<Message: MessageBody>(_ json: String, as type: Message.Type) -> FieldError? {
        do {
            _ = try message(json) as Message
            return nil
        } catch {
            return error as? FieldError
        }
    }

    @Test("go there and back")
    func roundTrips() throws {
        try roundTrip(ShiftOpen(shift: 0, at: at, cashier: Cashier(id: "k1", name: "Иванова")))
        try roundTrip(ShiftOpen(shift: 5, at: at))
        try roundTrip(
            ShiftClose(
                shift: 5, at: at, receipts: 4, total: Money(minorUnits: -5),
                numbers: try ReceiptNumbers(entries: ["1:3", "7"], limit: 10)))
        try roundTrip(ShiftClose(shift: 5, at: at))
        let kinds = Dictionary(
            uniqueKeysWithValues: ReceiptKind.allCases.map {
                ($0, ShiftFigures.Kind(receipts: 1, total: Money(minorUnits: 2)))
            })
        try roundTrip(
            ShiftReply(
                shift: 5, state: .closed, receivedAt: at,
                figures: ShiftFigures(receipts: 4, total: Money(minorUnits: 2), byKind: kinds),
                missing: ShiftDifference(try ReceiptNumbers(entries: ["8:9"], limit: 9)),
                unexpected: ShiftDifference(ReceiptNumbers([])), marks: [.numbers]))
        try roundTrip(
            ShiftReply(
                shift: 5, state: .open, receivedAt: at, figures: ShiftFigures(receipts: 0, total: .zero),
                marks: [.clock]))
    }

    @Test("a kind of receipts that a reply leaves out has none, and what is missing is said of an open shift, too")
    func leftOut() throws {
        let start = #"{"shift":1,"state":"open","received_at":"2026-11-22T09:30:00Z","receipts":1,"total":5"#
        let some: ShiftReply = try message(start + #","by_kind":{"sale":{"receipts":1,"total":5}},"marks":[]}"#)
        #expect(some.figures.byKind?[.correction] == ShiftFigures.Kind())
        try roundTrip(some)
        let missing: ShiftReply = try message(start + #","missing":["8:9"],"missing_count":2,"marks":[]}"#)
        #expect(missing.missing?.entries == ["8:9"])
        try roundTrip(missing)
    }

    @Test("ten thousand receipts that ran on take a few bytes, and the longest list fits into a line")
    func fits() throws {
        let running = ShiftClose(shift: 1, at: at, numbers: ReceiptNumbers((1...10_000).map { "\($0)" }))
        #expect(json(running).contains(#""numbers":["1:10000"]"#))
        let apart = (0..<ProtocolLimits.shiftNumbers).map { number in
            String(repeating: "9", count: 20) + "\(100_000_000_000 + number * 2)"
        }
        #expect(apart[0].count == 32)
        let longest = ShiftClose(shift: 1, at: at, numbers: ReceiptNumbers(apart))
        #expect(json(longest).utf8.count < ProtocolLimits.lineBytes)
        try roundTrip(longest)
    }

    @Test("numbers that are none, too many, and names that the gateway writes itself are refused")
    func refused() {
        let start = #"{"shift":1,"at":"2026-11-22T09:30:00Z","#
        #expect(error(start + #""numbers":["1","2:1"]}"#, as: ShiftClose.self)?.field == "numbers[1]")
        let tooMany = error(start + #""numbers":["1:20001"]}"#, as: ShiftClose.self)
        #expect(tooMany?.code == .limit && tooMany?.field == "numbers" && tooMany?.limit == 20_000)
        #expect(error(start + #""receipts":-1}"#, as: ShiftClose.self)?.field == "receipts")
        #expect(error(start + #""store":"S1"}"#, as: ShiftClose.self) == .bad("store", "reserved"))
        #expect(error(start + #""gateway":null}"#, as: ShiftOpen.self) == .bad("gateway", "reserved"))
    }

    @Test("a correction goes there and back; without direction or reason it is refused")
    func corrections() throws {
        let correction = ReceiptRequest(
            kind: .correction, shift: 1, number: "7", at: at,
            payments: [Tender(kind: "cash", amount: Money(minorUnits: 12))], total: Money(minorUnits: 10),
            change: Money(minorUnits: 2),
            taxes: [
                TaxTotal(
                    rate: BasisPoints(value: 2_000), code: "vat", base: Money(minorUnits: 8),
                    amount: Money(minorUnits: 2))
            ],
            contact: ReceiptContact(phone: "+79161234567", email: "a@example.com"),
            original: ReceiptKey(store: "S1", till: "T1", shift: 1, number: "5"), reason: "counted twice",
            direction: .return, document: CorrectionDocument(number: "14-2", date: CalendarDate(iso: "2026-11-20")))
        let read = try reading(written(correction.write)) { try ReceiptRequest(FieldReader($0), kind: .correction) }
        #expect(read == correction)
        #expect(correction.verb == .correction)
        #expect(correction.receipt(store: "S1", till: "T1").netTotal == Money(minorUnits: -10))
        let start = #"{"shift":1,"number":"1","at":"2026-11-22T09:30:00Z","payments":[],"total":0"#
        for (more, field) in [
            (#","reason":"x""#, "direction"), (#","direction":"sale""#, "reason"),
            (#","direction":"sale","reason":"""#, "reason"), (#","direction":"void","reason":"x""#, "direction"),
            (#","direction":"sale","reason":"x","document":{"date":"2026-11-20"}"#, "document.number"),
        ] {
            #expect(throws: FieldError.self) {
                try reading(start + more + "}") { value in
                    do {
                        _ = try ReceiptRequest(FieldReader(value), kind: .correction)
                    } catch let error as FieldError {
                        #expect(error.field == field)
                        throw error
                    }
                }
            }
        }
    }

    @Test(
        "figures that came later are never a reason to refuse: what cannot be read is carried and marked",
        arguments: [
            (#""taxes":[{"rate":"20%"}]"#, [ReceiptMark.taxes]), (#""taxes":"none""#, [.taxes]),
            (#""taxes":[{"rate":2000,"base":-1,"amount":1}]"#, [.taxes]), (#""change":"5""#, [.payments]),
            (#""change":-1,"taxes":{}"#, [.payments, .taxes]), (#""contact":"a@example.com""#, []),
            (#""contact":{"phone":7,"email":"a@example.com"}"#, []), (#""taxes":[],"change":0"#, []),
        ])
    func unreadable(_ more: String, _ marks: [ReceiptMark]) throws {
        let json =
            #"{"shift":1,"number":"1","at":"2026-11-22T09:30:00Z","lines":[{"sku":"M","name":"M","quantity":1,"price":1,"#
            + #""amount":1}],"payments":[{"kind":"cash","amount":1}],"total":1,\#(more)}"#
        for kind in [ReceiptKind.sale, .return] {
            let request = try reading(json) { try ReceiptRequest(FieldReader($0), kind: kind) }
            #expect(request.receipt(store: "S", till: "T").arithmeticMarks() == marks)
        }
    }
}
