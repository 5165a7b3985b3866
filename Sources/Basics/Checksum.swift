import Glibc

/// SHA-256 (FIPS 180-4).
///
/// May be used by one thread at a time.
package final class Checksum {
    private var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    /// Bytes that do not fill a block yet.
    private var rest: [UInt8] = []
    private var count: UInt64 = 0
    /// Message schedule: scratch memory of ``compress(_:)``.
    private var schedule = [UInt32](repeating: 0, count: 64)

    private static let blockSize = 64

    package init() {}

    /// Adds bytes to the message.
    package func update(_ bytes: UnsafeRawBufferPointer) {
        count += UInt64(bytes.count)
        var bytes = bytes[...]
        if !rest.isEmpty {
            let missing = bytes.prefix(Self.blockSize - rest.count)
            rest += missing
            bytes = bytes.dropFirst(missing.count)
            guard rest.count == Self.blockSize else { return }
            rest.withUnsafeBytes(compress)
            rest.removeAll(keepingCapacity: true)
        }
        let whole = bytes.count - bytes.count % Self.blockSize
        compress(UnsafeRawBufferPointer(rebasing: bytes.prefix(whole)))
        rest += bytes.dropFirst(whole)
    }

    /// Returns the checksum of the whole message, as 64 hexadecimal digits in lower case. Call it once, at the end.
    package func finish() -> String {
        let bits = count * 8
        var padding: [UInt8] = [0x80]
        let used = (rest.count + 1 + 8) % Self.blockSize
        padding += [UInt8](repeating: 0, count: used == 0 ? 0 : Self.blockSize - used)
        padding += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * UInt64($0))) }
        padding.withUnsafeBytes(update)
        return state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    /// Returns the checksum of bytes in memory.
    package static func of(_ bytes: [UInt8]) -> String {
        let checksum = Checksum()
        bytes.withUnsafeBytes(checksum.update)
        return checksum.finish()
    }

    /// Returns the checksum of a file, which is read in pieces.
    ///
    /// - Throws: ``FileError`` (`unreadable`).
    package static func ofFile(_ path: String) throws(FileError) -> String {
        func failure() -> FileError { FileError(path: path, kind: .unreadable, reason: systemPhrase(errno)) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        let checksum = Checksum()
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure() }
            guard count > 0 else { return checksum.finish() }
            buffer.withUnsafeBytes { checksum.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    // MARK: - Compression

    /// Updates the state with each block (FIPS 180-4, section 6.2.2).
    ///
    /// The loops below use `while`: in debug builds, loops over ranges take several times as long.
    private func compress(_ blocks: UnsafeRawBufferPointer) {
        schedule.withUnsafeMutableBufferPointer { schedule in
            state.withUnsafeMutableBufferPointer { state in
                Self.roundConstants.withUnsafeBufferPointer { constants in
                    guard let words = schedule.baseAddress, let state = state.baseAddress,
                        let constants = constants.baseAddress
                    else { return }
                    var start = 0
                    while start < blocks.count {
                        Self.expand(blocks, from: start, into: words)
                        Self.rounds(words, constants, state)
                        start += Self.blockSize
                    }
                }
            }
        }
    }

    private static func expand(
        _ bytes: UnsafeRawBufferPointer, from start: Int, into words: UnsafeMutablePointer<UInt32>
    ) {
        var t = 0
        while t < 16 {
            words[t] = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: start + 4 * t, as: UInt32.self))
            t += 1
        }
        while t < 64 {
            let (a, b) = (words[t - 15], words[t - 2])
            let sigma0 = rotate(a, 7) ^ rotate(a, 18) ^ (a &>> 3)
            let sigma1 = rotate(b, 17) ^ rotate(b, 19) ^ (b &>> 10)
            words[t] = sigma1 &+ words[t - 7] &+ sigma0 &+ words[t - 16]
            t += 1
        }
    }

    private static func rounds(
        _ words: UnsafeMutablePointer<UInt32>, _ constants: UnsafePointer<UInt32>,
        _ state: UnsafeMutablePointer<UInt32>
    ) {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        var t = 0
        while t < 64 {
            let sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
            let t1 = h &+ sum1 &+ ((e & f) ^ (~e & g)) &+ constants[t] &+ words[t]
            let sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
            let t2 = sum0 &+ ((a & b) ^ (a & c) ^ (b & c))
            (h, g, f, e) = (g, f, e, d &+ t1)
            (d, c, b, a) = (c, b, a, t1 &+ t2)
            t += 1
        }
        (state[0], state[1], state[2], state[3]) = (state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d)
        (state[4], state[5], state[6], state[7]) = (state[4] &+ e, state[5] &+ f, state[6] &+ g, state[7] &+ h)
    }

    @inline(__always)
    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
        (word &>> count) | (word &<< (32 &- count))
    }

    private static let roundConstants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
