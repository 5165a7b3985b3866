import Basics
import Dispatch
import Glibc

/// A file that others read again and again, as node_exporter's textfile collector does: they see the old contents
/// or the new ones, whole.
public struct TextFile: Equatable, Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    /// What went wrong.
    public struct Failure: Error, Equatable, CustomStringConvertible {
        public let path: String
        /// What the system said.
        public let number: Int32

        public var description: String { "\(path): cannot write: \(systemPhrase(number))" }
    }

    /// Puts new contents in the place of the old ones.
    ///
    /// - Throws: ``Failure``. The old contents are still there then.
    public func replace(with text: String) throws(Failure) {
        // It does not end in `.prom`, so no collector takes it.
        let partial = path + ".partial"
        do throws(Failure) {
            try write(text, to: partial)
            guard rename(partial, path) == 0 else { throw Failure(path: path, number: errno) }
        } catch {
            unlink(partial)
            throw error
        }
    }

    private func write(_ text: String, to partial: String) throws(Failure) {
        let file = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else { throw Failure(path: path, number: errno) }
        defer { close(file) }
        // Whoever collects it is somebody else, whatever mask this program was started with.
        fchmod(file, 0o644)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw Failure(path: path, number: written < 0 ? errno : EIO) }
            rest = rest.dropFirst(written)
        }
    }
}

/// Writes a file anew in each interval.
public final class TextFileWriter {
    private let timer: any DispatchSourceTimer
    private let queue = DispatchQueue(label: "text file", qos: .utility)

    /// - Parameters:
    ///   - interval: in seconds.
    ///   - text: what the file is to hold.
    ///   - complain: is given each failure.
    public init(
        _ file: TextFile, interval: Double, text: @escaping @Sendable () -> String,
        complain: @escaping @Sendable (TextFile.Failure) -> Void
    ) {
        timer = DispatchSource.makeTimerSource(queue: queue)
        timer.setEventHandler {
            do throws(TextFile.Failure) { try file.replace(with: text()) } catch { complain(error) }
        }
        timer.schedule(deadline: .now(), repeating: interval, leeway: .milliseconds(100))
        timer.activate()
    }

    /// When it returns, nothing is written any more.
    public func stop() {
        timer.cancel()
        queue.sync {}
    }

    deinit { timer.cancel() }
}
