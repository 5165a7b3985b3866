import Foundation
import Testing

/// Benchmarks of the engine, as people run them.
@Suite(.timeLimit(.minutes(10))) struct BenchTests {
    @Test func layersAreATableOfWhatEachCallLoses() throws {
        let outcome = try Lookout.run(
            "bench", "layers", "--rounds", "2", "--resolution", "96", "random:mobilenet-v1-0.25")
        try #require(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.first?.hasPrefix("lost µs") == true)
        #expect(lines.contains { $0.contains("depthwise 3×3/2") })
        #expect(lines.last?.contains("million multiply-adds") == true)
        let lost = lines.dropFirst().dropLast().compactMap { $0.split(separator: " ").first.flatMap { Double($0) } }
        #expect(lost.count == lines.count - 2)
        #expect(lost == lost.sorted(by: >))
    }

    @Test func layersAsJSONAreInOrder() throws {
        struct Call: Decodable {
            var layer: String
            var kernel: String
            var ns: Int
            var multiply_adds: Int
            var peak_share: Double
        }
        let outcome = try Lookout.run(
            "bench", "layers", "--rounds", "2", "--resolution", "96", "--json", "random:mobilenet-v1-0.25")
        try #require(outcome.status == 0, "\(outcome.errors)")
        let calls = try outcome.output.split(separator: "\n").map {
            try JSONDecoder().decode(Call.self, from: Data($0.utf8))
        }
        let working = calls.filter { $0.multiply_adds > 0 }
        #expect(working.first?.kernel == "convolution 3×3/2")
        #expect(working.last?.kernel == "dense")
        #expect(working.allSatisfy { $0.ns > 0 && $0.peak_share > 0 })
    }

    @Test func severalThreadsAreMeasured() throws {
        let outcome = try Lookout.run(
            "bench", "compare", "--rounds", "3", "--threads", "2", "--resolution", "96", "random:mobilenet-v1-0.25")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("median"))
    }

    @Test func mistakesAreExplained() throws {
        let unknown = try Lookout.run("bench", "layers", "random:mobilenet-v9")
        #expect(unknown.status == 64)
        #expect(unknown.errors.contains("mobilenet-v9"))
        let none = try Lookout.run("bench", "compare", "--threads", "0", "random:mobilenet-v1-0.25")
        #expect(none.status == 64)
        #expect(none.errors.contains("--threads is a number from 1 to 64"))
    }
}
