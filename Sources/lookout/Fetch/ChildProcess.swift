import Glibc

/// Runs a program of the system without a shell, and waits for it.
///
/// The program is in the same process group, so a signal from the keyboard reaches it as well.
enum ChildProcess {
    /// Result of the program.
    struct Outcome {
        /// Exit status; after a signal, 128 plus its number.
        var status: Int32
        /// Standard output of the program.
        var output: String
    }

    /// Status of a program that is not installed, as in shells.
    static let notFound: Int32 = 127

    /// Runs a program. Blocks until it ends.
    ///
    /// - Parameters:
    ///   - arguments: name of the program, which is searched in PATH, and its arguments.
    ///   - isQuiet: whether its standard error is discarded.
    ///   - largestFile: size in bytes of the largest file that it may write; a larger one ends it with SIGXFSZ.
    static func run(_ arguments: [String], isQuiet: Bool, largestFile: Int? = nil) -> Outcome {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return Outcome(status: notFound, output: "") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let process = limitingFiles(to: largestFile) { start(arguments, output: ends[1], isQuiet: isQuiet) }
        close(ends[1])
        guard let process else { return Outcome(status: notFound, output: "") }
        let output = readAll(ends[0])
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return Outcome(status: signal == 0 ? status >> 8 & 0xff : 128 + signal, output: output)
    }

    /// Sets the limit while the program starts, which inherits it. This process writes no file meanwhile.
    private static func limitingFiles(to size: Int?, _ start: () -> pid_t?) -> pid_t? {
        var old = rlimit()
        guard let size, getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &old) == 0 else { return start() }
        var new = old
        new.rlim_cur = min(rlim_t(size), old.rlim_max)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &new)
        defer { setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &old) }
        return start()
    }

    private static func start(_ arguments: [String], output: Int32, isQuiet: Bool) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        if isQuiet { posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that are ignored here, because Dispatch handles them, end the program.
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        guard let program = words[0] else { return nil }
        return posix_spawnp(&process, program, &actions, &attributes, &words, environ) == 0 ? process : nil
    }

    private static func readAll(_ descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }
}
