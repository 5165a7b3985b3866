import Glibc

/// The address of a Unix socket: a path, or a name that begins with `@` and is in no file system.
package struct UnixAddress: Equatable, Sendable {
    /// Without the zero byte that follows a path or stands for the `@`.
    private let name: [UInt8]
    private let isAbstract: Bool

    /// - Returns: `nil` if it is neither, or too long.
    package init?(_ text: String) {
        guard let first = text.utf8.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@") else { return nil }
        isAbstract = first == UInt8(ascii: "@")
        name = Array(isAbstract ? text.utf8.dropFirst() : text.utf8[...])
        guard !name.isEmpty, !name.contains(0), name.count < Self.capacity else { return nil }
    }

    private static let capacity = MemoryLayout.size(ofValue: sockaddr_un().sun_path)

    /// Calls `body` with the address as the system wants it.
    func withAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { path in
            // An abstract name has a zero byte in front and none behind: its length counts.
            path[(isAbstract ? 1 : 0)...].copyBytes(from: name)
        }
        let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + name.count + 1 } ?? 0
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
        }
    }
}
