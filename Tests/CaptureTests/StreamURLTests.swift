import Testing

@testable import Capture

/// Addresses with secrets in them: no way of printing them gives the secrets away.
@Suite(.timeLimit(.minutes(10))) struct StreamURLTests {
    static let secretive = [
        "rtsp://admin:hunter2@camera.local:554/stream1",
        "rtsp://admin:hunter2@[fe80::1]:554/stream1",
        "http://camera/video.mjpg?user=admin&password=hunter2",
        "http://admin:hunter2@camera/video.mjpg?token=hunter2",
        "rtsp://admin:hunter%32@camera/live#hunter2",
        "srt://host:9000?passphrase=hunter2",
    ]

    @Test(arguments: secretive)
    func noPrintingShowsSecrets(_ text: String) throws {
        let url = try StreamURL(text)
        var dumped = ""
        dump(url, to: &dumped)
        var dumpedAddress = ""
        dump(SourceAddress.stream(url), to: &dumpedAddress)
        for shown in ["\(url)", String(reflecting: url), String(describing: Optional(url)), dumped, dumpedAddress] {
            for secret in ["hunter2", "hunter%32", "admin"] { #expect(!shown.contains(secret), "\(shown)") }
        }
        #expect(url.exposed == text)
    }

    @Test(arguments: secretive)
    func messagesThatRepeatTheAddressAreMended(_ text: String) throws {
        let url = try StreamURL(text)
        for message in ["Unable to open \(text)", "401 for admin:hunter2@camera", "hunter2 is wrong"] {
            let shown = url.redact(message)
            if text.contains("hunter2") { #expect(!shown.contains("hunter2"), "\(shown)") }
        }
    }

    @Test func whatIsShownIsEnoughToKnowItBy() throws {
        let cases = [
            ("rtsp://admin:hunter2@camera.local:554/stream1", "rtsp://camera.local:554#d0e0"),
            ("rtsp://camera.local:554/stream2", "rtsp://camera.local:554#4b66"),
            ("http://camera/video.mjpg?a=b", "http://camera#5224"),
            ("rtsp://camera/user=admin_password=hunter2_channel=1", "rtsp://camera#3946"),
            ("RTSP://camera", "rtsp://camera"),
        ]
        for (text, shown) in cases { #expect("\(try StreamURL(text))" == shown) }
    }

    @Test func addressesThatCannotBeReadAreRefusedWithoutRepeatingThem() {
        let cases: [(String, AddressError)] = [
            ("rtsp://admin:pa/ss@camera/live", .unreadableHost),
            ("http://admin:12/34@camera/live", .unreadableHost),
            ("http://user:p@ss/word@camera/live", .unreadableHost),
            ("rtsp://", .unreadableHost),
            ("rtsp:///path", .unreadableHost),
            ("gopher://camera/", .unknownScheme("gopher")),
            ("concat://camera", .unknownScheme("concat")),
        ]
        for (text, error) in cases {
            #expect(throws: error, "\(text)") { try StreamURL(text) }
            #expect(!"\(error)".contains("34"))
        }
    }

    @Test func credentialsComeFromAFileAndAreEncoded() throws {
        let url = try StreamURL("rtsp://camera/live")
        let credentials = try #require(Credentials("admin:p@ss/w:rd ü\n"))
        #expect(url.with(credentials).exposed == "rtsp://admin:p%40ss%2Fw%3Ard%20%C3%BC@camera/live")
        #expect("\(url.with(credentials))" == "rtsp://camera#b82f")
        var dumped = ""
        dump(credentials, to: &dumped)
        #expect(!dumped.contains("p@ss"))
        #expect(
            url.with(credentials).redact("bad password p@ss/w:rd ü, p%40ss%2Fw%3Ard%20%C3%BC") == "bad password …, …")
        for text in ["", "nobody", ":nothing"] { #expect(Credentials(text) == nil) }
    }

    @Test func sourcesAreFilesOrStreams() throws {
        #expect(try SourceAddress("a.mp4") == .file(path: "a.mp4", loops: false))
        #expect(try SourceAddress("file:a b.mp4") == .file(path: "a b.mp4", loops: false))
        #expect(try SourceAddress("file:/x/a.mp4?loop") == .file(path: "/x/a.mp4", loops: true))
        #expect(try SourceAddress("rtsp://camera/x") == .stream(try StreamURL("rtsp://camera/x")))
        #expect(try SourceAddress("/dev/video0") == .camera(path: "/dev/video0"))
        #expect(try SourceAddress("/dev/v4l/by-id/usb-Cam-0") == .camera(path: "/dev/v4l/by-id/usb-Cam-0"))
        #expect(throws: AddressError.empty) { try SourceAddress("") }
    }
}
