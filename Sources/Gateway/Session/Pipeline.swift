import LineProtocol

/// The requests of one connection that wait for their answers. Who sends long ones has fewer of them under way.
struct Pipeline {
    private(set) var requests = 0
    private var bytes = 0

    /// Whether another request may be under way.
    var hasRoom: Bool {
        requests < ProtocolLimits.pipelineRequests && bytes <= ProtocolLimits.pipelineBytes
    }

    /// A request of so many bytes has been handed over.
    mutating func begin(bytes: Int) {
        requests += 1
        self.bytes += bytes
    }

    /// It has its answer.
    mutating func end(bytes: Int) {
        requests -= 1
        self.bytes -= bytes
    }
}
