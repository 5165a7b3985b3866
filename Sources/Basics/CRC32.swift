/// CRC-32 of ISO 3309, as gzip and PNG use it: finds torn and corrupt records, and is no protection against forgery.
package enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 0 ? value >> 1 : (value >> 1) ^ 0xEDB8_8320 }
    }

    /// Returns the checksum of some bytes.
    package static func of<Bytes: Sequence<UInt8>>(_ bytes: Bytes) -> UInt32 {
        var value = UInt32.max
        for byte in bytes { value = table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ (value >> 8) }
        return ~value
    }
}
