import CEventLoop
import Locking

/// The keys that seal session tickets, renewed by age.
///
/// A ticket sealed with the key before the current one is still taken (and replaced); an older one costs its client
/// a full handshake. So a stolen key opens two periods at most, and no restart or timer is needed.
final class TicketKeys: Sendable {
    static let periodNanoseconds: UInt64 = 3_600_000_000_000
    private static let nameBytes = 16

    struct Key {
        let name: [UInt8]
        let cipherKey: [UInt8]
        let macKey: [UInt8]
        let madeNanoseconds: UInt64
    }

    private struct Keys {
        var current: Key
        var previous: Key?
    }

    private let keys: Mutex<Keys>

    init(nowNanoseconds: UInt64) {
        keys = Mutex(Keys(current: Self.makeKey(nowNanoseconds)))
    }

    /// The key for a new ticket.
    func sealing(nowNanoseconds: UInt64) -> Key {
        keys.withLock { keys in
            Self.rotate(&keys, nowNanoseconds)
            return keys.current
        }
    }

    /// The key that a ticket names, and whether the ticket should be replaced; nil when it is too old or not ours.
    func opening(name: UnsafeRawBufferPointer, nowNanoseconds: UInt64) -> (key: Key, isOld: Bool)? {
        keys.withLock { keys in
            Self.rotate(&keys, nowNanoseconds)
            if name.elementsEqual(keys.current.name) { return (keys.current, false) }
            if let previous = keys.previous, name.elementsEqual(previous.name) { return (previous, true) }
            return nil
        }
    }

    private static func rotate(_ keys: inout Keys, _ now: UInt64) {
        let age = now &- keys.current.madeNanoseconds
        guard now > keys.current.madeNanoseconds, age >= periodNanoseconds else { return }
        keys.previous = age < 2 * periodNanoseconds ? keys.current : nil
        keys.current = makeKey(now)
    }

    private static func makeKey(_ now: UInt64) -> Key {
        Key(name: random(nameBytes), cipherKey: random(32), macKey: random(32), madeNanoseconds: now)
    }

    private static func random(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let result = RAND_bytes(&bytes, Int32(count))
        precondition(result == 1, "the system has no randomness")
        return bytes
    }
}

extension TicketKeys {
    /// Makes the context use these keys. The context must not outlive them.
    func install(in context: OpaquePointer) {
        SSL_CTX_set_ex_data(context, 0, Unmanaged.passUnretained(self).toOpaque())
        SSL_CTX_set_tlsext_ticket_key_evp_cb(context) { ssl, name, vector, cipher, mac, isSealing in
            guard let name, let vector, let cipher, let mac, let context = SSL_get_SSL_CTX(ssl),
                let pointer = SSL_CTX_get_ex_data(context, 0)
            else { return -1 }
            let keys = Unmanaged<TicketKeys>.fromOpaque(pointer).takeUnretainedValue()
            guard isSealing != 1 else { return keys.seal(name: name, vector: vector, cipher: cipher, mac: mac) }
            // With TLS 1.3 clients use a ticket once: without a new one they would resume every other time.
            let opened = keys.open(name: name, vector: vector, cipher: cipher, mac: mac)
            return opened == 1 && SSL_version(ssl) >= TLS1_3_VERSION ? 2 : opened
        }
    }

    /// Returns what OpenSSL wants: 1 done, -1 failed.
    private func seal(
        name: UnsafeMutablePointer<UInt8>, vector: UnsafeMutablePointer<UInt8>, cipher: OpaquePointer,
        mac: OpaquePointer
    ) -> Int32 {
        let key = sealing(nowNanoseconds: shim_monotonic_nanoseconds())
        name.update(from: key.name, count: Self.nameBytes)
        var macKey = key.macKey
        guard RAND_bytes(vector, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1,
            EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nil, key.cipherKey, vector) == 1,
            shim_ticket_mac_init(mac, &macKey, macKey.count) == 1
        else { return -1 }
        return 1
    }

    /// Returns what OpenSSL wants: 0 not ours, 1 opened, 2 opened and to be replaced, -1 failed.
    private func open(
        name: UnsafeMutablePointer<UInt8>, vector: UnsafeMutablePointer<UInt8>, cipher: OpaquePointer,
        mac: OpaquePointer
    ) -> Int32 {
        let nameBytes = UnsafeRawBufferPointer(start: name, count: Self.nameBytes)
        guard let found = opening(name: nameBytes, nowNanoseconds: shim_monotonic_nanoseconds()) else { return 0 }
        var macKey = found.key.macKey
        guard shim_ticket_mac_init(mac, &macKey, macKey.count) == 1,
            EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nil, found.key.cipherKey, vector) == 1
        else { return -1 }
        return found.isOld ? 2 : 1
    }
}
