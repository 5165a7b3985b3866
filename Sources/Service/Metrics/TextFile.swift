import Basics
import Dispatch
import SystemPackage

/// A file that others read again and again, as node_exporter's textfile collector does: they see the old contents
/// or the new ones, whole.
package struct TextFile: Equatable, Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// What went wrong.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        package let path: String
        /// What the system said.
        package let number: Int32

        package var description: String { "\(path): cannot write: \(systemPhrase(number))" }
    }

    /// Puts new contents in the place of the old ones. Every user may read them, whatever the umask: whoever collects
    /// them is somebody else. The temporary file does not end in `.prom`, so no collector takes it.
    ///
    /// - Throws: ``Failure``. The old contents are still there then.
    package func replace(with text: String) throws(Failure) {
        do throws(Errno) {
            try AtomicFile(path: path).replace(with: [Array(text.utf8)], permissions: .exactly(0o644), isDurable: false)
        } catch {
            throw Failure(path: path, number: error.rawValue)
        }
    }
}

/// Writes a file anew in each interval.
package final class TextFileWriter {
    private let timer: any DispatchSourceTimer
    private let queue = DispatchQueue(label: "text file", qos: .utility)

    /// - Parameters:
    ///   - interval: in seconds.
    ///   - text: what the file is to hold.
    ///   - complain: is given each failure.
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

    /// When it returns, nothing is written any more, unless a write hangs.
    package func stop() {
        timer.cancel()
        let idle = DispatchGroup()
        queue.async(group: idle) {}
        _ = idle.wait(timeout: .now() + 1)
    }

    deinit { timer.cancel() }
}
