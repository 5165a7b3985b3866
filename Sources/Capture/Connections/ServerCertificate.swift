import CFFmpeg

/// The certificate of an encrypted stream's server, without asking it for anything.
package struct ServerCertificate: Equatable, Sendable {
    package let fingerprint: CertificateFingerprint
    /// Why the server is not trusted; `nil` if it is.
    package let problem: String?

    /// Connects, shakes hands, and hangs up. Nothing else is sent, so that no password is.
    ///
    /// - Parameters:
    ///   - verification: how the server has to prove who it is.
    ///   - seconds: that it may take.
    /// - Throws: ``SourceError/unreachable(_:)``.
    package init(of url: StreamURL, _ verification: TLSVerification, within seconds: Double) throws(SourceError) {
        guard ConnectionGuard.canVerify else {
            throw .unreachable("this machine's FFmpeg does not speak TLS by GnuTLS")
        }
        AVLog.silence()
        let connections = ConnectionGuard(verification)
        let interruption = CancellationToken()
        var callback = interruption.callback
        let result = interruption.withDeadline(seconds) {
            connections.whileCurrent { () -> Int32 in
                var io: UnsafeMutablePointer<AVIOContext>?
                defer { avio_closep(&io) }
                return avio_open2(&io, "tls://\(url.hostAndPort)", AVIO_FLAG_READ_WRITE, &callback, nil)
            }
        }
        guard let fingerprint = connections.fingerprint else {
            let failure = AVFailure(code: result, operation: "open")
            throw .unreachable(interruption.wasCancelled ? "interrupted" : failure.meaning.lowercasedFirst)
        }
        self.fingerprint = fingerprint
        problem = connections.refusal
    }
}
