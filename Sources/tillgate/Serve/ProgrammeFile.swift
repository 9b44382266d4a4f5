import Certificates
import Foundation
import Loyalty
import Yams

/// Loads the loyalty programme. JSON is YAML, so one reader does for both.
enum ProgrammeFile {
    /// A programme that cannot be used: the file and what is wrong where.
    struct Refused: Error, CustomStringConvertible {
        var path: String
        var reason: String

        var description: String { "programme \(path): \(reason)" }
    }

    static func load(_ path: String?) throws -> Programme {
        guard let path else { return try parse(builtIn, path: "built in") }
        do {
            return try parse(try String(contentsOfFile: path, encoding: .utf8), path: path)
        } catch let refused as Refused {
            throw refused
        } catch {
            throw Refused(path: path, reason: error.localizedDescription)
        }
    }

    private static func parse(_ text: String, path: String) throws -> Programme {
        do {
            let document = try YAMLDecoder().decode(ProgrammeDocument.self, from: text)
            let programme = try Programme(validating: document, hash: hexadecimal(sha256(Array(text.utf8))))
            if let part = unserved(programme) { throw Refused(path: path, reason: "\(part): not served yet") }
            return programme
        } catch let error as ProgrammeError {
            throw Refused(path: path, reason: "\(error)")
        } catch let error as DecodingError {
            throw Refused(path: path, reason: "\(ProgrammeError(error))")
        }
    }

    /// The first part of a programme that needs what the gateway does not keep of a customer yet (purchases, uses of
    /// promotions, lots of points). Serving it by halves would promise the customer what the receipt does not give.
    private static func unserved(_ programme: Programme) -> String? {
        let parts: [(name: String, isUsed: Bool)] = [
            ("promotions", !programme.promotions.isEmpty), ("segments", programme.segments != nil),
            ("tier_window_days", programme.tierWindowDays != nil), ("welcome", programme.welcome != nil),
            ("site_registration", programme.siteRegistration != nil), ("every_nth", programme.everyNth != nil),
            ("birthday", programme.birthday != nil), ("thresholds", !programme.thresholds.isEmpty),
            ("activation_days", programme.lotTerms.activationDays != 0),
            ("expiry_days", programme.lotTerms.expiryDays != nil),
        ]
        return parts.first(where: \.isUsed)?.name
    }

    /// What a gateway does until it is told better: three tiers, a point is worth a whole unit of the currency.
    private static let builtIn = """
        id: default
        version: 1
        currency: RUB
        point_value: 100
        max_redeem: 3000
        tiers:
          - {name: base, threshold: 0, earn_rate: 300}
          - {name: silver, threshold: 3000000, earn_rate: 500}
          - {name: gold, threshold: 10000000, earn_rate: 700}

        """
}
