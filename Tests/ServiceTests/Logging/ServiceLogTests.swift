import Basics
import Glibc
import Logging
import TestSupport
import Testing

@testable import Service

/// What stands in the journal, or on standard error.
@Suite(.timeLimit(.minutes(10))) struct ServiceLogTests {
    @Test(arguments: [
        (Logger.Level.trace, "<7>"), (.debug, "<7>"), (.info, "<6>"), (.notice, "<5>"), (.warning, "<4>"),
        (.error, "<3>"), (.critical, "<2>"),
    ])
    func theJournalGetsPriorities(level: Logger.Level, prefix: String) {
        #expect(LogLine.text("lost", level: level, source: "door", journal: true) == prefix + "door: lost\n")
        #expect(LogLine.text("lost", level: level, source: nil, journal: false) == "lookout: lost\n")
    }

    @Test func aMessageIsALine() {
        let text = LogLine.text("a\n<0>b\u{1B}[2J\u{2028}c", level: .info, source: "x\ny", journal: true)
        #expect(text == "<6>x\\ny: a\\n<0>b\\u{1b}[2J\\u{2028}c\n")
    }

    @Test func loggersSayWhoItIsAbout() {
        let (log, lines) = Self.log()
        let logger = log.logger()
        logger.warning("no frame for 5 s", metadata: ["source": "door", "attempt": "3"])
        logger.info("ready")
        logger.debug("nobody wants to know")
        #expect(lines.withLock { $0 } == ["<4>door: no frame for 5 s (attempt=3)\n", "<6>ready\n"])
    }

    @Test func onlyWhatIsAboutASourceIsHeldBack() {
        let (log, lines) = Self.log()
        let logger = log.logger()
        for _ in 0..<5 {
            logger.error("wrong password", metadata: ["source": "door"])
            logger.notice("reloaded")
        }
        log.flush()
        #expect(lines.withLock { $0.filter { $0.contains("reloaded") }.count } == 5)
        #expect(
            lines.withLock { $0.filter { $0.contains("door") } } == [
                "<3>door: wrong password\n", "<3>door: wrong password (4 more in the last 60 s)\n",
            ])
    }

    @Test func summariesComeByThemselves() {
        let (log, lines) = Self.log(FloodControl(interval: 0.2))
        for _ in 0..<3 { log.add("lost", level: .warning, source: "door") }
        #expect(TestTimeout.wait { lines.withLock { $0.count } == 2 })
    }

    @Test(arguments: ["", "5", "5:", ":7", "5:7:9", "-1:7", "a:b", "5:7 "])
    func whatIsNoStreamIsNone(text: String) { #expect(JournalStream(text) == nil) }

    @Test func standardErrorIsTheJournalOnlyIfItIs() throws {
        let own = try #require(JournalStream(descriptor: STDERR_FILENO))
        let cases = [("\(own.device):\(own.inode)", true), ("\(own.device):\(own.inode + 1)", false), ("", false)]
        for (text, isJournal) in cases {
            #expect(
                JournalStream.isStandardError(variable: { $0 == "JOURNAL_STREAM" ? text : nil }) == isJournal, "\(text)"
            )
        }
        #expect(!JournalStream.isStandardError(variable: { _ in nil }))
    }

    private static func log(_ flood: FloodControl = FloodControl()) -> (ServiceLog, Mutex<[String]>) {
        let lines = Mutex<[String]>([])
        return (ServiceLog(isJournal: true, flood: flood) { line in lines.withLock { $0.append(line) } }, lines)
    }
}
