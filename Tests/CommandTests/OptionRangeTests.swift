import Glibc
import Testing

/// Options whose values are out of range: the message says what would be right.
@Suite(.timeLimit(.minutes(20))) struct OptionRangeTests {
    private static let negative: [(String, String, String)] = [
        ("--frozen-after", "-3", "--frozen-after is a number of seconds from 0 to 86400, not -3.0."),
        ("--grace", "-1", "--grace is a number of seconds from 0 to 3600, not -1.0."),
        ("--retry", "-2", "--retry is a number of seconds from 0.01 to 3600, not -2.0."),
        ("--longest-retry", "-2", "--longest-retry is a number of seconds from 0.01 to 3600, not -2.0."),
        ("--connect-timeout", "-1", "--connect-timeout is a number of seconds from 0.1 to 3600, not -1.0."),
        ("--read-timeout", "-1", "--read-timeout is a number of seconds from 0.1 to 3600, not -1.0."),
        ("--video-stream", "-1", "--video-stream is a number from 0 to 1000, not -1."),
        ("--workers", "-1", "--workers is a number from 1 to 256."),
        ("--enter", "-1", "enter must be a score above 0, up to 1, not -1.0"),
        ("--leave", "-1", "leave must be a score from 0 to 1, not -1.0"),
        ("--hold", "-1", "hold must be from 0 to 86400 seconds, not -1.0"),
        ("--clear-after", "-1", "clear_after must be from 0 to 86400 seconds, not -1.0"),
        ("--update", "-1", "update must be above 0, up to 86400 seconds, not -1.0"),
        ("--fps", "-1", "'-1' is invalid for '--fps <fps>'"),
    ]

    /// What stands behind a minus sign is a value, and not another option.
    @Test(arguments: negative)
    func watchSaysWhatWouldBeRight(_ option: String, _ value: String, _ complaint: String) throws {
        try expect(["watch", option, value, "rtsp://127.0.0.1:1/x"], complaint)
    }

    private static let others: [([String], String)] = [
        (["analyze", "--from", "-1", "a.mp4"], "'-1' is invalid for '--from <from>'"),
        (["analyze", "--to", "-1", "a.mp4"], "'-1' is invalid for '--to <to>'"),
        (["analyze", "--start", "-1", "a.mp4"], "'-1' is invalid for '--start <start>': a time is written as"),
        (["classify", "--top", "-1", "a.png"], "--top is a number of labels above 0."),
        (["tail", "-n", "-5"], "-n is a number from 0 to 1000000."),
        (["tail", "--since", "-5"], "'-5' is invalid for '--since <since>': it is a sequence number"),
        (["model", "info", "--width", "-1", "mobilenet-v2-0.35"], "--width is a number above 0."),
        (
            ["model", "info", "--resolution", "-1", "mobilenet-v2-0.35"],
            "--resolution is a number of pixels from 32 to 1024."
        ),
        (["model", "info", "--classes", "-1", "mobilenet-v2-0.35"], "--classes is a number from 1 to 1000000."),
        (["model", "import", "--resolution", "-1", "a.pth"], "--resolution is a number of pixels from 32 to 1024."),
        (["model", "evaluate", "--workers", "-1", "a"], "--workers is a number from 1 to 256."),
        (["model", "quantize", "--calibrate", "a", "--images", "-1", "b"], "--images is a number from 1 to 10000."),
        (
            ["model", "quantize", "--calibrate", "a", "--percentile", "-1", "b"],
            "--percentile is a number from 50 to 100."
        ),
    ]

    /// These are looked at when the model has been read.
    private static let ofSources: [(String, String, String)] = [
        ("--heartbeat", "-4", "the heartbeat is a number of seconds above 0, up to 86400, not -4.0"),
        ("--motion-sensitivity", "-1", "not -1.0"), ("--motion-area", "-1", "not -1.0"),
        ("--camera-rate", "-1", "--camera-rate: \"-1\" is not a number above 0, up to 1000"),
        ("--camera-size", "-1", "--camera-size: \"-1\" is not a size like 640x480"),
        ("--motion-mask", "-1,0,0,0,0,1", "the corners of a mask are numbers from 0 to 1, not (-1.0, 0.0)"),
        ("--region", "a=-1,0,1,1", "--region"),
    ]

    @Test(.enabled(if: Lookout.hasModel, Lookout.noModel), arguments: ofSources)
    func whatBelongsToASourceSaysWhatWouldBeRight(_ option: String, _ value: String, _ complaint: String) throws {
        try expect(["watch", "--model", Lookout.model, option, value, "rtsp://127.0.0.1:1/x"], complaint)
    }

    @Test(arguments: others)
    func othersSayWhatWouldBeRight(_ arguments: [String], _ complaint: String) throws {
        try expect(arguments, complaint)
    }

    @Test(arguments: ["0x0", "15x100", "100x15", "16385x100", "100x16385", "big", "1920x"])
    func framesAreNeitherTooSmallNorTooLarge(_ size: String) throws {
        try expect(
            ["watch", "--max-frame-size", size, "rtsp://127.0.0.1:1/x"],
            "--max-frame-size is a size like 4096x2304, from 16x16 to 16384x16384, not \(size).")
    }

    private static let pin = String(repeating: "a1", count: 32)
    private static let pinForm =
        "--tls-fingerprint is 64 hexadecimal digits, after the name of a source and a colon if it is for one source."
    private static let oneOfThree = "--tls-ca, --tls-fingerprint and --no-tls-verify exclude each other."

    private static let proofs: [([String], String)] = [
        (["--tls-fingerprint", String(pin.dropLast())], pinForm),
        (["--tls-fingerprint", "x" + pin.dropFirst()], pinForm), (["--tls-fingerprint", "back:" + pin], pinForm),
        (["--tls-fingerprint", "front:" + pin.dropLast()], pinForm), (["--tls-fingerprint", ""], pinForm),
        (["--tls-ca", "/nowhere/ca.pem", "--no-tls-verify"], oneOfThree),
        (["--tls-ca", "/nowhere/ca.pem", "--tls-fingerprint", pin], oneOfThree),
        (["--tls-fingerprint", pin, "--no-tls-verify"], oneOfThree),
    ]

    @Test(.enabled(if: Lookout.hasModel, Lookout.noModel), arguments: proofs)
    func thereIsOneProofOfWhoAServerIs(_ options: [String], _ complaint: String) throws {
        try expect(["watch"] + options + ["front=rtsps://127.0.0.1:1/x"], complaint)
    }

    private func expect(_ arguments: [String], _ complaint: String) throws {
        let outcome = try Lookout.run(Lookout.path, arguments, environment: ["LOOKOUT_MODELS": Self.models])
        #expect(outcome.status == EX_USAGE, "\(arguments): \(outcome.errors)")
        #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
        #expect(!outcome.errors.contains("Missing value"), "\(outcome.errors)")
    }

    private static let models = Lookout.checkout.appendingPathComponent("Models").path
}
