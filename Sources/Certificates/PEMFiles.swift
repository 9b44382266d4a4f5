import CEventLoop
import Glibc

/// Reading and writing PEM files, whose creation is the delicate part.
enum PEMFiles {
    /// Creates a file that did not exist, with its final mode from the first moment whatever the umask, and makes sure
    /// that the disk has it.
    static func create(path: String, mode: mode_t, content: [UInt8]) throws(CertificateError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var written = 0
        while written < content.count {
            let count = content[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                let error = failure(path)
                unlink(path)
                throw error
            }
            written += count
        }
        guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else { throw failure(path) }
    }

    /// Creates a key and its certificate, or neither.
    static func createPair(
        key: PrivateKey, path keyPath: String, certificate: Certificate, path certificatePath: String
    ) throws(CertificateError) {
        try create(path: keyPath, mode: 0o600, content: key.pem())
        do throws(CertificateError) {
            // No secret, and nobody else's business either: whoever is to have it is given it.
            try create(path: certificatePath, mode: 0o600, content: certificate.pem())
        } catch {
            unlink(keyPath)
            throw error
        }
    }

    static func makeDirectory(_ path: String) throws(CertificateError) {
        guard mkdir(path, S_IRWXU) != 0, errno != EEXIST else { return }
        throw failure(path)
    }

    static func readCertificate(path: String) throws(CertificateError) -> Certificate {
        let memory = try readMemory(path: path)
        defer { BIO_free(memory) }
        guard let pointer = PEM_read_bio_X509(memory, nil, nil, nil) else { throw .fromOpenSSL() }
        return Certificate(owning: pointer)
    }

    static func readKey(path: String) throws(CertificateError) -> PrivateKey {
        let memory = try readMemory(path: path)
        defer { BIO_free(memory) }
        guard let pointer = PEM_read_bio_PrivateKey(memory, nil, nil, nil) else { throw .fromOpenSSL() }
        return PrivateKey(owning: pointer)
    }

    /// What OpenSSL writes into memory.
    static func text(_ write: (OpaquePointer) -> Int32) throws(CertificateError) -> [UInt8] {
        guard let memory = BIO_new(BIO_s_mem()) else { throw .fromOpenSSL() }
        defer { BIO_free(memory) }
        guard write(memory) == 1 else { throw .fromOpenSSL() }
        var bytes = [UInt8](repeating: 0, count: Int(BIO_ctrl_pending(memory)))
        let count = BIO_read(memory, &bytes, Int32(bytes.count))
        guard Int(count) == bytes.count else { throw .fromOpenSSL() }
        return bytes
    }

    private static func readMemory(path: String) throws(CertificateError) -> OpaquePointer {
        guard let memory = BIO_new_file(path, "r") else {
            ERR_clear_error()
            throw failure(path)
        }
        return memory
    }

    private static func failure(_ path: String) -> CertificateError {
        let number = errno
        guard number != EEXIST else { return .alreadyExists(path: path) }
        return .file(path: path, reason: String(cString: strerror(number)))
    }
}
