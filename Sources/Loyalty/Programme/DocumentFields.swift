import Retail

/// The members of one object of a programme document: reads them with their limits and, in the end, refuses those
/// that nobody asked for, because a misspelt `max_redem` must not quietly become the default.
///
/// All errors are a `ProgrammeError` with the path, whatever format the decoder reads.
package final class DocumentFields {
    private let container: KeyedDecodingContainer<AnyField>
    private var asked: Set<String> = []

    package init(_ decoder: any Decoder) throws {
        container = try decoder.container(keyedBy: AnyField.self)
    }

    /// The path of a member, for example `promotions[2].when.hours`.
    package func path(_ name: String) -> String {
        ProgrammeError.text(container.codingPath + [AnyField(name)])
    }

    package func refusal(_ name: String, _ reason: ProgrammeError.Reason) -> ProgrammeError {
        ProgrammeError(path: path(name), reason: reason)
    }

    package func has(_ name: String) -> Bool {
        asked.insert(name)
        return container.contains(AnyField(name))
    }

    /// Refuses members that were not asked for. Called last: a missing field says more than a misspelt one.
    package func refuseOthers() throws {
        let others = container.allKeys.map(\.stringValue).filter { !asked.contains($0) }
        if let first = others.min() { throw refusal(first, .unknownField) }
    }
}

extension DocumentFields {
    package func value<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        asked.insert(name)
        return try container.decode(type, forKey: AnyField(name))
    }

    package func optional<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value? {
        asked.insert(name)
        return try container.decodeIfPresent(type, forKey: AnyField(name))
    }

    /// The members of an object inside this one.
    package func nested(_ name: String) throws -> DocumentFields {
        try value(name, as: NestedFields.self).fields
    }

    package func flag(_ name: String) throws -> Bool {
        try optional(name, as: Bool.self) ?? false
    }

    package func integer(_ name: String, in range: ClosedRange<Int64>) throws -> Int64 {
        try checked(value(name, as: Int64.self), name, range)
    }

    package func optionalInteger(_ name: String, in range: ClosedRange<Int64>) throws -> Int64? {
        try optional(name, as: Int64.self).map { try checked($0, name, range) }
    }

    package func money(_ name: String) throws -> Money {
        Money(minorUnits: try integer(name, in: 0...ProgrammeLimits.amountMaximum))
    }

    package func optionalMoney(_ name: String) throws -> Money? {
        try optionalInteger(name, in: 0...ProgrammeLimits.amountMaximum).map { Money(minorUnits: $0) }
    }

    package func rate(_ name: String, in range: ClosedRange<Int64> = 1...BasisPoints.whole) throws -> BasisPoints {
        BasisPoints(value: Int(try integer(name, in: range)))
    }

    package func optionalRate(_ name: String, in range: ClosedRange<Int64> = 1...BasisPoints.whole) throws
        -> BasisPoints?
    {
        try optionalInteger(name, in: range).map { BasisPoints(value: Int($0)) }
    }

    private func checked(_ value: Int64, _ name: String, _ range: ClosedRange<Int64>) throws -> Int64 {
        guard range.contains(value) else {
            throw refusal(name, .outOfRange(minimum: range.lowerBound, maximum: range.upperBound))
        }
        return value
    }
}

extension DocumentFields {
    /// A text of 1 to 64 characters.
    package func text(_ name: String) throws -> String {
        try checked(value(name, as: String.self), path(name))
    }

    package func optionalText(_ name: String) throws -> String? {
        try optional(name, as: String.self).map { try checked($0, path(name)) }
    }

    package func identifier(_ name: String) throws -> String {
        let text = try value(name, as: String.self)
        guard ReceiptKey.isIdentifier(text) else { throw refusal(name, .notAnIdentifier) }
        return text
    }

    /// Texts that are all different; an empty list is refused, because it could mean everything or nothing.
    package func texts(_ name: String, maximum: Int = ProgrammeLimits.listMaximum) throws -> [String]? {
        guard let texts = try optional(name, as: [String].self) else { return nil }
        try count(texts.count, name, 1...maximum)
        var seen: Set<String> = []
        for (index, text) in texts.enumerated() {
            _ = try checked(text, "\(path(name))[\(index)]")
            guard seen.insert(text).inserted else {
                throw ProgrammeError(path: "\(path(name))[\(index)]", reason: .duplicate)
            }
        }
        return texts
    }

    package func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Choice.Type
    ) throws -> Choice {
        try chosen(value(name, as: String.self), path(name))
    }

    package func choices<Choice: RawRepresentable<String> & CaseIterable & Hashable>(
        _ name: String, of type: Choice.Type
    ) throws -> Set<Choice>? {
        guard let texts = try texts(name) else { return nil }
        return Set(try texts.enumerated().map { index, text in try chosen(text, "\(path(name))[\(index)]") })
    }

    package func list<Element: Decodable>(
        _ name: String, of type: Element.Type, count range: ClosedRange<Int>
    ) throws -> [Element]? {
        guard let elements = try optional(name, as: [Element].self) else { return nil }
        try count(elements.count, name, range)
        return elements
    }

    private func count(_ count: Int, _ name: String, _ range: ClosedRange<Int>) throws {
        guard range.contains(count) else {
            throw refusal(name, .badCount(minimum: range.lowerBound, maximum: range.upperBound))
        }
    }

    private func checked(_ text: String, _ path: String) throws -> String {
        let range = 1...ProgrammeLimits.textCharactersMaximum
        guard range.contains(text.count) else {
            throw ProgrammeError(path: path, reason: .badCount(minimum: range.lowerBound, maximum: range.upperBound))
        }
        return text
    }

    private func chosen<Choice: RawRepresentable<String> & CaseIterable>(
        _ text: String, _ path: String
    ) throws -> Choice {
        guard let choice = Choice(rawValue: text) else {
            throw ProgrammeError(path: path, reason: .notOneOf(Choice.allCases.map(\.rawValue)))
        }
        return choice
    }
}

/// An object whose members are read one by one.
private struct NestedFields: Decodable {
    let fields: DocumentFields

    init(from decoder: any Decoder) throws {
        fields = try DocumentFields(decoder)
    }
}

/// Any member name: a keyed container of an enum's names would hide the ones that are not known.
struct AnyField: CodingKey {
    let stringValue: String
    let intValue: Int? = nil

    init(_ name: String) {
        stringValue = name
    }

    init?(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) {
        nil
    }
}
