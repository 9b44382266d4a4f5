/// A receipt as a till writes it; what a test does not care about is filled in.
struct ReceiptText {
    struct Line {
        var sku = "MUG"
        var quantity = "1"
        var price: Int64 = 100_000
        var amount: Int64 = 100_000
        /// Further members, each with a comma before it.
        var more = ""
    }

    var number = "1"
    var at = "2026-11-22T09:30:00Z"
    var customer: String?
    var lines = [Line()]
    /// Payments other than one by card over the whole total.
    var payments: String?
    var total: Int64?
    /// Further members, each with a comma before it.
    var more = ""

    var json: String {
        let total = total ?? lines.reduce(0) { $0 + $1.amount }
        let lines = lines.map { line in
            #"{"sku":"\#(line.sku)","name":"Thing","quantity":\#(line.quantity),"price":\#(line.price),"#
                + #""amount":\#(line.amount)\#(line.more)}"#
        }
        let payments = payments ?? (total == 0 ? "[]" : #"[{"kind":"card","amount":\#(total)}]"#)
        let customer = customer.map { #","customer_id":"\#($0)""# } ?? ""
        return #"{"shift":1,"number":"\#(number)","at":"\#(at)"\#(customer),"#
            + #""lines":[\#(lines.joined(separator: ","))],"payments":\#(payments),"total":\#(total)\#(more)}"#
    }
}

/// An order as a website writes it.
struct PushText {
    var order = "1001"
    var store = "S1"
    var prepaid = false
    var more = ""

    var json: String {
        #"{"order":"\#(order)","store":"\#(store)","lines":[{"sku":"KETTLE","name":"Kettle","quantity":2,"#
            + #""price":150000,"amount":300000}],"total":300000,"prepaid":\#(prepaid)\#(more)}"#
    }

    /// How tills and apps name the order.
    var reference: String { #"{"source":"WEB1","order":"\#(order)"}"# }
}
