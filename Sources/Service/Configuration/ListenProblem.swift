import Basics
import Glibc

/// Why metrics could not be served where a configuration says.
struct ListenProblem {
    let text: String
    /// Whether that is so for the service, too, and not only for whoever checks.
    let isCertain: Bool

    /// Below this, a port needs a privilege that the service does not have.
    private static let firstFreePort = 1024

    /// What is wrong with an address. Nobody can connect to it meanwhile. That it is in use is nothing wrong: the service
    /// may be the one that uses it.
    static func all(_ endpoint: Configuration.Metrics.Endpoint?) -> [ListenProblem] {
        guard case .loopback(let host, let port) = endpoint else { return [] }
        let error = host.contains(":") ? bindIPv6(port) : bindIPv4(port)
        if error != 0, error != EADDRINUSE {
            let name = host.contains(":") ? "[\(host)]" : host
            let text = "\"listen\": metrics cannot be served on \(name):\(port): \(systemPhrase(error))"
            return [ListenProblem(text: text, isCertain: true)]
        }
        guard (1..<firstFreePort).contains(port) else { return [] }
        let text = "\"listen\": ports below \(firstFreePort) are for root; the service may not have \(port)"
        return [ListenProblem(text: text, isCertain: false)]
    }

    private static func bindIPv4(_ port: Int) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(clamping: port)).bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(INADDR_LOOPBACK).bigEndian)
        return bind(AF_INET, address)
    }

    private static func bindIPv6(_ port: Int) -> Int32 {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = in_port_t(UInt16(clamping: port)).bigEndian
        address.sin6_addr = in6addr_loopback
        return bind(AF_INET6, address)
    }

    /// - Returns: 0, or the system's error number.
    private static func bind<Address>(_ family: Int32, _ address: Address) -> Int32 {
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout.size(ofValue: yes)))
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size)) == 0 ? 0 : errno
            }
        }
    }
}

extension Configuration.Metrics.Endpoint {
    /// Of the Unix socket, if it is one.
    var path: String? { if case .unixSocket(let path) = self { path } else { nil } }
}
