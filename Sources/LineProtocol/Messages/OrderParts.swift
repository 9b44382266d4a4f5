import Retail

/// Who made a transition of an order.
public struct TransitionActor: MessageBody {
    /// What kind of device it was.
    public enum Role: String, CaseIterable, Sendable {
        /// A till.
        case register
        /// The seller's phone.
        case app
        /// The web shop's back end.
        case website
        /// Shop or head-office IT.
        case `operator` = "operator"
        /// The gateway itself, when one of its deadlines has passed.
        case gateway

        /// The role of a device.
        public init(_ role: DeviceRole) {
            switch role {
            case .register: self = .register
            case .app: self = .app
            case .website: self = .website
            case .operator: self = .operator
            }
        }
    }

    /// What kind of device it was.
    public var role: Role
    /// The device's name.
    public var device: String
    /// The person, if the device said one.
    public var person: String?

    /// Names somebody.
    public init(role: Role, device: String, person: String? = nil) {
        self.role = role
        self.device = device
        self.person = person
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        role = try fields.choice("role")
        device = try fields.idText("device")
        person = try fields.optionalNameText("person")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.field("role", role.rawValue)
        writer.field("device", device)
        writer.optionalField("person", person)
    }
}

/// One line of an order.
public struct OrderLine: MessageBody {
    /// The line's number within the order, from 1; nil in a push that leaves the numbering to the gateway.
    public var line: Int?
    /// The product.
    public var sku: String
    /// The product's name.
    public var name: String
    /// How much of it.
    public var quantity: Quantity
    /// The price of one unit.
    public var price: Money
    /// What the line costs.
    public var amount: Money

    /// Makes a line.
    public init(line: Int?, sku: String, name: String, quantity: Quantity, price: Money, amount: Money) {
        self.line = line
        self.sku = sku
        self.name = name
        self.quantity = quantity
        self.price = price
        self.amount = amount
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        line = try fields.optionalInteger("line", in: 1...Int64(ProtocolLimits.orderLines)).map { Int($0) }
        sku = try fields.skuText("sku")
        name = try fields.nameText("name")
        quantity = try fields.quantity("quantity")
        price = try fields.nonNegativeMoney("price")
        amount = try fields.nonNegativeMoney("amount")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.optionalField("line", line)
        writer.field("sku", sku)
        writer.field("name", name)
        writer.field("quantity", quantity)
        writer.field("price", price)
        writer.field("amount", amount)
    }
}

/// Who will collect an order.
public struct OrderCustomer: MessageBody {
    /// The name.
    public var name: String?
    /// The phone number as the website has it.
    public var phone: String?
    /// The customer, if the website knows the gateway's id.
    public var customer: CustomerID?

    /// Names somebody.
    public init(name: String? = nil, phone: String? = nil, customer: CustomerID? = nil) {
        self.name = name
        self.phone = phone
        self.customer = customer
    }

    /// Takes the fields.
    public init(_ fields: FieldReader) throws(FieldError) {
        name = try fields.optionalNameText("name")
        phone = try fields.optionalText("phone", max: 32)
        customer = try fields.optionalCustomerID("customer_id")
    }

    /// Writes the members.
    public func writeMembers(to writer: ByteWriter) {
        writer.optionalField("name", name)
        writer.optionalField("phone", phone)
        writer.optionalField("customer_id", customer?.text)
    }
}
