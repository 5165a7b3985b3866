import CFFmpeg
import CGnuTLS
import Glibc

// Interposed functions: the dynamic linker searches the program before its libraries, so FFmpeg's libraries call these
// four in place of the libraries' own. On a thread without a guard, each forwards to the original.
// (They are exported by name; see Package.swift.)

private typealias Connect = @convention(c) (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32
private typealias Receive = @convention(c) (Int32, UnsafeMutableRawPointer?, Int, Int32) -> Int
private typealias Handshake = @convention(c) (OpaquePointer) -> Int32
private typealias SetServerName = @convention(c) (OpaquePointer, UInt32, UnsafeRawPointer?, Int) -> Int32

/// Returns the original function of that name in the libraries.
private func next<Function>(_ name: String, as type: Function.Type) -> Function {
    let behind = UnsafeMutableRawPointer(bitPattern: -1)  // RTLD_NEXT
    guard let symbol = dlsym(behind, name) else { preconditionFailure("\(name) is in no library") }
    return unsafeBitCast(symbol, to: type)
}

private let libraryConnect = next("connect", as: Connect.self)
private let libraryReceive = next("recv", as: Receive.self)
private let libraryHandshake = next("gnutls_handshake", as: Handshake.self)
private let librarySetServerName = next("gnutls_server_name_set", as: SetServerName.self)

@_cdecl("connect")
package func linkedConnect(_ socket: Int32, _ address: UnsafePointer<sockaddr>?, _ length: socklen_t) -> Int32 {
    if let connectionGuard = ConnectionGuard.current, let address, isStream(socket),
        let peer = PeerAddress(address, length: length), !connectionGuard.allows(peer)
    {
        errno = EACCES
        return -1
    }
    return libraryConnect(socket, address, length)
}

@_cdecl("recv")
package func linkedReceive(_ socket: Int32, _ buffer: UnsafeMutableRawPointer?, _ size: Int, _ flags: Int32) -> Int {
    let count = libraryReceive(socket, buffer, size, flags)
    if count > 0 { ConnectionGuard.current?.noteReceived() }
    return count
}

/// Whether a socket is a stream socket. DNS uses datagram sockets, which are not judged.
private func isStream(_ socket: Int32) -> Bool {
    var kind: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(socket, SOL_SOCKET, SO_TYPE, &kind, &size) == 0 && kind == Int32(SOCK_STREAM.rawValue)
}

@_cdecl("gnutls_server_name_set")
package func linkedSetServerName(
    _ session: OpaquePointer, _ type: UInt32, _ name: UnsafeRawPointer?, _ length: Int
) -> Int32 {
    if let connectionGuard = ConnectionGuard.current {
        connectionGuard.note(
            serverName: String(decoding: UnsafeRawBufferPointer(start: name, count: length), as: UTF8.self))
    }
    return librarySetServerName(session, type, name, length)
}

@_cdecl("gnutls_handshake")
package func linkedHandshake(_ session: OpaquePointer) -> Int32 {
    let result = libraryHandshake(session)
    guard result == 0, let connectionGuard = ConnectionGuard.current, !connectionGuard.trusts(session) else {
        return result
    }
    return cgnutls_verification_error
}

extension ConnectionGuard {
    /// Whether libavformat uses GnuTLS and calls the functions above. Otherwise encrypted streams are refused, because
    /// their servers cannot be verified.
    static let canVerify: Bool = {
        let own: Handshake = linkedHandshake
        return dlsym(nil, "gnutls_handshake") == unsafeBitCast(own, to: UnsafeMutableRawPointer.self)
            && String(cString: avformat_configuration()).contains("--enable-gnutls")
    }()

    /// Whether libavformat calls the function above to connect, so that addresses are judged.
    static let canJudgeAddresses: Bool = {
        let own: Connect = linkedConnect
        return dlsym(nil, "connect") == unsafeBitCast(own, to: UnsafeMutableRawPointer.self)
    }()
}
