/// Something that leads to a customer, in the one form in which it is stored and compared.
public enum CustomerIdentifier: Hashable, Sendable {
    /// The number of a loyalty card.
    case card(String)
    /// A phone number in E.164 form: `+79161234567`.
    case phone(String)
    /// An e-mail address in lower case.
    case email(String)
    /// A token shown by the customer's app.
    case token(String)
    /// The number another system knows the customer by.
    case external(String)

    /// The kind of identifier, named as on the wire.
    public enum Kind: String, CaseIterable, Sendable {
        /// A loyalty card.
        case card
        /// A phone number.
        case phone
        /// An e-mail address.
        case email
        /// An app token.
        case token
        /// Another system's number.
        case external
    }

    /// The kind of this identifier.
    public var kind: Kind {
        switch self {
        case .card: .card
        case .phone: .phone
        case .email: .email
        case .token: .token
        case .external: .external
        }
    }

    /// The identifier itself, normalised.
    public var value: String {
        switch self {
        case .card(let value), .phone(let value), .email(let value), .token(let value), .external(let value): value
        }
    }

    /// Brings what a person typed or a scanner read into the form that is stored and compared.
    ///
    /// - card: 4 to 32 ASCII letters and digits; the sentinels of a magnetic track (`;…=…?`, `%B…^…?`), spaces
    ///   and line ends are dropped.
    /// - phone: E.164; see `normalisedPhone`.
    /// - e-mail: trimmed and lower-cased, one `@`, a dot in the domain, at most 254 bytes.
    /// - token: trimmed, 1 to 256 printable ASCII characters without space.
    /// - external: trimmed, 1 to 64 printable ASCII characters without space and `/`.
    public static func normalised(kind: Kind, _ raw: String) throws(IdentifierError) -> CustomerIdentifier {
        switch kind {
        case .card: .card(try normalisedCard(raw))
        case .phone: .phone(try normalisedPhone(raw))
        case .email: .email(try normalisedEmail(raw))
        case .token: .token(try plainASCII(raw, charactersMaximum: tokenCharactersMaximum, refusing: nil))
        case .external:
            .external(
                try plainASCII(
                    raw, charactersMaximum: ReceiptKey.identifierCharactersMaximum, refusing: UInt8(ascii: "/")))
        }
    }

    /// The most characters an app token can have.
    public static let tokenCharactersMaximum = 256
}

/// Why a text is not an identifier of its kind.
public enum IdentifierError: Error, Hashable, Sendable {
    /// Nothing is left to identify anyone by.
    case empty
    /// Fewer characters or digits than the kind has.
    case tooShort(minimum: Int)
    /// More characters or digits than the kind has.
    case tooLong(maximum: Int)
    /// A character that the kind does not have.
    case badCharacter
    /// A phone number that is neither a national one nor begins with `+` and a country's code.
    case countryCodeMissing
    /// Not of the form `local@domain.tld`.
    case badEmail

    /// The reason in words, for the technician who reads the reply.
    public var reason: String {
        switch self {
        case .empty: "is empty"
        case .tooShort(let minimum): "has fewer than \(minimum) characters"
        case .tooLong(let maximum): "has more than \(maximum) characters"
        case .badCharacter: "has a character that cannot stand in it"
        case .countryCodeMissing: "has no country code: write it as +<country><number>"
        case .badEmail: "is not of the form name@domain"
        }
    }
}
