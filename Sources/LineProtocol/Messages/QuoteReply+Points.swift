import Retail

/// The points of a quote.
public struct QuotedPoints: MessageBody {
    /// Points on top of those by the tier's rate, and who gives them.
    public struct Extra: MessageBody {
        /// Who gives them: `promotion`, `every_nth`, `birthday`, `threshold`; a newer gateway may know others.
        public var origin: String
        /// Which promotion.
        public var id: String?
        /// How many.
        public var points: Int64

        /// Makes extra points.
        public init(origin: String, id: String? = nil, points: Int64) {
            self.origin = origin
            self.id = id
            self.points = points
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            origin = try fields.idText("origin")
            id = try fields.optionalIDText("id")
            points = try fields.points("points")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("origin", origin)
            writer.optionalField("id", id)
            writer.field("points", points)
        }
    }

    /// Points that the customer can spend now.
    public var available: Int64
    /// Points that may be spent on this basket.
    public var spendable: Int64
    /// Points that this quote spends.
    public var spent: Int64
    /// Points that the purchase would earn: `base` and `extra` together.
    public var earned: Int64
    /// Points by the tier's rate.
    public var base: Int64
    /// Points on top, each origin for itself.
    public var extra: [Extra]

    /// Makes the points of a quote.
    ///
    /// - Parameter base: all that would be earned, unless something is given on top.
    public init(
        available: Int64, spendable: Int64, spent: Int64, earned: Int64, base: Int64? = nil, extra: [Extra] = []
    ) {
        self.available = available
        self.spendable = spendable
        self.spent = spent
        self.earned = earned
        self.base = base ?? earned
        self.extra = extra
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        available = try fields.nonNegativePoints("available")
        spendable = try fields.nonNegativePoints("spendable")
        spent = try fields.nonNegativePoints("spent")
        earned = try fields.points("earned")
        base = try fields.points("base")
        extra = try fields.bodies("extra", limit: ProtocolLimits.lineBytes)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("available", available)
        writer.field("spendable", spendable)
        writer.field("spent", spent)
        writer.field("earned", earned)
        writer.field("base", base)
        writer.field("extra", extra)
    }
}

/// A promotion that was applied to a basket.
public struct QuotedPromotion: MessageBody {
    /// The promotion.
    public var id: String
    /// Its name as shown to people.
    public var name: String?
    /// What it took off the lines.
    public var amount: Money
    /// The points that it gives.
    public var points: Int64

    /// Makes an applied promotion.
    public init(id: String, name: String? = nil, amount: Money, points: Int64) {
        self.id = id
        self.name = name
        self.amount = amount
        self.points = points
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        id = try fields.idText("id")
        name = try fields.optionalNameText("name")
        amount = try fields.money("amount")
        points = try fields.points("points")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("id", id)
        writer.optionalField("name", name)
        writer.field("amount", amount)
        writer.field("points", points)
    }
}
