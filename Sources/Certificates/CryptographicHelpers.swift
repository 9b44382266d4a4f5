import CEventLoop

/// SHA-256 of the bytes: 32 bytes.
public func sha256(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    let input = Array(bytes)
    let result = EVP_Digest(input, input.count, &digest, nil, EVP_sha256(), nil)
    precondition(result == 1, "OpenSSL has no SHA-256")
    return digest
}

/// HMAC-SHA-256 of the bytes under the key: 32 bytes.
public func hmacSHA256(key: some Collection<UInt8>, _ bytes: some Collection<UInt8>) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: 32)
    let (key, input) = (Array(key), Array(bytes))
    let result = HMAC(EVP_sha256(), key, Int32(key.count), input, input.count, &code, nil)
    precondition(result != nil, "OpenSSL has no HMAC-SHA-256")
    return code
}

/// Bytes from the system's generator, fit for keys and tokens.
public func randomBytes(_ count: Int) -> [UInt8] {
    precondition(count >= 0)
    var bytes = [UInt8](repeating: 0, count: count)
    let result = RAND_bytes(&bytes, Int32(count))
    precondition(result == 1, "the system has no randomness")
    return bytes
}

/// Compares secrets in a time that depends on their lengths only.
public func constantTimeEqual(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    let (left, right) = (Array(left), Array(right))
    guard left.count == right.count else { return false }
    return CRYPTO_memcmp(left, right, left.count) == 0
}

/// Lowercase hexadecimal digits, two for each byte.
public func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
