import EventLoop

/// The folder that `tillgate device add` writes for a device: `device.crt`, `device.key` and `ca.crt`.
public struct DeviceBundle: Hashable, Sendable {
    /// The folder.
    public let directory: String

    /// Names the folder; its files are read when the TLS context is made.
    public init(directory: String) {
        self.directory = directory
    }

    /// The device's certificate, PEM.
    public var certificatePath: String { "\(directory)/device.crt" }
    /// The certificate's key, PEM.
    public var privateKeyPath: String { "\(directory)/device.key" }
    /// The certificate of the gateway's authority, PEM.
    public var authorityPath: String { "\(directory)/ca.crt" }

    /// Loads the bundle.
    ///
    /// - Parameter serverName: what the gateway's certificate must name; nil: the host that is connected to.
    /// - Throws: `TLSError`, which names the file that cannot be used.
    public func clientContext(serverName: String? = nil) throws(TLSError) -> TLSClientContext {
        try TLSClientContext(
            authorityPath: authorityPath, certificateChainPath: certificatePath, privateKeyPath: privateKeyPath,
            serverName: serverName)
    }
}
