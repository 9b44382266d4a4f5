import Retail

extension Verb {
    /// Whether a device of this role may use the verb.
    public func allowed(_ role: DeviceRole) -> Bool {
        switch self {
        case .hello, .ping, .ack, .bye:
            true
        case .status:
            role != .app
        case .backlog:
            role == .register || role == .operator
        case .identify, .enrol, .quote, .orderCancel, .orderGet, .orderList, .stock:
            role != .operator
        case .hold, .release, .orderAccept, .orderReject, .orderPick, .orderReady, .product, .customer:
            role == .register || role == .app
        case .sale, .return, .void, .correction, .shiftOpen, .shiftClose, .orderAck, .orderClaim, .orderRelease,
            .orderHandover, .basketOpen, .basketReturn:
            role == .register
        case .orderPush, .orderAmend, .orderFollow:
            role == .website
        case .noteAdd, .basketSend, .basketWithdraw, .visit, .tasks:
            role == .app
        case .deviceAdd, .deviceList, .deviceRevoke, .importCustomers, .importCatalogue, .audit, .programmeList,
            .programmePut, .programmeReload, .customerMerge, .explain, .orderService, .webhookPut, .webhookList,
            .webhookRetry, .webhookRemove, .importStock, .relayStatus, .relayQuarantine, .relayRetry, .receiptList,
            .relaySetAside, .feedStatus, .feedRefused, .feedRetry:
            role == .operator
        }
    }

    /// Whether nobody but the gateway's own operator may use the verb.
    public var isForOperatorsOnly: Bool {
        allowed(.operator) && !DeviceRole.allCases.contains { $0 != .operator && allowed($0) }
    }

    /// The verb with this name on the wire, or nil if version 1 has none.
    public init?(_ name: UnsafeRawBufferPointer) {
        guard let verb = VerbTable.shared.verb(name) else { return nil }
        self = verb
    }
}

/// Verbs by a hash of their names: every request looks one up, and a hash costs less than comparing with all of them.
private struct VerbTable: Sendable {
    static let shared = VerbTable()
    /// At least twice as many as there are verbs, so that a search for an unknown one ends soon.
    private static let slotCount = 128

    private let slots: [Verb?]

    private init() {
        var slots: [Verb?] = Array(repeating: nil, count: Self.slotCount)
        for verb in Verb.allCases {
            var slot = Self.slot(of: verb.name.utf8Start, count: verb.name.utf8CodeUnitCount)
            while slots[slot] != nil { slot = (slot + 1) % Self.slotCount }
            slots[slot] = verb
        }
        self.slots = slots
    }

    func verb(_ name: UnsafeRawBufferPointer) -> Verb? {
        guard name.count <= ProtocolLimits.verbCharacters,
            let start = name.baseAddress?.assumingMemoryBound(to: UInt8.self)
        else { return nil }
        var slot = Self.slot(of: start, count: name.count)
        while let verb = slots[slot] {
            if sameText(verb.name, name) { return verb }
            slot = (slot + 1) % Self.slotCount
        }
        return nil
    }

    private static func slot(of name: UnsafePointer<UInt8>, count: Int) -> Int {
        Int(Word.hash(name, count: count)) % slotCount
    }
}
