import Retail

extension FuzzTarget {
    /// The small texts of the trade: what is taken is written as it was read, or in one form that stays the same.
    static let texts = FuzzTarget("texts", bytesMaximum: 512) { input in
        let text = String(decoding: input, as: UTF8.self)
        numbers(text)
        moments(text)
        keys(text)
        codes(text)
        for kind in CustomerIdentifier.Kind.allCases {
            guard let identifier = try? CustomerIdentifier.normalised(kind: kind, text) else { continue }
            let again = try? CustomerIdentifier.normalised(kind: kind, identifier.value)
            precondition(again == identifier, "a normalised \(kind) stays as it is")
            precondition(identifier.kind == kind, "and remains one")
            if kind == .phone { precondition(maskedPhone(identifier.value) != identifier.value, "a phone is masked") }
        }
    }
}

private func numbers(_ text: String) {
    if let quantity = try? Quantity.parse(decimal: text) {
        precondition((try? Quantity.parse(decimal: quantity.decimalText)) == quantity, "a quantity is read as written")
    }
    for digits in [0, 2, 3] {
        guard let money = try? Money.parse(decimal: text, fractionDigits: digits) else { continue }
        let again = try? Money.parse(decimal: money.decimalText(fractionDigits: digits), fractionDigits: digits)
        precondition(again == money, "an amount is read as written")
    }
}

private func moments(_ text: String) {
    if let instant = Instant(rfc3339: text) {
        precondition(Instant(rfc3339: instant.rfc3339) == instant, "a moment is read as written")
    }
    if let date = CalendarDate(iso: text) {
        precondition(date.iso == text, "a day has one text")
        precondition(CalendarDate(daysSinceEpoch: date.daysSinceEpoch) == date, "and one number")
    }
}

private func keys(_ text: String) {
    if let key = ReceiptKey(text: text) { precondition(key.text == text, "a receipt's key has one text") }
    if let customer = CustomerID(text: text) { precondition(customer.text == text, "a customer's id has one text") }
    let entries = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard let numbers = try? ReceiptNumbers(entries: entries, limit: 500) else { return }
    precondition(numbers.numbers.count <= 500, "a list of receipts keeps its limit")
    let again = try? ReceiptNumbers(entries: numbers.entries, limit: 500)
    precondition(again.map { Set($0.numbers) } == Set(numbers.numbers), "ranges are read as written")
}

private func codes(_ text: String) {
    if let barcode = try? Barcode(text) { precondition(barcode.text == text, "a bar code stays what was printed") }
    let scan = ScannedCode(text)
    precondition(!scan.keys.isEmpty, "a scan has a key")
    for measure in ScaleCode.Measure.allCases {
        guard let label = ScaleCode(prefix: 20, itemDigits: 5, measure: measure)?.label(scan) else { continue }
        precondition(label.value >= 0, "a label says no less than nothing")
        _ = label.quantity(at: Money(minorUnits: 1))
        _ = label.quantity(at: nil)
    }
    _ = ScaleCode(text: text)
}
