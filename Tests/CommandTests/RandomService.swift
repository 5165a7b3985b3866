import Foundation
import TestSupport

/// A configuration of a service that differs from others in all that can change while it runs, as random numbers say.
struct RandomService {
    /// Where its files are.
    let folder: String
    var sources: Set<String> = ["street"]
    var socket = "a.sock"
    var mode = 0o660
    var backlog = 10_000
    var samples: String?
    var log = "events-a"
    var state = "state-a"
    var workers = 1
    var metrics = "metrics-a.sock"
    var textfile: String?

    init(in folder: String) { self.folder = folder }

    /// Changes one thing or several. One in eight makes everything begin anew.
    mutating func change(_ random: inout SplitMix64) {
        for _ in 0...Int.random(in: 0...2, using: &random) {
            switch Int.random(in: 0..<8, using: &random) {
            case 0: socket = ["a.sock", "b.sock"].randomElement(using: &random)!
            case 1: mode = [0o600, 0o660, 0o666].randomElement(using: &random)!
            case 2: backlog = [100, 1000, 10_000].randomElement(using: &random)!
            case 3: samples = [nil, "samples-a", "samples-b"].randomElement(using: &random)!
            case 4: metrics = ["metrics-a.sock", "metrics-b.sock"].randomElement(using: &random)!
            case 5: textfile = [nil, "text-a", "text-b"].randomElement(using: &random)!
            case 6: sources.formSymmetricDifference([["one", "two", "three"].randomElement(using: &random)!])
            default:
                guard Int.random(in: 0..<3, using: &random) == 0 else { continue }
                log = ["events-a", "events-b"].randomElement(using: &random)!
                state = ["state-a", "state-b"].randomElement(using: &random)!
                workers = Int.random(in: 1...2, using: &random)
            }
        }
    }

    /// - Parameter clip: what the source that gives frames plays.
    func yaml(clip: String, model: String) -> String {
        let lines = sources.sorted().map { name in
            // The others are away: nobody listens there.
            name == "street"
                ? "  street: {address: \"file:\(clip)?loop\", fps: 5, motion: off, enter: 0.2, hold: 0s, clear_after: 200ms}"
                : "  \(name): rtsp://127.0.0.1:1/\(name)"
        }
        return """
            model: \(model)
            workers: \(workers)
            state: \(folder)/\(state)
            events:
              log: {path: \(folder)/\(log)}
              socket: {path: \(folder)/\(socket), mode: "0\(String(mode, radix: 8))", backlog: \(backlog)}
              samples: \(samples.map { "\(folder)/\($0)" } ?? "off")
            metrics:
              listen: unix:\(folder)/\(metrics)
              textfile: \(textfile.map { "\(folder)/\($0)" } ?? "off")
              interval: 1s
            sources:
            \(lines.joined(separator: "\n"))

            """
    }

    /// Mistakes, each of which has to be found: some by reading, some only when what is new is opened.
    static func mistakes(_ yaml: String, folder: String, takenPort: Int) -> [String] {
        func line(_ key: String, _ new: String) -> String {
            yaml.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.hasPrefix(key) ? new : String($0) }.joined(separator: "\n")
        }
        return [
            yaml + "sorces: {}\n", yaml + "  wrong: {address: rtsp://127.0.0.1:1/x, fps: 0}\n",
            yaml + "  wrong: file:\(folder)/no-such-file\n",
            yaml + "  wrong: {address: rtsp://a/b, labels: [no-such-label]}\n",
            line("  socket:", "  socket: {path: \(folder)/c.sock, group: no-such-group}"),
            line("  socket:", "  socket: {path: \(folder)/nowhere/c.sock}"),
            line("  socket:", "  socket: {path: \(folder)/file}"),
            line("  samples:", "  samples: \(folder)/nowhere/samples"), line("  samples:", "  samples: \(folder)/dir"),
            line("  samples:", "  samples: \(folder)/unread"),
            line("  log:", "  log: {path: \(folder)/nowhere/events}"), line("  log:", "  log: {path: \(folder)/dir}"),
            line("  log:", "  log: {path: \(folder)/taken/events}"), line("state:", "state: \(folder)/nowhere"),
            line("state:", "state: \(folder)/taken"), line("  listen:", "  listen: 127.0.0.1:\(takenPort)"),
            line("  listen:", "  listen: unix:\(folder)/file"),
            line("  textfile:", "  textfile: \(folder)/nowhere/text"),
            line("model:", "model: no-such-model"),
        ]
    }
}
