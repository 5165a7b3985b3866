import CFFmpeg
import Glibc
import Synchronization

/// What FFmpeg's libraries say while they work.
///
/// They write to standard error unless told otherwise. Nothing of that is for our users as it is; but
/// when something fails, the last complaint often says why ("moov atom not found").
enum AVLog {
    /// The last complaint of each thread that listens.
    private static let complaints = Mutex<[pthread_t: String?]>([:])

    /// Routes the libraries' messages here. Does nothing the second time.
    static func install() { _ = installed }

    private static let installed: Void = av_log_set_callback { context, level, format, arguments in
        guard level <= AV_LOG_ERROR, let format, let arguments else { return }
        AVLog.receive(context, level, format, arguments)
    }

    /// Calls `body` and says what the libraries complained of on this thread meanwhile, last.
    static func listening<T>(_ body: () throws -> T) rethrows -> (result: T, complaint: String?) {
        install()
        let thread = pthread_self()
        complaints.withLock { $0[thread] = .some(nil) }
        defer { complaints.withLock { _ = $0.removeValue(forKey: thread) } }
        let result = try body()
        return (result, complaints.withLock { $0[thread] ?? nil })
    }

    private static func receive(
        _ context: UnsafeMutableRawPointer?, _ level: Int32, _ format: UnsafePointer<CChar>, _ arguments: CVaListPointer
    ) {
        let thread = pthread_self()
        guard complaints.withLock({ $0.keys.contains(thread) }) else { return }
        let line = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer -> String in
            var printsPrefix: Int32 = 0  // the prefix is an address
            av_log_format_line2(context, level, format, arguments, buffer.baseAddress, 512, &printsPrefix)
            return buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
        let text = line.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        guard !text.isEmpty else { return }
        complaints.withLock { $0[thread] = .some(text) }
    }
}
