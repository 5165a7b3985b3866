import Basics
import Testing

/// Nothing secret is left in a message, wherever in it an address stands and however it is written.
@Suite(.timeLimit(.minutes(10))) struct RedactionTests {
    @Test(arguments: [
        ("failed: rtsp://admin:hunter2@camera.local:554/live", "failed: rtsp://camera.local:554/…"),
        ("RTSP://admin:hunter2@camera/x twice HtTp://u:hunter2@b", "rtsp://camera/… twice http://b"),
        (
            "Opening 'https://cdn.example/seg-1.ts?token=hunter2&x=1' for reading",
            "Opening 'https://cdn.example/…' for reading"
        ),
        ("(http://camera/user=admin_password=hunter2_channel=1)", "(http://camera/…)"),
        ("rtmp://a.example/live/hunter2-key: gone", "rtmp://a.example/…: gone"),
        ("https://camera?hunter2", "https://camera?…"),
        ("https://camera/#hunter2.", "https://camera/#…."),
        ("rtsp://admin:hunter2", "rtsp://…"),
        ("rtsp://admin:hun/ter2@camera/live", "rtsp://camera/…"),
        ("rtsp://admin:hunter2@[fe80::1]:554/live", "rtsp://[fe80::1]:554/…"),
        ("rtsp%3A%2F%2Fadmin%3Ahunter2%40camera refused", "rtsp:… refused"),
        ("seg-1.ts?token=hunter2 is missing", "seg-1.ts?… is missing"),
        ("login admin:hunter2@camera", "login …@camera"),
        ("Password=hunter2 is wrong", "Password=… is wrong"),
        ("Authorization: Basic aHVudGVyMg==", "Authorization: …"),
        ("one\nrtsp://a:hunter2@b/c\nPWD=hunter2", "one\nrtsp://b/…\nPWD=…"),
        ("method DESCRIBE failed: 404 no hunter2 here", "method DESCRIBE failed: 404"),
        ("Not found (method DESCRIBE failed: 404 hunter2)", "Not found (method DESCRIBE failed: 404)"),
    ])
    func secretsAreTakenOut(_ text: String, _ cleaned: String) {
        #expect(Redaction.clean(text) == cleaned)
        #expect(
            !Redaction.clean(text, keepsPaths: true).contains("hunter2") || text.contains("live/hunter2")
                || text.contains("user=admin"))
    }

    @Test(arguments: [
        "no answer, or no video, for 10 s",
        "\"leave\" (0.5) is above \"enter\" (0.4): a label would end while it begins",
        "a: there are two sources of this name; write NAME=ADDRESS to tell them apart",
        "50 % of 3×4 <b> `c` 'd' e.g. f; \"?\"",
        "rtsp://camera.local", "rtsp://camera.local:554#3f9a: no answer", "tcp://127.0.0.1:8554", "", "\n\n",
        "mail to a@b.example", "/var/lib/a=b/c?d",
    ])
    func whatIsNoSecretStays(_ text: String) {
        #expect(Redaction.clean(text) == text)
        #expect(Redaction.clean(text, keepsPaths: true) == text)
    }

    @Test func pathsCanStay() {
        #expect(
            Redaction.clean("https://u:p@mirror/models/a.pth?x=1: 404", keepsPaths: true)
                == "https://mirror/models/a.pth?…: 404")
    }

    /// Whatever stands around a password, before it and behind it.
    @Test func randomTextAroundAnAddressDoesNotLetItThrough() {
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            " ", "\n", "(", ")", "'", "\"", "://", "@", ":", "/", "?", "=", "&", "%3A%2F%2F", "a", "é", "…", "\u{0}",
            "key=",
        ]
        for _ in 0..<3000 {
            let noise = (0..<6).map { _ in pieces.randomElement(using: &generator) ?? "" }
            let text = noise.prefix(3).joined() + "rtsp://admin:hunter2@camera/p" + noise.suffix(3).joined()
            #expect(!Redaction.clean(text).contains("hunter2"), "\(text)")
        }
    }
}
