import Basics
import Events

/// Time in which a recording shows something like an example.
package struct SimilarMoment: Equatable, Sendable {
    /// Name of the recording: the path that was given to the analysis.
    package var recording: String
    /// Path of the recording for other working directories.
    package var path: String
    /// Start and end, in seconds from the first frame.
    package var start: Double
    package var end: Double
    /// Time of the greatest likeness, in seconds from the first frame.
    package var best: Double
    /// The same time by the time stamps of the recording, in seconds.
    package var media: Double
    /// Wall-clock time of it.
    package var time: Timestamp
    /// Cosine of the angle between the vectors, at its greatest: 1 for the same image.
    package var likeness: Double
    /// Place of the object; `nil` for the whole frame.
    package var box: BoundingBox?
}

/// Likenesses of a recording to an example, from which moments are made.
///
/// A value: it keeps the best sample of each interval, so that its size depends on the length of the recording alone.
package struct MomentSearch: Sendable {
    /// Best sample of an interval.
    struct Sample: Equatable, Sendable {
        /// Seconds from the first frame.
        var position: Double
        var likeness: Double
        var box: BoundingBox?
        /// Offset in the file of samples.
        var offset = 0
    }

    /// Seconds between two moments.
    private let gap: Double
    private var best: [Int: Sample] = [:]

    /// Part of the best likeness down to which a moment goes on.
    private static let persistence = 0.9

    /// - Parameter gap: seconds without likeness that part two moments; above 0.
    package init(gap: Double) { self.gap = gap }

    /// Adds a sample.
    mutating func add(_ sample: Sample) {
        let interval = Int((max(-1e9, min(sample.position, 1e9)) / gap).rounded(.down))
        if let known = best[interval], known.likeness >= sample.likeness { return }
        best[interval] = sample
    }

    /// Returns the best moments, the greatest likeness first.
    ///
    /// A moment begins with the best sample that is left, and takes in its neighbours while they are nearly as good.
    ///
    /// - Parameter isIntact: whether a sample can be trusted; called for those that begin a moment.
    func moments(_ count: Int, isIntact: (Sample) -> Bool) -> [(start: Double, end: Double, best: Sample)] {
        let samples = best.sorted { $0.key < $1.key }.map(\.value)
        var isTaken = samples.map { _ in false }
        var moments: [(start: Double, end: Double, best: Sample)] = []
        let order = samples.indices.sorted { (-samples[$0].likeness, $0) < (-samples[$1].likeness, $1) }
        for index in order where !isTaken[index] && moments.count < count {
            isTaken[index] = true
            guard isIntact(samples[index]) else { continue }
            let least = samples[index].likeness * Self.persistence
            func reach(_ step: Int) -> Int {
                var last = index
                while case let next = last + step, samples.indices.contains(next), !isTaken[next],
                    samples[next].likeness >= least,
                    abs(samples[next].position - samples[last].position) <= 2 * gap
                {
                    isTaken[next] = true
                    last = next
                }
                return last
            }
            moments.append((samples[reach(-1)].position, samples[reach(1)].position, samples[index]))
        }
        return moments
    }
}

extension MomentSearch {
    /// Returns the moments of a recording that are most like any of some examples.
    ///
    /// - Parameters:
    ///   - reader: of the recording's samples.
    ///   - path: absolute path of the recording; `nil` if it is not known.
    ///   - count: most moments.
    package static func moments(
        in reader: SampleFeatureReader, at path: String?, like examples: [FeatureQuery], gap: Double, count: Int
    ) -> [SimilarMoment] {
        var search = MomentSearch(gap: gap)
        let header = reader.header
        reader.forEach { entry in
            for example in examples {
                guard let likeness = example.likeness(to: entry) else { continue }
                search.add(
                    Sample(
                        position: entry.media - header.start, likeness: Double(likeness), box: entry.box,
                        offset: entry.offset))
            }
        }
        let epoch = Timestamp(milliseconds: header.epoch)
        return search.moments(count) { reader.isIntact(at: $0.offset) }.map { start, end, best in
            SimilarMoment(
                recording: header.source, path: path ?? header.source, start: start, end: end, best: best.position,
                media: header.start + best.position, time: epoch.advanced(by: header.start + best.position),
                likeness: best.likeness, box: best.box)
        }
    }
}
