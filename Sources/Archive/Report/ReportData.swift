import Basics
import Capture
import Dispatch
import Events
import Watch

/// Recording with its events, for reports and exports.
package struct ReportRecording: Sendable {
    /// Path of the recording.
    package var path: String
    /// Absolute path of the recording; `nil` if it is not known.
    package var absolutePath: String?
    /// Time of the first frame.
    package var first: Timestamp
    /// Time stamp of the first frame, in seconds.
    package var start: Double
    /// Length in seconds.
    package var length: Double
    package var model: String
    /// Events, in the order of their starts.
    package var events: [ReportEvent]
    /// Corrupt segments, in seconds from the first frame.
    package var corruption: [MediaInterval]
    package var zones: [Zone] = []
    package var lines: [CountingLine] = []
}

extension ReportRecording {
    /// Makes the events of a recording from its samples.
    ///
    /// - Parameters:
    ///   - entry: row of the manifest; `nil` if there is none.
    ///   - rules: rules of events, and labels, for the model of the samples.
    /// - Throws: ``FileError``.
    package init(
        _ replay: RecordingReplay, entry: RecordingEntry?, rules: RegionRules, labels: [String]
    ) throws(FileError) {
        let header = replay.header
        var collector = ReportEventCollector(start: header.start)
        var last = header.start
        try replay.run([rules], labels: labels, showsOpen: true) { output in
            if case .sample(let record, _) = output { last = record.media }
            collector.take(output)
        }
        let corruption = entry?.corruptSegments?.segments ?? []
        self.init(
            path: header.source, absolutePath: entry?.path,
            first: Timestamp(milliseconds: header.epoch).advanced(by: header.start), start: header.start,
            length: max(entry?.length ?? 0, last - header.start), model: header.model,
            events: collector.events.sorted { ($0.start, $0.id) < ($1.start, $1.id) },
            corruption: corruption.map { MediaInterval(start: $0.start - header.start, end: $0.end - header.start) })
        if case .objects(let settings) = rules { (zones, lines) = (settings.zones, settings.lines) }
    }
}

/// Images of a report, as JPEG: of events by their identifiers, and of the views by the paths of their recordings.
package struct ReportImages: Sendable {
    /// Best frame of each event.
    package var best: [String: [UInt8]] = [:]
    /// Frames of each event from its start to its end, side by side.
    package var strips: [String: [UInt8]] = [:]
    /// A frame of each recording, for heat maps.
    package var views: [String: [UInt8]] = [:]
    /// Recordings whose frames cannot be read.
    package var failures: [(path: String, message: String)] = []

    package init() {}

    /// Number of frames of a strip.
    package static let stripCount = 4
    private static let bestSide = 256
    private static let stripSide = 128
    private static let viewSide = 640
    private static let quantizer = 6

    /// Reads the frames of recordings, several recordings at a time.
    ///
    /// - Parameters:
    ///   - wanted: identifiers of the events that get images.
    ///   - progress: is called with the number of recordings that are done, on any thread.
    package init(
        of recordings: [ReportRecording], wanted: Set<String>, interruption: CancellationToken,
        progress: @escaping @Sendable (Int) -> Void
    ) {
        let all = Mutex((images: ReportImages(), done: 0))
        DispatchQueue.concurrentPerform(iterations: recordings.count) { index in
            guard !interruption.wasCancelled else { return }
            let images = Self.images(of: recordings[index], wanted: wanted, interruption)
            let done = all.withLock { all in
                all.images.add(images)
                all.done += 1
                return all.done
            }
            progress(done)
        }
        self = all.withLock { $0.images }
    }

    private mutating func add(_ other: ReportImages) {
        best.merge(other.best) { $1 }
        strips.merge(other.strips) { $1 }
        views.merge(other.views) { $1 }
        failures += other.failures
    }

    /// Frame that an image needs.
    private struct Want {
        var time: Double
        var event: Int
        /// Place in the strip; `nil` for the best frame.
        var place: Int?
    }

    private static func images(
        of recording: ReportRecording, wanted: Set<String>, _ interruption: CancellationToken
    ) -> ReportImages {
        var images = ReportImages()
        let events = recording.events.filter { wanted.contains($0.id) }
        let wants = events.indices.flatMap { index in
            [Want(time: events[index].best, event: index)]
                + (0..<stripCount).map { place in
                    let share = Double(place) / Double(stripCount - 1)
                    let time = events[index].start + share * (events[index].end - events[index].start)
                    return Want(time: time, event: index, place: place)
                }
        }
        let frames = RecordingFrames(path: recording.absolutePath ?? recording.path, interruption: interruption)
        var strips: [Int: [Int: PixelBuffer]] = [:]
        do {
            for want in wants.sorted(by: { $0.time < $1.time }) {
                guard let frame = try frames.frame(at: recording.start + want.time) else { continue }
                let id = events[want.event].id
                if let place = want.place {
                    strips[want.event, default: [:]][place] = try frame.image(longestSide: stripSide, isEven: true)
                    guard let parts = strips[want.event], parts.count == stripCount else { continue }
                    strips[want.event] = nil
                    images.strips[id] = try ImageEncoder.jpeg(joined(parts), quantizer: quantizer)
                } else {
                    images.best[id] = try ImageEncoder.jpeg(
                        frame.image(longestSide: bestSide, isEven: true), quantizer: quantizer)
                    if images.views.isEmpty, events[want.event].isObject {
                        images.views[recording.path] = try ImageEncoder.jpeg(
                            frame.image(longestSide: viewSide, isEven: true), quantizer: quantizer)
                    }
                }
            }
        } catch {
            images.failures.append((recording.path, "\(error)"))
        }
        return images
    }

    /// Joins images of one size side by side.
    private static func joined(_ parts: [Int: PixelBuffer]) -> PixelBuffer {
        let images = parts.sorted { $0.key < $1.key }.map(\.value)
        let width = images.map(\.width).min() ?? 0
        let height = images.map(\.height).min() ?? 0
        let result = PixelBuffer(width: width * images.count, height: height)
        for (place, image) in images.enumerated() {
            for row in 0..<height {
                let target = result.base + row * result.bytesPerRow + 3 * width * place
                target.update(from: image.base + row * image.bytesPerRow, count: 3 * width)
            }
        }
        return result
    }
}
