import CEventLoop

/// The files that a TLS server needs. All are PEM.
public struct TLSServerConfiguration: Sendable {
    /// The server's certificate, followed by intermediate ones.
    public var certificateChainPath: String
    /// The key of the server's certificate.
    public var privateKeyPath: String
    /// The authority that client certificates must come from; nil: none are asked for.
    public var clientAuthorityPath: String?

    /// The files are read when a context is made, not here.
    public init(certificateChainPath: String, privateKeyPath: String, clientAuthorityPath: String? = nil) {
        self.certificateChainPath = certificateChainPath
        self.privateKeyPath = privateKeyPath
        self.clientAuthorityPath = clientAuthorityPath
    }
}

/// Certificate, key and trust of a listener; shared by its loops. Immutable: a new certificate is a new context.
///
/// TLS 1.2 with AEAD suites at least. A client certificate is asked for and, if shown, must be good; a client without
/// one gets in, and its handler decides. Tickets cannot move from one context to another, so a change of certificate
/// or authority is always followed by full handshakes.
public final class TLSServerContext: @unchecked Sendable {
    let pointer: OpaquePointer
    let ticketKeys: TicketKeys
    /// How long a session may be resumed, within the life of the ticket keys.
    private static let sessionSeconds = 7_200

    /// - Throws: `TLSError`, which names the file that cannot be used.
    public init(configuration: TLSServerConfiguration) throws(TLSError) {
        guard let context = SSL_CTX_new(TLS_server_method()) else {
            throw .library(reason: takeTLSErrorText())
        }
        pointer = context
        ticketKeys = TicketKeys(nowNanoseconds: shim_monotonic_nanoseconds())
        try TLSContextSettings.apply(to: context)
        try TLSContextSettings.useCertificate(
            chainPath: configuration.certificateChainPath, keyPath: configuration.privateKeyPath, in: context)
        shim_context_set_server_cache(context)
        SSL_CTX_set_timeout(context, Self.sessionSeconds)
        // Tickets are made when there is time for them: see `TicketQueue`.
        SSL_CTX_set_num_tickets(context, 0)
        let name = Array("tillgate".utf8)
        SSL_CTX_set_session_id_context(context, name, UInt32(name.count))
        shim_context_limit_control_messages(context)
        ticketKeys.install(in: context)
        if let authority = configuration.clientAuthorityPath { try askForCertificates(authorityPath: authority) }
    }

    deinit {
        SSL_CTX_free(pointer)
    }

    private func askForCertificates(authorityPath: String) throws(TLSError) {
        try TLSContextSettings.trust(authorityPath: authorityPath, in: pointer)
        guard let names = SSL_load_client_CA_file(authorityPath) else {
            throw .authority(path: authorityPath, reason: takeTLSErrorText())
        }
        SSL_CTX_set_client_CA_list(pointer, names)
        shim_context_ask_for_certificates(pointer)
    }
}
