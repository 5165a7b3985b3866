import Basics
import Events
import TestSupport
import Testing

@testable import Archive

/// Exports are what other programs read.
struct EventExportTests {
    private static func event(_ label: String, _ start: Double, _ end: Double, peak: Double = 0.876) -> ReportEvent {
        ReportEvent(
            id: "01", label: label, group: nil, isObject: true, start: start, end: end, peak: peak, best: start,
            zones: ["porch", "gate"])
    }

    private static func recording(_ events: [ReportEvent]) -> ReportRecording {
        ReportRecording(
            path: "a, b.mp4", first: Timestamp(milliseconds: 1_700_000_000_000), start: 0, length: 100, model: "m",
            events: events, corruption: [])
    }

    @Test func tablesHaveALineForEachEvent() {
        let lines = EventExport.csv([Self.recording([Self.event("a \"b\"", 1.5, 3)])]).split(separator: "\r\n")
        #expect(lines.count == 2)
        #expect(
            lines.last
                == "\"a, b.mp4\",01,\"a \"\"b\"\"\",,2023-11-14T22:13:21.500Z,1.5,3,1.5,0.876,porch;gate,,")
    }

    @Test func subtitlesShowEverythingThatIsThere() {
        let text = EventExport.srt(Self.recording([Self.event("car", 1, 4), Self.event("person", 3, 3661.5)]))
        #expect(
            text == """
                1
                00:00:01,000 --> 00:00:03,000
                car 88 %

                2
                00:00:03,000 --> 00:00:04,000
                car 88 %
                person 88 %

                3
                00:00:04,000 --> 01:01:01,500
                person 88 %


                """)
    }

    @Test func webSubtitlesEscapeTheirText() {
        let text = EventExport.vtt(Self.recording([Self.event("a<b>&c", 0, 2)]))
        #expect(text == "WEBVTT\n\n00:00:00.000 --> 00:00:02.000\na&lt;b&gt;&amp;c 88 %\n\n")
    }

    @Test func chaptersAreInMilliseconds() {
        let text = EventExport.chapters(Self.recording([Self.event("a=b;c", 1, 1)]))
        #expect(text == ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=1001\ntitle=a\\=b\\;c 88 %\n")
    }

    /// A label may be anything: nothing of it becomes a part of the page.
    @Test func pagesEscapeTheirData() throws {
        let page = ReportPage(
            title: "<script>alert(1)</script>", recordings: [Self.recording([Self.event("</script><b>", 1, 2)])],
            images: ReportImages())
        let html = String(decoding: try page.html, as: UTF8.self)
        #expect(!html.contains("</script><b>"))
        #expect(!html.contains("<script>alert"))
        #expect(html.contains("default-src 'none'"))
        #expect(!html.contains("{{"))
    }
}
