import Basics
import Testing

/// What may go to a terminal or to the log.
@Suite(.timeLimit(.minutes(10))) struct PrintableTextTests {
    @Test(arguments: [
        ("tabby cat", "tabby cat"), ("ünï 東京 🎥 👩‍🚒 می‌خواهم", "ünï 東京 🎥 👩‍🚒 می‌خواهم"), ("", ""),
        ("a\u{1B}[2Jb", "a\\u{1b}[2Jb"), ("a\u{7}", "a\\u{7}"), ("a\nb\r\tc", "a\\nb\\r\\tc"), ("\u{7F}", "\\u{7f}"),
        ("\u{9B}31m", "\\u{9b}31m"), ("\u{202E}gpj.exe", "\\u{202e}gpj.exe"),
        ("a\u{2066}b\u{2069}", "a\\u{2066}b\\u{2069}"),
        ("a\u{2028}b\u{2029}", "a\\u{2028}b\\u{2029}"), ("\u{FEFF}a\u{200B}", "\\u{feff}a\\u{200b}"),
        ("\u{E0041}", "\\u{e0041}"),
        ("\u{61C}\u{200E}\u{200F}", "\\u{61c}\\u{200e}\\u{200f}"), ("C:\\new", "C:\\new"), ("\0", "\\u{0}"),
    ])
    func whatATerminalObeysIsWrittenOut(_ text: String, _ shown: String) {
        #expect(printable(text) == shown)
        #expect(printable(shown) == shown, "a text that is printed twice is not changed twice")
    }

    @Test func noControlCharacterIsPrintable() {
        for value in Array(0...0x1F) + [0x7F] + Array(0x80...0x9F) + Array(0x202A...0x202E) + Array(0x2066...0x2069) {
            #expect(Unicode.Scalar(UInt32(value))?.isPrintable == false, "\(value)")
        }
    }
}
