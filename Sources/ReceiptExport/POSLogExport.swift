import LineProtocol
import Retail

/// Receipts as an ARTS/OMG POSLog, version 6, in XML. What is followed of it, and what is not, stands in
/// `protocol-spec/export.md`.
public struct POSLogExport: Sendable {
    /// The namespace of what POSLog has no place for.
    public static let extensionNamespace = "urn:tillgate:poslog:1"

    /// An export.
    public init() {}

    /// Writes what comes before the first receipt.
    public func writeBeginning(to writer: ByteWriter) {
        writer.append(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/" xmlns:tg="urn:tillgate:poslog:1" \
            MajorVersion="6" MinorVersion="0" FixVersion="0">

            """)
    }

    /// Writes what comes after the last receipt.
    public func writeEnd(to writer: ByteWriter) {
        writer.append("</POSLog>\n")
    }

    /// Writes a receipt as one Transaction.
    public func write(_ receipt: ExportedReceipt, to writer: ByteWriter) {
        let xml = XMLWriter(writer)
        let entry = receipt.entry
        let request = receipt.request
        let isVoid = entry.kind == .void
        xml.open("Transaction", ["CancelFlag": isVoid ? "true" : "false", "tg:Kind": entry.kind.rawValue])
        xml.element("RetailStoreID", entry.key.store)
        writeUnit(entry.key.store, xml)
        xml.element("WorkstationID", entry.key.till, ["TypeCode": "POS"])
        xml.element("SequenceNumber", "\(entry.sequence)")
        xml.element("TransactionID", entry.key.text)
        if let cashier = request.cashier {
            if let name = cashier.name {
                xml.element("OperatorID", cashier.id, ["OperatorName": name, "OperatorType": "Cashier"])
            } else {
                xml.element("OperatorID", cashier.id, ["OperatorType": "Cashier"])
            }
        }
        xml.element("CurrencyCode", entry.currency)
        xml.element("ReceiptDateTime", receipt.localTime)
        xml.element("ReceiptNumber", entry.key.number)
        xml.open("RetailTransaction", ["TransactionStatus": isVoid ? "Voided" : "Totaled"])
        writeContent(receipt, xml)
        xml.close()
        xml.element("BusinessDayDate", entry.day.iso)
        xml.element("BeginDateTime", receipt.localTime)
        xml.element("EndDateTime", receipt.localTime)
        writeExtension(receipt, xml)
        xml.close()
    }

    private func writeUnit(_ store: String, _ xml: XMLWriter) {
        xml.open("BusinessUnit")
        xml.element("UnitID", store, ["TypeCode": "RetailStore"])
        xml.close()
    }

    private func writeContent(_ receipt: ExportedReceipt, _ xml: XMLWriter) {
        var number = 0
        func item(isVoid: Bool = false, _ body: () -> Void) {
            number += 1
            if isVoid { xml.open("LineItem", ["VoidFlag": "true"]) } else { xml.open("LineItem") }
            body()
            xml.element("SequenceNumber", "\(number)")
            xml.close()
        }
        for line in receipt.request.lines {
            item(isVoid: receipt.sign == 0) { writeLine(line, receipt, xml) }
        }
        if receipt.sign != 0 {
            for tax in receipt.request.taxes { item { writeTax(tax, receipt, xml) } }
            for payment in receipt.request.payments { item { writeTender(payment, receipt, xml) } }
            if let change = receipt.request.change, change > .zero {
                item { writeChange(change, receipt, xml) }
            }
        }
        writeTotals(receipt, xml)
        if let customer = receipt.entry.customer ?? receipt.reply.customer {
            xml.open("Customer")
            xml.element("CustomerID", customer)
            xml.close()
        }
    }

    // MARK: Lines

    private func writeLine(_ line: ReceiptRequestLine, _ receipt: ExportedReceipt, _ xml: XMLWriter) {
        let content = line.content
        let currency = receipt.entry.currency
        let isReturn = receipt.sign < 0
        xml.open(isReturn ? "Return" : "Sale", ["ItemType": "Stock"])
        if let category = content.category {
            xml.element("MerchandiseHierarchy", category, ["Level": "Category"])
        }
        if let brand = content.brand { xml.element("MerchandiseHierarchy", brand, ["Level": "Brand"]) }
        xml.element("ItemID", content.sku)
        xml.element("Description", content.name)
        xml.element("RegularSalesUnitPrice", receipt.decimal(content.price), ["Currency": currency])
        xml.element("ActualSalesUnitPrice", receipt.decimal(content.price), ["Currency": currency])
        xml.element("ExtendedAmount", receipt.decimal(content.amount), ["Currency": currency])
        let taken = content.discounts.reduce(Int128(0)) { $0 + Int128($1.amount.minorUnits) }
        xml.element("ExtendedDiscountAmount", receipt.decimal(taken), ["Currency": currency])
        xml.element("Quantity", content.quantity.decimalText)
        if isReturn, let original = receipt.request.original {
            writeLink(to: original, line: content.originalLine, xml)
        }
        for (place, discount) in content.discounts.enumerated() {
            writeDiscount(discount, place + 1, receipt, xml)
        }
        for mark in line.marks { xml.element("SerialNumber", mark) }
        if let tax = line.tax {
            xml.open("Tax", ["TaxType": "VAT"])
            xml.element("SequenceNumber", "1")
            xml.element(
                "TaxableAmount", receipt.decimal(content.amount),
                ["Currency": currency, "TaxIncludedInTaxableAmountFlag": "true"])
            if let amount = tax.amount { xml.element("Amount", receipt.decimal(amount), ["Currency": currency]) }
            xml.element("Percent", tax.rate.percentText)
            xml.close()
        }
        xml.close()
    }

    private func writeDiscount(
        _ discount: LineDiscount, _ number: Int, _ receipt: ExportedReceipt, _ xml: XMLWriter
    ) {
        // POSLog's own words where it has them; everything else under the prefix for extensions.
        let method =
            switch discount.origin {
            case LineDiscount.promotionOrigin: "Promotion"
            case LineDiscount.tillOrigin: "PriceOverride"
            default: "X:" + discount.origin
            }
        xml.open("RetailPriceModifier", ["MethodCode": method])
        xml.element("SequenceNumber", "\(number)")
        xml.element(
            "Amount", receipt.decimal(discount.amount), ["Currency": receipt.entry.currency, "Action": "Subtract"])
        if let id = discount.id { xml.element("PromotionID", id) }
        xml.close()
    }

    private func writeLink(to original: ReceiptKey, line: Int?, _ xml: XMLWriter) {
        xml.open("TransactionLink", ["ReasonCode": "Return"])
        xml.element("TransactionID", original.text)
        writeUnit(original.store, xml)
        xml.element("WorkstationID", original.till, ["TypeCode": "POS"])
        if let line { xml.element("LineItemSequenceNumber", "\(line)") }
        xml.close()
    }

    // MARK: Taxes, tenders, totals

    private func writeTax(_ tax: TaxTotal, _ receipt: ExportedReceipt, _ xml: XMLWriter) {
        let currency = receipt.entry.currency
        xml.open("Tax", ["TaxType": "VAT"])
        xml.element("SequenceNumber", "1")
        xml.element(
            "TaxableAmount", receipt.decimal(tax.base),
            ["Currency": currency, "TaxIncludedInTaxableAmountFlag": "false"])
        xml.element("Amount", receipt.decimal(tax.amount), ["Currency": currency])
        xml.element("Percent", tax.rate.percentText)
        if let code = tax.code { xml.element("TaxRuleID", code) }
        xml.close()
    }

    private func tenderType(_ kind: String) -> String {
        switch kind {
        case "cash": "Cash"
        case "card": "CreditDebit"
        case "gift_card": "Voucher"
        default: "X:" + kind
        }
    }

    private func writeTender(_ payment: Tender, _ receipt: ExportedReceipt, _ xml: XMLWriter) {
        xml.open(
            "Tender",
            ["TenderType": tenderType(payment.kind), "TypeCode": receipt.sign < 0 ? "Refund" : "Sale"])
        xml.element("Amount", receipt.decimal(payment.amount), ["Currency": receipt.entry.currency])
        xml.element("TenderID", payment.kind)
        xml.close()
    }

    private func writeChange(_ change: Money, _ receipt: ExportedReceipt, _ xml: XMLWriter) {
        let currency = receipt.entry.currency
        xml.open("Tender", ["TenderType": "Cash", "TypeCode": receipt.sign < 0 ? "Refund" : "Sale"])
        xml.element("Amount", receipt.decimal(Money.zero), ["Currency": currency])
        xml.open("TenderChange")
        xml.element("Amount", receipt.decimal(change), ["Currency": currency])
        xml.close()
        xml.element("TenderID", "cash")
        xml.close()
    }

    private func writeTotals(_ receipt: ExportedReceipt, _ xml: XMLWriter) {
        let currency = receipt.entry.currency
        let total = receipt.signed(receipt.request.total ?? .zero)
        func write(_ type: String, _ amount: Int128) {
            xml.element("Total", receipt.decimal(amount), ["TotalType": type, "CurrencyCode": currency])
        }
        write("TransactionGrandAmount", total)
        if receipt.sign != 0, let taxes = receipt.taxes {
            let amount = receipt.signed(taxes.amount)
            write("TransactionNetAmount", total - amount)
            write("TransactionTaxAmount", amount)
        }
        write("TransactionGrossAmount", total)
    }

    // MARK: What POSLog has no place for

    private func writeExtension(_ receipt: ExportedReceipt, _ xml: XMLWriter) {
        if receipt.entry.kind == .correction { writeCorrection(receipt.request, xml) }
        xml.element("tg:Shift", "\(receipt.entry.key.shift)")
        xml.element("tg:ReceivedAt", receipt.entry.receivedAt.rfc3339)
        xml.element("tg:Till", utf8: receipt.text)
        xml.element("tg:Gateway", utf8: receipt.answer)
    }

    private func writeCorrection(_ request: ReceiptRequest, _ xml: XMLWriter) {
        xml.open("tg:Correction", ["Direction": request.direction?.rawValue ?? ""])
        xml.element("tg:Reason", request.reason ?? "")
        if let document = request.document {
            xml.element("tg:DocumentNumber", document.number)
            if let date = document.date { xml.element("tg:DocumentDate", date.iso) }
        }
        if let original = request.original { xml.element("tg:Original", original.text) }
        xml.close()
    }
}
