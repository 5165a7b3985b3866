import Glibc

/// Judges each connection that libavformat makes for a source: its address before it is made, and the server's
/// certificate before anything is sent through it.
///
/// libavformat cannot be asked to: it hands no options of TLS to rtsps (as of FFmpeg 5.1), checks names only with
/// some libraries of TLS, knows no fingerprints, and follows redirects by itself. So the functions by which it connects
/// and shakes hands are linked to this program's own (LinkedFunctions.swift), which ask the guard of their thread. The
/// connection that is verified is the one that is used.
///
/// Used by one thread at a time.
final class ConnectionGuard {
    private let verification: TLSVerification
    private var reach = ReachPolicy()
    /// What was connected to last, and the name by which TLS was asked for it; none if the address has a number.
    private var address: PeerAddress?
    private var serverName: String?
    /// Why a connection was refused, the last time.
    private(set) var refusal: String?
    /// Of the certificate that the server sent last.
    private(set) var fingerprint: CertificateFingerprint?

    /// Whether anything has come from what was connected to last; `nil` if nothing was.
    private(set) var hasReceived: Bool?

    init(_ verification: TLSVerification) { self.verification = verification }

    // MARK: - The guard of a thread

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        guard pthread_key_create(&key, nil) == 0 else { preconditionFailure("no key for values of threads") }
        return key
    }()

    /// The guard of the calling thread.
    static var current: ConnectionGuard? {
        pthread_getspecific(key).map { Unmanaged.fromOpaque($0).takeUnretainedValue() }
    }

    /// Calls `body`, and judges what it connects to on this thread.
    func whileCurrent<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        let outer = pthread_getspecific(Self.key)
        pthread_setspecific(Self.key, Unmanaged.passUnretained(self).toOpaque())
        defer { pthread_setspecific(Self.key, outer) }
        return try body()
    }

    // MARK: - Judgement

    /// - Returns: whether a connection to the address may be made.
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

    /// Notes that bytes have come from what was connected to last.
    func noteReceived() { hasReceived = true }

    /// The server is about to be asked for by this name.
    func note(serverName: String) { self.serverName = serverName }

    /// - Parameter session: of GnuTLS, whose handshake is over.
    /// - Returns: whether the server is who it has to be.
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
