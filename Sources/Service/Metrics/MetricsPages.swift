import Basics
import Watch

/// Pages of the HTTP server.
package struct MetricsPages: Sendable {
    /// Response to a request.
    struct Answer: Equatable {
        /// HTTP status code.
        var status: Int
        var contentType = "text/plain; charset=utf-8"
        var body: String
    }

    private let metrics: @Sendable () -> String
    private let readiness: @Sendable () -> Readiness

    /// - Parameters:
    ///   - metrics: returns ``MetricsSnapshot/text()`` of the moment. Is called on any thread.
    ///   - readiness: returns the readiness of the moment. Is called on any thread.
    package init(metrics: @escaping @Sendable () -> String, readiness: @escaping @Sendable () -> Readiness) {
        self.metrics = metrics
        self.readiness = readiness
    }

    /// Answers a request.
    ///
    /// - Parameters:
    ///   - method: such as `GET`.
    ///   - target: the path, with an optional query, which is ignored.
    func answer(method: String, target: String) -> Answer {
        let path = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        guard let page = page(String(path)) else {
            return Answer(status: 404, body: "The pages are /metrics, /healthz and /readyz.\n")
        }
        guard method == "GET" || method == "HEAD" else {
            return Answer(status: 405, body: "The methods are GET and HEAD.\n")
        }
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

/// Readiness of the service: whether it watches a source and can write its outputs.
package struct Readiness: Equatable, Sendable {
    /// Reasons why it is not ready.
    package let missing: [String]

    package var isReady: Bool { missing.isEmpty }

    /// - Parameters:
    ///   - hasModel: whether a model is loaded.
    ///   - failures: outputs that cannot be written to, with the reason.
    ///   - sources: the sources with their states.
    package init(hasModel: Bool, failures: [String], sources: [(name: String, state: SourceStatus.State)]) {
        var missing = hasModel ? [] : ["no model is loaded"]
        missing += failures
        if sources.isEmpty {
            missing.append("there are no sources")
        } else if !sources.contains(where: { $0.state == .live }) {
            missing.append("no source gives frames")
            missing += sources.map { "\($0.name): \(Self.phrase($0.state))" }
        }
        self.missing = missing
    }

    private static func phrase(_ state: SourceStatus.State) -> String {
        switch state {
        case .connecting: "connecting"
        case .live: "live"
        case .away(let reason, _): reason
        case .ended: "ended"
        }
    }
}
