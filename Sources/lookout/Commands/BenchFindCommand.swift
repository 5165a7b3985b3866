import Archive
import ArgumentParser
import Basics
import Dispatch
import Events
import Glibc
import Watch

/// `lookout bench find`: time of a search for an example.
struct BenchFindCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "Measure the time of a search for an example.",
        discussion: """
            Writes random feature vectors to files, a file for each core, and searches them as `lookout find` does. The files \
            take 1.3 kB for each vector, and are removed at the end.
            """)

    @Option(parsing: .unconditional, help: "Number of feature vectors.")
    var vectors = 1_000_000

    @Option(parsing: .unconditional, help: "Number of components of each vector.")
    var components = 1280

    @Option(parsing: .unconditional, help: "Number of searches.")
    var runs = 5

    @Option(help: "Folder for the files.", completion: .directory)
    var folder = "/tmp"

    func validate() throws {
        guard (1...100_000_000).contains(vectors), (1...65536).contains(components), (1...1000).contains(runs) else {
            throw ValidationError("--vectors, --components and --runs are numbers above 0.")
        }
    }

    func run() throws {
        let count = Environment.coreCount
        let paths = (0..<count).map { "\(folder)/lookout-bench-\(getpid())-\($0).samples" }
        defer { paths.forEach { unlink($0) } }
        var random = SystemRandomNumberGenerator()
        for path in paths { try write(path, vectors / count, &random) }
        let query = FeatureQuery(vector(&random))
        let times = try (0..<runs).map { _ in try seconds(searching: paths, query) }.sorted()
        try Output.write("\(vectors / count * count) vectors of \(components) components, \(count) cores")
        try Output.write("search: \(decimals(times[times.count / 2], 3)) s (\(decimals(times[0], 3)) s at best)")
    }

    private func vector(_ random: inout SystemRandomNumberGenerator) -> SampleFeature {
        SampleFeature(
            box: BoundingBox(x: 0.1, y: 0.2, width: 0.3, height: 0.4),
            vector: (0..<components).map { _ in Float.random(in: -1...1, using: &random) })
    }

    private func write(_ path: String, _ count: Int, _ random: inout SystemRandomNumberGenerator) throws {
        let header = SampleLog.Header(
            source: "bench", epoch: Timestamp(milliseconds: 0), clock: "none", start: 0, model: "bench", labels: [],
            detectsObjects: true, classes: nil)
        let writer = try SampleLogWriter.create(path, header)
        // A few vectors again and again: the search does not know.
        let vectors = (0..<64).map { _ in vector(&random) }
        for index in 0..<count {
            try writer.add(
                SampleRecord(
                    media: Double(index), output: .objects([], coverage: nil, classifications: []),
                    features: [vectors[index % vectors.count]]))
        }
        try writer.finish(.sourceEnded)
    }

    private func seconds(searching paths: [String], _ query: FeatureQuery) throws -> Double {
        let readers = try paths.map(SampleFeatureReader.init)
        let start = MonotonicClock.now
        let found = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: readers.count) { index in
            let moments = MomentSearch.moments(in: readers[index], at: nil, like: [query], gap: 5, count: 10)
            found.withLock { $0 += moments.count }
        }
        return MonotonicClock.now - start
    }
}
