import LineProtocol

/// A till closes its shift, and finds what is missing.
extension Till {
    func openShift() {
        ask(
            Ask("SHIFT_OPEN", #"{"shift":\#(shift),"at":"\#(now)"}"#) { [self] answer, _ in
                // A receipt opens nothing, so that only a second opening could be refused.
                if !answer.isOK { world.fail("SHIFT_OPEN was answered \(answer.text)") }
            })
    }

    /// Names all its receipts, one of which has not been sent.
    func closeWhenQuiet() {
        let key = key(nextNumber)
        guard asks.isEmpty, numbers.count > 0 else { return }
        // The receipt after the last one takes its hold with it.
        guard books.points.holds[key] == nil else { return release() }
        let number = takeNumber()
        let late = saleText(number, to: nil, spending: 0, of: 1)
        let list = numbers.map { #""\#($0)""# }.joined(separator: ",")
        let text = #"{"shift":\#(shift),"at":"\#(now)","numbers":[\#(list)]}"#
        close(text, missing: [number]) { [self] in
            sell(late, key: key, customer: nil, points: 0, quantity: 1, held: nil) { [self] _ in
                close(text, missing: []) { [self] in
                    shift += 1
                    numbers = []
                    total = 0
                    isClosing = false
                    openShift()
                }
            }
        }
    }

    func close(_ text: String, missing: [String], then: @escaping () -> Void) {
        let count = numbers.count - missing.count
        // The one that is missing has been counted by nobody yet.
        let sum = total
        ask(
            Ask("SHIFT_CLOSE", text) { [self] answer, _ in
                guard answer.isOK, answer.body.texts("missing") == missing,
                    answer.body.integer("receipts") == Int64(count), answer.body.integer("total") == sum
                else {
                    return world.fail(
                        "the shift with \(count) receipts of \(sum) lacks \(missing); it was answered \(answer.text)")
                }
                then()
            })
    }
}
