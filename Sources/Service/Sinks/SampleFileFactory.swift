import Basics
import Events
import SystemPackage

/// Factory of the file of samples. Its settings are its path.
struct SampleFileFactory: SinkFactory {
    let name = "samples"
    let content = SinkContent.samples
    var settings: WritableKeyPath<EventOutputs, String?> & Sendable { \.samples }

    /// Seconds that opening the file may take.
    private static let longestOpening = 3.0
    /// Seconds for which a new file waits for the lines of the previous one.
    private static let longestFlush = 1.0

    func read(_ section: Section) -> String? {
        var path: String?
        section.read(Keys.Outputs.samples, into: &path)
        return path
    }

    func path(_ settings: String) -> (key: String, path: String)? { ("events.samples", settings) }

    func prepare(_ path: String, _ context: SinkContext, replacing old: LiveLineSink?) throws -> PreparedSink {
        let sink = try Self.open(path)
        return PreparedSink { _, _ in
            old?.flush(seconds: Self.longestFlush)
            return sink
        }
    }

    /// Replaces the sink, so that a file that hangs holds up no further line.
    func reopen(_ sink: LiveLineSink, _ path: String) throws -> LiveLineSink {
        let reopened = try Self.open(path)
        sink.flush(seconds: Self.longestFlush)
        return reopened
    }

    /// - Throws: ``LineSink/Failure``, also after a timeout, as for a pipe without a reader.
    private static func open(_ path: String) throws -> LiveLineSink {
        let opened = withDeadline(longestOpening) { () -> Result<LineSink, LineSink.Failure> in
            do throws(LineSink.Failure) { return .success(try .file(path)) } catch { return .failure(error) }
        }
        guard let opened else { throw LineSink.Failure(opening: path, error: .timedOut) }
        return LiveLineSink(try opened.get(), now: EventClock.system.wallClock)
    }
}
