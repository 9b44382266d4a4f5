import Retail

/// IDENTIFY: who is it?
public struct Identify: MessageBody {
    /// What the customer showed.
    public enum Subject: Hashable, Sendable {
        /// A card, a phone number, an e-mail address, an app token or another system's number; normalised.
        case identifier(CustomerIdentifier)
        /// The gateway's own id.
        case customer(CustomerID)
    }

    /// What the customer showed.
    public var subject: Subject

    /// Makes a request.
    public init(_ subject: Subject) {
        self.subject = subject
    }

    /// Takes the fields: exactly one identifier.
    public init(_ fields: FieldReader) throws(FieldError) {
        var found: Subject?
        for kind in CustomerIdentifier.Kind.allCases {
            guard let identifier = try fields.optionalIdentifier(kind) else { continue }
            guard found == nil else { throw fields.bad(kind.fieldName, "give exactly one identifier") }
            found = .identifier(identifier)
        }
        if let customer = try fields.optionalCustomerID("customer_id") {
            guard found == nil else { throw fields.bad("customer_id", "give exactly one identifier") }
            found = .customer(customer)
        }
        guard let found else { throw .missing(fields.path("card")) }
        subject = found
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        switch subject {
        case .identifier(let identifier): writer.field(identifier)
        case .customer(let customer): writer.field("customer_id", customer.text)
        }
    }
}

extension CustomerIdentifier.Kind {
    /// The name of the field that carries an identifier of this kind.
    public var fieldName: StaticString {
        switch self {
        case .card: "card"
        case .phone: "phone"
        case .email: "email"
        case .token: "token"
        case .external: "external"
        }
    }

    /// The most characters that are taken before normalising; a swiped card brings its whole track.
    var rawCharactersMaximum: Int {
        switch self {
        case .card: 128
        case .phone: 32
        case .email: 254
        case .token: CustomerIdentifier.tokenCharactersMaximum
        case .external: ProtocolLimits.idCharacters
        }
    }
}

extension FieldReader {
    /// An identifier in the form in which it is stored and compared, or nil if it is absent.
    func optionalIdentifier(_ kind: CustomerIdentifier.Kind) throws(FieldError) -> CustomerIdentifier? {
        guard let value = value(kind.fieldName) else { return nil }
        if kind == .card, let number = value.plainUTF8, isNormalisedCard(number) {
            return .card(String(decoding: number, as: UTF8.self))
        }
        let raw = try text(value, min: 1, max: kind.rawCharactersMaximum)
        do throws(IdentifierError) {
            return try CustomerIdentifier.normalised(kind: kind, raw)
        } catch {
            throw bad(value, error.reason)
        }
    }

    /// Whether a card's number is already as normalising would leave it, as it nearly always is.
    private func isNormalisedCard(_ number: UnsafeRawBufferPointer) -> Bool {
        guard (4...32).contains(number.count) else { return false }
        for byte in number where !(Ascii.isDigit(byte) || Ascii.isLowercase(byte) || Ascii.isUppercase(byte)) {
            return false
        }
        return true
    }
}

extension ByteWriter {
    /// Writes an identifier as the member named after its kind.
    func field(_ identifier: CustomerIdentifier) {
        field(identifier.kind.fieldName, identifier.value)
    }
}
