import Glibc

/// Judges each connection that libavformat makes for a source: the address before it connects, and the server's
/// certificate before anything is sent.
///
/// libavformat has no hooks for that: it passes no TLS options to rtsps (as of FFmpeg 5.1), verifies host names only
/// with some TLS libraries, does not know fingerprints, and follows redirects by itself. Therefore its calls of
/// connect(2) and of GnuTLS's handshake are linked to functions of this program (LinkedFunctions.swift), which ask the
/// guard of their thread. So the connection that is verified is the one that is used.
///
/// May be used by one thread at a time.
final class ConnectionGuard {
    private let verification: TLSVerification
    private var reach = ReachPolicy()
    /// Address of the last connection.
    private var address: PeerAddress?
    /// Server name of the last TLS connection (SNI); `nil` for a numeric host.
    private var serverName: String?
    /// Reason of the last refusal.
    private(set) var refusal: String?
    /// Fingerprint of the server's last certificate.
    private(set) var fingerprint: CertificateFingerprint?

    /// Whether the peer of the last connection has sent any byte; `nil` without a connection.
    private(set) var hasReceived: Bool?

    init(_ verification: TLSVerification) { self.verification = verification }

    // MARK: - The guard of a thread

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        guard pthread_key_create(&key, nil) == 0 else { preconditionFailure("no key for values of threads") }
        return key
    }()

    /// Guard of the calling thread.
    static var current: ConnectionGuard? {
        pthread_getspecific(key).map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
    }

    /// Calls `body` with this as the guard of the calling thread.
    func whileCurrent<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let outer = pthread_getspecific(Self.key)
        pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
        defer { pthread_setspecific(Self.key, outer) }
        return try body()
    }

    // MARK: - Judgement

    /// Judges an address before a connection.
    ///
    /// - Returns: whether the connection is allowed.
    func allows(_ address: PeerAddress) -> Bool {
        if let refusal = reach.refusal(of: address) {
            self.refusal = refusal
            return false
        }
        self.address = address
        serverName = nil
        hasReceived = false
        return true
    }

    /// Records that the peer has sent bytes.
    func noteReceived() { hasReceived = true }

    /// Records the server name of the next handshake.
    func note(serverName: String) { self.serverName = serverName }

    /// Verifies the server after a handshake.
    ///
    /// - Parameter session: session of GnuTLS.
    /// - Returns: whether the server is trusted.
    func trusts(_ session: OpaquePointer) -> Bool {
        let chain = CertificateChain(of: session)
        fingerprint = chain?.fingerprint
        guard let problem = problem(with: chain) else { return true }
        refusal = problem
        return false
    }

    private func problem(with chain: CertificateChain?) -> String? {
        guard let chain else { return verification == .off ? nil : "it sent no certificate" }
        switch verification {
        case .off: return nil
        case .fingerprint(let known):
            guard known != chain.fingerprint else { return nil }
            return "its certificate is not the pinned one: its fingerprint is \(chain.fingerprint)"
        case .system: return advised(chain, nil)
        case .authorities(let path): return advised(chain, path)
        }
    }

    private func advised(_ chain: CertificateChain, _ authorities: String?) -> String? {
        guard let host = serverName ?? address?.description else { return "its name is unknown" }
        return chain.problem(host: host, authorities: authorities).map {
            "\($0); to trust it all the same, set tls: {fingerprint: \(chain.fingerprint)}"
        }
    }
}
