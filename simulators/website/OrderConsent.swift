import LineProtocol
import Retail

/// What a website makes of goods that a store does not have.
enum OrderConsent {
    /// The order with what is offered instead in the place of what is missing; nil when nothing is missing. Where nothing is
    /// left the order stays as it is: its customer has to be asked.
    static func amendment(to reply: OrderReply) -> OrderAmend? {
        let picks = Dictionary(uniqueKeysWithValues: reply.picks.map { ($0.line, $0) })
        guard picks.values.contains(where: { $0.missing > .zero || $0.substitute != nil }) else { return nil }
        var lines: [OrderLine] = []
        var total = Money.zero
        for line in reply.order.lines {
            guard let changed = changed(line, picks[line.line ?? 0]), let sum = try? total.adding(changed.amount) else {
                continue
            }
            total = sum
            lines.append(changed)
        }
        guard !lines.isEmpty else { return nil }
        return OrderAmend(
            order: reply.order.last.key.order, basedOn: reply.order.last.number, lines: lines, total: total)
    }

    private static func changed(_ line: OrderLine, _ pick: OrderPickedLine?) -> OrderLine? {
        var line = line
        if let substitute = pick?.substitute {
            line.sku = substitute.sku
            line.name = substitute.name
            line.quantity = substitute.quantity
            line.price = substitute.price
        } else if let pick, pick.missing > .zero {
            guard pick.picked > .zero else { return nil }
            line.quantity = pick.picked
        }
        guard let amount = try? line.price.times(line.quantity) else { return nil }
        line.amount = amount
        return line
    }
}
