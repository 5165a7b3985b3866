import Glibc

/// Scope of an IP address.
enum AddressReach: Hashable, Sendable {
    /// This machine.
    case loopback
    /// The local link. Clouds serve secrets there, at 169.254.169.254.
    case linkLocal
    /// Any other address.
    case network

    /// - Parameter bytes: IPv4 address (4 bytes) or IPv6 address (16 bytes).
    init(_ bytes: [UInt8]) {
        self = bytes.count == 4 ? Self.ipv4(bytes[...]) : Self.ipv6(bytes)
    }

    private static func ipv4(_ bytes: ArraySlice<UInt8>) -> AddressReach {
        switch (bytes[bytes.startIndex], bytes[bytes.startIndex + 1]) {
        // Linux connects to 0.0.0.0 as to 127.0.0.1.
        case (127, _), (0, _): .loopback
        case (169, 254): .linkLocal
        default: .network
        }
    }

    private static func ipv6(_ bytes: [UInt8]) -> AddressReach {
        let (head, tail) = (bytes[..<12], bytes[12...])
        let isMapped = head.elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
        let isTranslated = head.elementsEqual([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0])
        // IPv4-compatible addresses, and ::1 and ::, whose last bytes count as 0.0.0.0/8.
        if isMapped || isTranslated || head.allSatisfy({ $0 == 0 }) { return ipv4(tail) }
        if bytes[0] == 0xFE, bytes[1] & 0xC0 == 0x80 { return .linkLocal }
        // The clouds' metadata service by IPv6.
        return bytes.elementsEqual([0xFD, 0, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54]) ? .linkLocal : .network
    }
}

/// IP address of a connection's peer.
struct PeerAddress: Equatable, Sendable, CustomStringConvertible {
    let bytes: [UInt8]

    /// - Parameter bytes: IPv4 address (4 bytes) or IPv6 address (16 bytes).
    init(bytes: [UInt8]) { self.bytes = bytes }

    /// - Returns: `nil` for addresses of other families.
    init?(_ address: UnsafePointer<sockaddr>, length: socklen_t) {
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET where Int(length) >= MemoryLayout<sockaddr_in>.size:
            bytes = withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) { Array($0) }
        case AF_INET6 where Int(length) >= MemoryLayout<sockaddr_in6>.size:
            bytes = withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) }
        default: return nil
        }
    }

    var reach: AddressReach { AddressReach(bytes) }

    /// Address in the usual notation.
    var description: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            guard let base = buffer.baseAddress,
                inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, base, socklen_t(buffer.count)) != nil
            else { return "" }
            return String(cString: base)
        }
    }
}

/// Policy for the connections of one source: a source in the network must not lead to this machine or the local link.
///
/// Servers control their playlists and redirects, and services on this machine trust local connections (server-side
/// request forgery).
struct ReachPolicy: Equatable, Sendable {
    /// Scope of the first connection, which is to the source's own address.
    private var own: AddressReach?

    /// Judges the next connection.
    ///
    /// - Returns: the reason to refuse it; `nil` if it is allowed.
    mutating func refusal(of address: PeerAddress) -> String? {
        let reach = address.reach
        guard let own else {
            own = reach
            return nil
        }
        guard reach != .network, reach != own else { return nil }
        let what = reach == .loopback ? "this machine itself" : "a link-local address"
        return "it leads to \(address), \(what); a source elsewhere may not lead there"
    }
}
