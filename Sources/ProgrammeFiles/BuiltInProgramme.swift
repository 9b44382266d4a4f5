/// What a gateway does until it is told better: three tiers, a point is worth a whole unit of the currency.
package enum BuiltInProgramme {
    /// The document, in the form of a file.
    package static let text = """
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
