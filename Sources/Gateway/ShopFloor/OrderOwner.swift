import Journal
import LineProtocol
import Retail

extension JournalTransaction {
    /// Notes whose an order is, by what its website says, so that the customer's card finds it.
    func noteCustomer(of order: StoredOrder) throws {
        let owner = try order.body.withUnsafeBytes { text in
            try withJSON(text) { try FieldReader($0).optionalObject("customer").map { try OrderCustomer($0) } }
        }
        // A number that cannot be read is nobody's; the order has it for people all the same.
        let phone = owner?.phone.flatMap { try? CustomerIdentifier.normalised(kind: .phone, $0) }
        try setCustomer(ofOrder: order.id, owner?.customer, phone: phone?.value)
    }
}
