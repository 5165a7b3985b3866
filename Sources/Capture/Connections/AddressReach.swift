import Glibc

/// How far an IP address reaches, as far as it matters for where a source may lead.
enum AddressReach: Hashable, Sendable {
    /// This machine itself.
    case loopback
    /// The wire that this machine is plugged into. Clouds keep their secrets there, at 169.254.169.254.
    case linkLocal
    /// Everywhere else.
    case network

    /// - Parameter bytes: of an address of IPv4 (4) or IPv6 (16).
    init(_ bytes: [UInt8]) {
        self = bytes.count == 4 ? Self.ipv4(bytes[...]) : Self.ipv6(bytes)
    }

    private static func ipv4(_ bytes: ArraySlice<UInt8>) -> AddressReach {
        switch (bytes[bytes.startIndex], bytes[bytes.startIndex + 1]) {
        // 0.0.0.0 is connected to as if it were 127.0.0.1.
        case (127, _), (0, _): .loopback
        case (169, 254): .linkLocal
        default: .network
        }
    }

    private static func ipv6(_ bytes: [UInt8]) -> AddressReach {
        let (head, tail) = (bytes[..<12], bytes[12...])
        let isMapped = head.elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
        let isTranslated = head.elementsEqual([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0])
        // ::1 and :: are the forms of this without an IPv4 address in them, and are caught with 0.0.0.0.
        if isMapped || isTranslated || head.allSatisfy({ $0 == 0 }) { return ipv4(tail) }
        if bytes[0] == 0xFE, bytes[1] & 0xC0 == 0x80 { return .linkLocal }
        // The same service of clouds by IPv6.
        return bytes.elementsEqual([0xFD, 0, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54]) ? .linkLocal : .network
    }
}

/// The address that a socket is connected to.
struct PeerAddress: Equatable, Sendable, CustomStringConvertible {
    let bytes: [UInt8]

    /// - Parameter bytes: of an address of IPv4 (4) or IPv6 (16).
    init(bytes: [UInt8]) { self.bytes = bytes }

    /// - Returns: `nil` for what is no address of IPv4 or IPv6.
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

    /// As people write it.
    var description: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { buffer in
            guard let base = buffer.baseAddress,
                inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, base, socklen_t(buffer.count)) != nil
            else { return "" }
            return String(cString: base)
        }
    }
}

/// Where the connections of one source may lead: not from the network to this machine or its wire, unless the source
/// itself is there.
///
/// A playlist or a redirect is written by whoever runs the server; this machine's own services trust whoever
/// connects from here.
struct ReachPolicy: Equatable, Sendable {
    /// How far the first connection reached: that to the address of the source itself.
    private var own: AddressReach?

    /// - Returns: why there may be no connection to the address; `nil` if there may be one.
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
