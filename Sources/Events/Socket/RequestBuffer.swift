/// What a reader has sent so far: a request is one line, and not a long one. A value without a clock.
struct RequestBuffer {
    /// What has come of it.
    enum Outcome: Equatable {
        /// Not all of it is there yet.
        case incomplete
        /// The line, without its line feed.
        case line([UInt8])
        case tooLong
        /// There is something behind the line.
        case tooMuch
    }

    /// Bytes of a request.
    static let longestRequest = 16384

    private var bytes: [UInt8] = []
    private var isComplete = false

    /// Whether a line has begun, and not ended.
    var isIncomplete: Bool { !bytes.isEmpty && !isComplete }

    mutating func add(_ more: some Collection<UInt8>) -> Outcome {
        guard !isComplete else { return .tooMuch }
        bytes += more
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
            return bytes.count > Self.longestRequest ? .tooLong : .incomplete
        }
        isComplete = true
        guard end <= Self.longestRequest else { return .tooLong }
        let line = Array(bytes[..<end])
        defer { bytes = [] }
        return end + 1 == bytes.count ? .line(line) : .tooMuch
    }

    /// Nothing more will come: what there is, is the line.
    mutating func end() -> Outcome {
        guard isIncomplete else { return .incomplete }
        return add([UInt8(ascii: "\n")])
    }
}
