import Retail

/// Where the electronic receipt was sent, as the till has it: no customer is looked up by it.
public struct ReceiptContact: Hashable, Sendable {
    /// A phone number.
    public var phone: String?
    /// An e-mail address.
    public var email: String?

    /// Makes a contact.
    public init(phone: String? = nil, email: String? = nil) {
        self.phone = phone
        self.email = email
    }

    /// Takes what can be taken: what the till keeps here of its own is carried with its text.
    init(carrying fields: FieldReader) {
        phone = try? fields.optionalNameText("phone")
        email = try? fields.optionalNameText("email")
    }

    func write(to writer: ByteWriter) {
        writer.beginObject()
        writer.optionalField("phone", phone)
        writer.optionalField("email", email)
        writer.endObject()
    }
}

/// The paper that a correction is based on, such as a tax office's order.
public struct CorrectionDocument: MessageBody {
    /// Its number.
    public var number: String
    /// Its day.
    public var date: CalendarDate?

    /// Makes a reference to a document.
    public init(number: String, date: CalendarDate? = nil) {
        self.number = number
        self.date = date
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        number = try fields.nameText("number")
        date = try fields.optionalDate("date")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("number", number)
        writer.optionalField("date", date?.iso)
    }
}

extension TaxTotal: MessageBody {
    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        self.init(
            rate: try fields.rate("rate"), code: try fields.optionalIDText("code"),
            base: try fields.nonNegativeMoney("base"), amount: try fields.nonNegativeMoney("amount"))
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("rate", rate)
        writer.optionalField("code", code)
        writer.field("base", base)
        writer.field("amount", amount)
    }
}

extension ReceiptRequest {
    /// Takes the figures that a receipt need not have. Money has changed hands: what cannot be read of them is carried
    /// with the text and marked, never refused.
    mutating func takeFigures(_ fields: FieldReader) {
        do throws(FieldError) {
            taxes =
                try fields.optionalArray("taxes", limit: ProtocolLimits.receiptTaxes) {
                    tax throws(FieldError) in try TaxTotal(tax)
                } ?? []
        } catch {
            unreadable.insert(.taxes)
        }
        do throws(FieldError) {
            change = try fields.optionalNonNegativeMoney("change")
        } catch {
            unreadable.insert(.payments)
        }
        contact = (try? fields.optionalObject("contact")).map { ReceiptContact(carrying: $0) }
    }
}
