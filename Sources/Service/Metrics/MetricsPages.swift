import Basics

/// What can be asked for over HTTP, and the answers.
package struct MetricsPages: Sendable {
    /// An answer to a request.
    struct Answer: Equatable {
        /// Of HTTP.
        var status: Int
        var contentType = "text/plain; charset=utf-8"
        var body: String
    }

    private let metrics: @Sendable () -> String
    private let readiness: @Sendable () -> Readiness

    /// - Parameters:
    ///   - metrics: ``MetricsSnapshot/text()`` of now. From any thread.
    ///   - readiness: whether the service does what it is there for. From any thread.
    package init(metrics: @escaping @Sendable () -> String, readiness: @escaping @Sendable () -> Readiness) {
        self.metrics = metrics
        self.readiness = readiness
    }

    /// The answer to a request.
    ///
    /// - Parameters:
    ///   - method: as `GET`.
    ///   - target: the path, and what may stand behind a question mark.
    func answer(method: String, target: String) -> Answer {
        let path = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        guard let page = page(String(path)) else {
            return Answer(status: 404, body: "There are /metrics, /healthz and /readyz.\n")
        }
        guard method == "GET" || method == "HEAD" else { return Answer(status: 405, body: "Only GET and HEAD.\n") }
        return page()
    }

    private func page(_ path: String) -> (() -> Answer)? {
        switch path {
        case "/metrics": { Answer(status: 200, contentType: MetricsText.contentType, body: metrics()) }
        case "/healthz": { Answer(status: 200, body: "alive\n") }
        case "/readyz": { Self.answer(readiness()) }
        default: nil
        }
    }

    private static func answer(_ readiness: Readiness) -> Answer {
        guard !readiness.isReady else { return Answer(status: 200, body: "ready\n") }
        return Answer(status: 503, body: readiness.missing.map { printable($0) + "\n" }.joined())
    }
}
