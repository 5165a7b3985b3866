import Basics
import Dispatch
import SystemPackage

/// File that is replaced atomically, for readers such as node_exporter's textfile collector.
package struct TextFile: Equatable, Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// Reason why the file could not be written.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        package let path: String
        /// `errno`.
        package let number: Int32

        package var description: String { "\(path): cannot write: \(systemPhrase(number))" }
    }

    /// Replaces the contents. Every user may read them, whatever the umask, because the collector is another user. The
    /// temporary file does not end in `.prom`, so that no collector reads it.
    ///
    /// - Throws: ``Failure``. The old contents then stay.
    package func replace(with text: String) throws(Failure) {
        do throws(Errno) {
            try AtomicFile(path: path).replace(with: [Array(text.utf8)], permissions: .exactly(0o644), isDurable: false)
        } catch {
            throw Failure(path: path, number: error.rawValue)
        }
    }
}

/// Timer that replaces a text file at an interval.
package final class TextFileWriter {
    private let timer: any DispatchSourceTimer
    private let queue = DispatchQueue(label: "text file", qos: .utility)

    /// - Parameters:
    ///   - interval: in seconds.
    ///   - text: returns the contents of the file.
    ///   - complain: receives each failure.
    package init(
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

    /// Stops the timer, and waits up to a second for a write in progress.
    package func stop() {
        timer.cancel()
        let idle = DispatchGroup()
        queue.async(group: idle) {}
        _ = idle.wait(timeout: .now() + 1)
    }

    deinit { timer.cancel() }
}
