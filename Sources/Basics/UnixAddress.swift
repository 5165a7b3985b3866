import Glibc

/// Address of a Unix socket: a path, or an abstract name, which is in no file system.
package struct UnixAddress: Equatable, Sendable {
    /// Without the zero byte that follows a path and comes before an abstract name.
    private let name: [UInt8]
    private let isAbstract: Bool

    /// The longest path, in bytes.
    package static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

    /// Reads an address as sd_notify(3) has it: an absolute path, or an abstract name that begins with `@`.
    ///
    /// - Returns: `nil` if it is neither, or too long.
    package init?(_ text: String) {
        switch text.utf8.first {
        case UInt8(ascii: "/"): self.init(path: text)
        case UInt8(ascii: "@"): self.init(name: text.utf8.dropFirst(), isAbstract: true)
        default: return nil
        }
    }

    /// - Parameter path: absolute, or relative to the current directory.
    /// - Returns: `nil` if the path is empty or longer than ``longestPath``.
    package init?(path: String) { self.init(name: path.utf8[...], isAbstract: false) }

    private init?(name: Substring.UTF8View, isAbstract: Bool) {
        guard !name.isEmpty, !name.contains(0), name.count <= Self.longestPath else { return nil }
        self.name = Array(name)
        self.isAbstract = isAbstract
    }

    /// Binds a socket to the address.
    ///
    /// - Returns: 0, or -1 and `errno`.
    package func bind(_ descriptor: Int32) -> Int32 { withAddress { Glibc.bind(descriptor, $0, $1) } }

    /// Connects a socket to the address.
    ///
    /// - Returns: 0, or -1 and `errno`.
    package func connect(_ descriptor: Int32) -> Int32 { withAddress { Glibc.connect(descriptor, $0, $1) } }

    /// Calls `body` with the address in the form that the system's functions take.
    package func withAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
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
