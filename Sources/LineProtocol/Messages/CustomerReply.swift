import Retail

/// Where a customer stands among the tiers.
public struct TierStanding: MessageBody {
    /// The next tier and what is missing to it.
    public struct Next: MessageBody {
        /// The tier's name.
        public var name: String
        /// The turnover that is missing to it.
        public var missing: Money

        /// Makes a next tier.
        public init(name: String, missing: Money) {
            self.name = name
            self.missing = missing
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            name = try fields.nameText("name")
            missing = try fields.nonNegativeMoney("missing")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("name", name)
            writer.field("missing", missing)
        }
    }

    /// The name of the tier.
    public var name: String
    /// The next one; nil in the highest.
    public var next: Next?

    /// Makes a standing.
    public init(name: String, next: Next?) {
        self.name = name
        self.next = next
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        name = try fields.nameText("name")
        next = try fields.optionalBody("next")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("name", name)
        writer.optionalField("next", next)
    }
}

/// A customer's points.
public struct PointsBalance: MessageBody {
    /// The points that burn next.
    public struct Expiring: MessageBody {
        /// How many.
        public var points: Int64
        /// Their last day in the store's time zone.
        public var on: CalendarDate

        /// Makes an expiry.
        public init(points: Int64, on: CalendarDate) {
            self.points = points
            self.on = on
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            points = try fields.points("points")
            guard let day = try fields.optionalDate("on") else { throw .missing(fields.path("on")) }
            on = day
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("points", points)
            writer.field("on", on.iso)
        }
    }

    /// Points that can be spent now; never less than 0.
    public var available: Int64
    /// Points held for receipts under way.
    public var held: Int64
    /// Points earned that are not active yet.
    public var pending: Int64
    /// Points owed, which later earnings repay; left out of the message when there are none.
    public var debt: Int64
    /// The points that burn next; nil when none do.
    public var expiring: Expiring?

    /// Makes a balance.
    public init(
        available: Int64, held: Int64 = 0, pending: Int64 = 0, debt: Int64 = 0, expiring: Expiring? = nil
    ) {
        self.available = available
        self.held = held
        self.pending = pending
        self.debt = debt
        self.expiring = expiring
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        available = try fields.nonNegativePoints("available")
        held = try fields.nonNegativePoints("held")
        pending = try fields.nonNegativePoints("pending")
        debt = try fields.optionalPoints("debt") ?? 0
        expiring = try fields.optionalBody("expiring")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("available", available)
        writer.field("held", held)
        writer.field("pending", pending)
        if debt != 0 { writer.field("debt", debt) }
        writer.optionalField("expiring", expiring)
    }
}

/// An offer that is meant for one customer.
public struct PersonalOffer: MessageBody {
    /// The offer's id.
    public var id: String
    /// What it says.
    public var text: String
    /// Its last day, if it has one.
    public var until: CalendarDate?

    /// Makes an offer.
    public init(id: String, text: String, until: CalendarDate? = nil) {
        self.id = id
        self.text = text
        self.until = until
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        id = try fields.idText("id")
        text = try fields.text("text", min: 0, max: ProtocolLimits.noteCharacters)
        until = try fields.optionalDate("until")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("id", id)
        writer.field("text", text)
        writer.optionalField("until", until?.iso)
    }
}

/// The reply to IDENTIFY: what a till may know of a customer.
public struct CustomerReply: MessageBody {
    /// The customer.
    public var customer: CustomerID
    /// The name as it may be shown on a till, if one is known.
    public var name: String?
    /// Another system's number of the customer.
    public var external: String?
    /// The segment, which chooses the programme.
    public var segment: String?
    /// The loyalty programme that applies.
    public var programme: String
    /// The tier.
    public var tier: TierStanding
    /// The points.
    public var points: PointsBalance
    /// Whether it is the customer's birthday in the store's time zone.
    public var isBirthday: Bool
    /// What the customer consented to.
    public var consents: [String]
    /// Offers meant for this customer.
    public var offers: [PersonalOffer]
    /// The masked phone number, if one is known.
    public var phone: String?

    /// Makes a reply.
    public init(
        customer: CustomerID, name: String?, external: String? = nil, segment: String? = nil, programme: String,
        tier: TierStanding, points: PointsBalance, isBirthday: Bool = false, consents: [String] = [],
        offers: [PersonalOffer] = [], phone: String? = nil
    ) {
        self.customer = customer
        self.name = name
        self.external = external
        self.segment = segment
        self.programme = programme
        self.tier = tier
        self.points = points
        self.isBirthday = isBirthday
        self.consents = consents
        self.offers = offers
        self.phone = phone
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        customer = try fields.customerID("customer_id")
        name = try fields.optionalNameText("name")
        external = try fields.optionalIDText("external")
        segment = try fields.optionalIDText("segment")
        programme = try fields.idText("programme")
        tier = try fields.body("tier")
        points = try fields.body("points")
        isBirthday = try fields.bool("birthday")
        consents = try fields.textArray(
            "consents", limit: ProtocolLimits.consents, max: ProtocolLimits.idCharacters)
        offers = try fields.bodies("offers", limit: ProtocolLimits.offers)
        phone = try fields.optionalText("phone", max: ProtocolLimits.idCharacters)
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("customer_id", customer.text)
        writer.nullableField("name", name)
        writer.nullableField("external", external)
        writer.nullableField("segment", segment)
        writer.field("programme", programme)
        writer.field("tier", tier)
        writer.field("points", points)
        writer.field("birthday", isBirthday)
        writer.field("consents", consents)
        writer.field("offers", offers)
        writer.nullableField("phone", phone)
    }
}
