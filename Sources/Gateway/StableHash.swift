/// FNV-1a over 64 bits: the same on every machine and in every run, which the standard library's hash is not.
struct StableHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func combine(_ number: Int64) {
        withUnsafeBytes(of: number.littleEndian) { bytes in for byte in bytes { mix(byte) } }
    }

    mutating func combine(_ text: String) {
        for byte in text.utf8 { mix(byte) }
        mix(0)
    }

    private mutating func mix(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
    }
}
