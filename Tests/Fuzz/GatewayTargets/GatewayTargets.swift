import ReaderTargets

/// Every target with a gateway behind it.
public let gatewayTargets: [FuzzTarget] = [.session, .web]
