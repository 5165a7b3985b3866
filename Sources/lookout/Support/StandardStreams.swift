import Glibc

/// Standard input, output and error, as they are when the program starts.
enum StandardStreams {
    /// Makes sure that the three are taken, and that a reader who goes away does not end the program.
    static func prepare() {
        // Whoever starts us may have closed one. The next file that is opened would get its number, and lines
        // that are meant for people would go into it. Opened the wrong way round, using it is an error, as it
        // would have been.
        for stream in STDIN_FILENO...STDERR_FILENO where fcntl(stream, F_GETFD) == -1 {
            _ = open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
        // Then writing fails instead, and every sink knows what to do.
        signal(SIGPIPE, SIG_IGN)
    }
}
