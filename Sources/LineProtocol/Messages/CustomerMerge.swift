import Retail

/// CUSTOMER_MERGE: two customers are one person. It is safe to repeat.
public struct CustomerMerge: MessageBody {
    /// The customer that becomes a part of the other.
    public var customer: CustomerID
    /// The customer that goes on.
    public var into: CustomerID

    /// Makes a request.
    public init(_ customer: CustomerID, into: CustomerID) {
        self.customer = customer
        self.into = into
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        customer = try fields.customerID("customer_id")
        into = try fields.customerID("into")
        guard customer != into else { throw fields.bad("into", "is the same customer") }
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("customer_id", customer.text)
        writer.field("into", into.text)
    }
}

/// The reply to CUSTOMER_MERGE.
public struct CustomerMergeReply: MessageBody {
    /// The points of the customer that goes on.
    public struct Points: MessageBody {
        /// Points that can be spent now.
        public var available: Int64
        /// Points held for receipts under way.
        public var held: Int64
        /// Points earned that are not active yet.
        public var pending: Int64
        /// Points owed; 0 when there are none.
        public var debt: Int64

        /// Makes the points.
        public init(available: Int64, held: Int64, pending: Int64, debt: Int64) {
            self.available = available
            self.held = held
            self.pending = pending
            self.debt = debt
        }

        /// Takes the fields.
        public init(_ fields: FieldReader) throws(FieldError) {
            available = try fields.nonNegativePoints("available")
            held = try fields.nonNegativePoints("held")
            pending = try fields.nonNegativePoints("pending")
            debt = try fields.nonNegativePoints("debt")
        }

        /// Writes the members.
        public func writeMembers(to writer: ByteWriter) {
            writer.field("available", available)
            writer.field("held", held)
            writer.field("pending", pending)
            writer.field("debt", debt)
        }
    }

    /// The customer that goes on.
    public var customer: CustomerID
    /// The id that leads to that customer from now on.
    public var merged: CustomerID
    /// The points of both together.
    public var points: Points
    /// How many identifiers moved to the customer that goes on.
    public var identifiers: Int

    /// Makes a reply.
    public init(customer: CustomerID, merged: CustomerID, points: Points, identifiers: Int) {
        self.customer = customer
        self.merged = merged
        self.points = points
        self.identifiers = identifiers
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        customer = try fields.customerID("customer_id")
        merged = try fields.customerID("merged")
        points = try fields.body("points")
        identifiers = try fields.count("identifiers")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("customer_id", customer.text)
        writer.field("merged", merged.text)
        writer.field("points", points)
        writer.field("identifiers", identifiers)
    }
}
