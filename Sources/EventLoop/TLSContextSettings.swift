import CEventLoop

/// What server and client contexts have in common.
enum TLSContextSettings {
    /// AES-128 first: the cheapest for registers with AES instructions; those without are served ChaCha20, because a
    /// client that puts it first gets it.
    private static let suites13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
    private static let suites12 =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
        + "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"
    private static let groups = "X25519:P-256"
    /// Leaf, one intermediate, root.
    private static let chainDepthMaximum: Int32 = 3

    static func apply(to context: OpaquePointer) throws(TLSError) {
        shim_context_set_modes(context)
        shim_context_set_options(context)
        shim_context_set_read_ahead(context)
        SSL_CTX_set_verify_depth(context, chainDepthMaximum)
        guard shim_context_set_minimum_tls12(context) == 1,
            SSL_CTX_set_ciphersuites(context, suites13) == 1,
            SSL_CTX_set_cipher_list(context, suites12) == 1,
            shim_context_set_groups(context, groups) == 1
        else { throw .library(reason: takeTLSErrorText()) }
    }

    static func useCertificate(
        chainPath: String, keyPath: String, in context: OpaquePointer
    ) throws(TLSError) {
        guard SSL_CTX_use_certificate_chain_file(context, chainPath) == 1 else {
            throw .certificate(path: chainPath, reason: takeTLSErrorText())
        }
        guard SSL_CTX_use_PrivateKey_file(context, keyPath, SSL_FILETYPE_PEM) == 1,
            SSL_CTX_check_private_key(context) == 1
        else { throw .privateKey(path: keyPath, reason: takeTLSErrorText()) }
    }

    static func trust(authorityPath: String, in context: OpaquePointer) throws(TLSError) {
        guard SSL_CTX_load_verify_locations(context, authorityPath, nil) == 1 else {
            throw .authority(path: authorityPath, reason: takeTLSErrorText())
        }
    }
}
