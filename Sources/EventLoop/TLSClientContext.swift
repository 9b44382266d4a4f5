import CEventLoop
import Locking

/// Trust, certificate and remembered sessions for connections to servers; shared by loops.
public final class TLSClientContext: @unchecked Sendable {
    /// Sessions of this many servers are remembered.
    private static let sessionsMaximum = 64

    let pointer: OpaquePointer
    private let serverName: String?
    private let sessions = Mutex<[String: Session]>([:])

    /// Owns one OpenSSL session.
    private final class Session: @unchecked Sendable {
        let pointer: OpaquePointer

        init(pointer: OpaquePointer) {
            self.pointer = pointer
        }

        deinit {
            SSL_SESSION_free(pointer)
        }
    }

    /// - Parameters:
    ///   - authorityPath: PEM file with the authorities to trust; nil: the system's.
    ///   - certificateChainPath: PEM file with this client's certificate, if it has one.
    ///   - privateKeyPath: its key.
    ///   - serverName: what the server's certificate must name; nil: the host connected to.
    /// - Throws: `TLSError`, which names the file that cannot be used.
    public init(
        authorityPath: String?, certificateChainPath: String? = nil, privateKeyPath: String? = nil,
        serverName: String? = nil
    ) throws(TLSError) {
        guard let context = SSL_CTX_new(TLS_client_method()) else {
            throw .library(reason: takeTLSErrorText())
        }
        pointer = context
        self.serverName = serverName
        try TLSContextSettings.apply(to: context)
        if let authorityPath {
            try TLSContextSettings.trust(authorityPath: authorityPath, in: context)
        } else {
            SSL_CTX_set_default_verify_paths(context)
        }
        if let certificateChainPath {
            try TLSContextSettings.useCertificate(
                chainPath: certificateChainPath, keyPath: privateKeyPath ?? certificateChainPath, in: context)
        }
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        rememberSessions()
    }

    deinit {
        SSL_CTX_free(pointer)
    }

    /// Prepares one connection: the name to check and the session to resume.
    func prepare(_ ssl: OpaquePointer, connection: Connection, host: String?) {
        let name = serverName ?? host ?? "localhost"
        if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) != 1 {
            shim_ssl_set_host_name(ssl, name)
            SSL_set1_host(ssl, name)
        }
        // The new-session callback finds its way back by the connection, which outlives its SSL.
        SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(connection).toOpaque())
        let session = sessions.withLock { $0[connection.peer.text] }
        if let session { SSL_set_session(ssl, session.pointer) }
    }

    private func rememberSessions() {
        shim_context_set_client_cache(pointer)
        SSL_CTX_sess_set_new_cb(pointer) { ssl, session in
            guard let session, let owner = SSL_get_ex_data(ssl, 0) else { return 0 }
            let connection = Unmanaged<Connection>.fromOpaque(owner).takeUnretainedValue()
            connection.clientContext?.remember(session, server: connection.peer.text)
            return 1
        }
    }

    private func remember(_ session: OpaquePointer, server: String) {
        let kept = Session(pointer: session)
        sessions.withLock { sessions in
            if sessions.count >= Self.sessionsMaximum, sessions[server] == nil { sessions.removeAll() }
            sessions[server] = kept
        }
    }
}
