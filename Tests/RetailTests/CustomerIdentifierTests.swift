import Retail
import TestSupport
import Testing

@Suite("Customer identifiers")
struct CustomerIdentifierTests {
    @Test(
        "every way of writing a phone number leads to the same customer",
        arguments: [
            "+79161234567", "8 916 123-45-67", "8(916)1234567", "916 123 45 67", "7 916 123 45 67",
            "+7 (916) 123-45-67",
            "8\u{A0}916\u{2011}123\u{2013}45\u{2013}67", " +7.916.123.45.67 ", "+ 7 916 1234567",
        ])
    func samePhone(raw: String) throws {
        #expect(try CustomerIdentifier.normalised(kind: .phone, raw) == .phone("+79161234567"))
    }

    @Test("other countries are taken with a plus sign, and landlines with their trunk prefix")
    func otherPhones() throws {
        #expect(try CustomerIdentifier.normalised(kind: .phone, "+44 20 7946 0958").value == "+442079460958")
        #expect(try CustomerIdentifier.normalised(kind: .phone, "+375 29 123-45-67").value == "+375291234567")
        #expect(try CustomerIdentifier.normalised(kind: .phone, "8 (495) 123-45-67").value == "+74951234567")
    }

    @Test(
        "a phone number that could be somebody else's is refused with the reason",
        arguments: [
            ("", .empty), (" - ", .empty), ("+", .empty), ("123", .tooShort(minimum: 8)),
            ("4951234567", .countryCodeMissing), ("442079460958", .countryCodeMissing),
            ("8 10 44 20 7946", .countryCodeMissing), ("0079161234567", .countryCodeMissing),
            ("+0 916 123 45 67", .countryCodeMissing), ("+8 916 123 45 67", .countryCodeMissing),
            ("+7 916 123 45", .tooShort(minimum: 11)), ("+7 916 123 45 678", .tooLong(maximum: 11)),
            ("+1234567890123456", .tooLong(maximum: 15)), ("+1234567", .tooShort(minimum: 8)),
            ("916 123 45 67 доб. 2", .badCharacter), ("916+1234567", .badCharacter), ("++79161234567", .badCharacter),
            ("٩١٦١٢٣٤٥٦٧", .badCharacter),
        ] as [(String, IdentifierError)])
    func refusedPhone(raw: String, expected: IdentifierError) {
        #expect(throws: expected) { try CustomerIdentifier.normalised(kind: .phone, raw) }
    }

    @Test("normalising a normalised phone number changes nothing", arguments: UInt64(1)...20)
    func idempotentPhone(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let digits = (0..<9).map { _ in String(Int.random(in: 0...9, using: &generator)) }.joined()
            let once = try CustomerIdentifier.normalised(kind: .phone, "89" + digits)
            #expect(once.value == "+79" + digits)
            #expect(try CustomerIdentifier.normalised(kind: .phone, once.value) == once)
        }
    }

    @Test(
        "a card is the same whether typed, scanned or swiped",
        arguments: [
            "2000123456789", " 2000123456789\r\n", "2000 1234 56789", ";2000123456789=25121010000012300?",
            "%B2000123456789^IVANOV/IVAN^2512101?", ";2000123456789?", "%B2000123456789^A^25?;2000123456789=25?",
        ])
    func sameCard(raw: String) throws {
        #expect(try CustomerIdentifier.normalised(kind: .card, raw) == .card("2000123456789"))
    }

    @Test(
        "what is not a card is refused",
        arguments: [
            ("", .empty), (";?", .empty), ("123", .tooShort(minimum: 4)),
            (String(repeating: "1", count: 33), .tooLong(maximum: 32)), ("12-34", .badCharacter),
            ("карта", .badCharacter),
        ] as [(String, IdentifierError)])
    func refusedCard(raw: String, expected: IdentifierError) {
        #expect(throws: expected) { try CustomerIdentifier.normalised(kind: .card, raw) }
    }

    @Test("an e-mail address is trimmed and folded")
    func email() throws {
        #expect(
            try CustomerIdentifier.normalised(kind: .email, " Anna.K@Example.COM\n") == .email("anna.k@example.com"))
        #expect(try CustomerIdentifier.normalised(kind: .email, "Почта@Пример.РФ") == .email("почта@пример.рф"))
        let long = String(repeating: "a", count: 64) + "@" + String(repeating: "b.", count: 100) + "com"
        #expect(throws: IdentifierError.tooLong(maximum: 254)) {
            try CustomerIdentifier.normalised(kind: .email, long)
        }
        for raw in ["anna", "@example.com", "anna@", "anna@example", "a@b@c.d", "anna@.com", "anna@example..com"] {
            #expect(throws: IdentifierError.badEmail) { try CustomerIdentifier.normalised(kind: .email, raw) }
        }
        for raw in ["an na@example.com", "anna@example.com\u{0}x"] {
            #expect(throws: IdentifierError.badCharacter) { try CustomerIdentifier.normalised(kind: .email, raw) }
        }
    }

    @Test("tokens and external numbers are taken as they are, within their limits")
    func opaque() throws {
        #expect(try CustomerIdentifier.normalised(kind: .token, " eyJ/x=. \n".filter { $0 != " " }).value == "eyJ/x=.")
        #expect(try CustomerIdentifier.normalised(kind: .external, "crm:42").value == "crm:42")
        #expect(throws: IdentifierError.badCharacter) { try CustomerIdentifier.normalised(kind: .external, "crm/42") }
        #expect(throws: IdentifierError.tooLong(maximum: 64)) {
            try CustomerIdentifier.normalised(kind: .external, String(repeating: "x", count: 65))
        }
        #expect(throws: IdentifierError.tooLong(maximum: 256)) {
            try CustomerIdentifier.normalised(kind: .token, String(repeating: "x", count: 257))
        }
        #expect(throws: IdentifierError.empty) { try CustomerIdentifier.normalised(kind: .token, " ") }
    }

    @Test("only the last four digits of a phone number are shown")
    func masked() {
        #expect(maskedPhone("+79161234567") == "•••4567")
        #expect(maskedPhone("1234") == "•••")
        #expect(maskedPhone("") == "•••")
    }
}
