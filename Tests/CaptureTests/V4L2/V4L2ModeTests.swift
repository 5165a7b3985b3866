import Testing

@testable import Capture

/// What a camera is set to. Cameras are written down as their formats with sizes and rates.
@Suite(.timeLimit(.minutes(10))) struct V4L2ModeTests {
    /// A webcam of 2012: raw frames are slow when they are large.
    static let webcam = V4L2Offer(
        formats: [
            format("YUYV", [(160, 120, [30]), (320, 240, [30, 15]), (640, 480, [30, 15, 5]), (1280, 720, [10, 5])]),
            format("MJPG", [(320, 240, [30]), (640, 480, [60, 30]), (1280, 720, [30, 60]), (1920, 1080, [30])]),
            format("H264", [(640, 480, [30]), (1920, 1080, [30])]),
        ], current: PixelSize(640, 480))

    static func format(_ code: FourCC, _ sizes: [(Int, Int, [UInt32])], emulated: Bool = false) -> V4L2Format {
        V4L2Format(
            code: code, name: "", isEmulated: emulated,
            sizes: sizes.map { size in
                V4L2Sizes(PixelSize(size.0, size.1), rates: .listed(size.2.map { FrameInterval(1, $0) }))
            })
    }

    struct Case: CustomStringConvertible, Sendable {
        var description: String
        var request: V4L2Request
        var offer = webcam
        var mode: String
    }

    static func request(
        _ format: FourCC? = nil, _ size: PixelSize? = nil, rate: Double? = nil, input: Int = 224, sampling: Double? = 5
    ) -> V4L2Request {
        V4L2Request(format: format, size: size, rate: rate, input: PixelSize(input, input), samplingRate: sampling)
    }

    static func range(_ code: FourCC, _ steps: PixelSize, rates: V4L2Rates) -> V4L2Offer {
        let sizes = V4L2Sizes(smallest: PixelSize(320, 180), largest: PixelSize(1920, 1080), step: steps, rates: rates)
        return V4L2Offer(formats: [V4L2Format(code: code, name: "", sizes: [sizes])], current: PixelSize(640, 480))
    }

    static let anyRate = V4L2Rates.range(slowest: FrameInterval(1, 1), fastest: FrameInterval(1, 60))

    static let cases = [
        Case(description: "the cheapest that serves", request: request(), mode: "YUYV 320x240 at 15 frames a second"),
        Case(description: "a larger model", request: request(input: 300), mode: "YUYV 640x480 at 5 frames a second"),
        Case(
            description: "compressed if raw is too slow", request: request(input: 600, sampling: 15),
            mode: "MJPG 1280x720 at 30 frames a second"),
        Case(
            description: "compressed if raw is too small", request: request(input: 800),
            mode: "MJPG 1920x1080 at 30 frames a second"),
        Case(
            description: "the largest if none covers the model's input", request: request(input: 2000),
            mode: "MJPG 1920x1080 at 30 frames a second"),
        Case(
            description: "a larger size if only that is fast enough", request: request(),
            offer: V4L2Offer(
                formats: [format("YUYV", [(320, 240, [2])]), format("MJPG", [(640, 480, [30])])],
                current: PixelSize(1, 1)),
            mode: "MJPG 640x480 at 30 frames a second"),
        Case(description: "all frames", request: request(sampling: nil), mode: "YUYV 320x240 at 30 frames a second"),
        Case(
            description: "all frames where compressed ones are faster",
            request: request(nil, PixelSize(640, 480), sampling: nil),
            mode: "MJPG 640x480 at 60 frames a second"),
        Case(
            description: "faster than any", request: request(sampling: 100), mode: "YUYV 320x240 at 30 frames a second"),
        Case(description: "a format", request: request("MJPG"), mode: "MJPG 320x240 at 30 frames a second"),
        Case(description: "H.264", request: request("H264"), mode: "H264 640x480 at 30 frames a second"),
        Case(
            description: "a size", request: request(nil, PixelSize(1280, 720)),
            mode: "YUYV 1280x720 at 5 frames a second"),
        Case(
            description: "a size smaller than the model's input", request: request(nil, PixelSize(160, 120)),
            mode: "YUYV 160x120 at 30 frames a second"),
        Case(description: "a rate", request: request(rate: 20), mode: "YUYV 320x240 at 30 frames a second"),
        Case(
            description: "format, size and rate", request: request("MJPG", PixelSize(1280, 720), rate: 60),
            mode: "MJPG 1280x720 at 60 frames a second"),
        Case(
            description: "stepwise sizes", request: request(), offer: range("NV12", PixelSize(16, 4), rates: anyRate),
            mode: "NV12 320x224 at 5 frames a second"),
        Case(
            description: "stepwise sizes, a large model", request: request(input: 455),
            offer: range("NV12", PixelSize(16, 4), rates: anyRate), mode: "NV12 464x456 at 5 frames a second"),
        Case(
            description: "stepwise sizes whose last step is not whole", request: request(input: 4000),
            offer: range("NV12", PixelSize(100, 100), rates: anyRate), mode: "NV12 1920x1080 at 5 frames a second"),
        Case(
            description: "continuous sizes", request: request(nil, PixelSize(641, 361)),
            offer: range("NV12", PixelSize(1, 1), rates: anyRate), mode: "NV12 641x361 at 5 frames a second"),
        Case(
            description: "a range of rates, slower than the slowest", request: request(sampling: 0.2),
            offer: range("NV12", PixelSize(1, 1), rates: anyRate), mode: "NV12 320x224 at 1 frames a second"),
        Case(
            description: "a range of rates, all frames", request: request(sampling: nil),
            offer: range("NV12", PixelSize(1, 1), rates: anyRate), mode: "NV12 320x224 at 60 frames a second"),
        Case(
            description: "fewer bits of two raw formats", request: request(),
            offer: V4L2Offer(
                formats: [
                    format("RGB3", [(320, 240, [30])]), format("YUYV", [(320, 240, [30])]),
                    format("NV12", [(320, 240, [30])]),
                ],
                current: PixelSize(1, 1)), mode: "NV12 320x240 at 30 frames a second"),
        Case(
            description: "colour before grey, even if it costs more", request: request(),
            offer: V4L2Offer(
                formats: [format("GREY", [(320, 240, [30])]), format("MJPG", [(640, 480, [30])])],
                current: PixelSize(1, 1)),
            mode: "MJPG 640x480 at 30 frames a second"),
        Case(
            description: "grey if there is nothing else", request: request(),
            offer: V4L2Offer(formats: [format("GREY", [(320, 240, [30])])], current: PixelSize(1, 1)),
            mode: "GREY 320x240 at 30 frames a second"),
        Case(
            description: "the camera's own before what libv4l2 makes of it", request: request(),
            offer: V4L2Offer(
                formats: [format("YU12", [(320, 240, [30])], emulated: true), format("MJPG", [(640, 480, [30])])],
                current: PixelSize(1, 1)), mode: "MJPG 640x480 at 30 frames a second"),
        Case(
            description: "a rate that is nearly what is wanted", request: request(sampling: 30),
            offer: V4L2Offer(
                formats: [
                    V4L2Format(
                        code: "YUYV", name: "",
                        sizes: [
                            V4L2Sizes(
                                PixelSize(320, 240), rates: .listed([FrameInterval(1, 60), FrameInterval(1001, 30000)]))
                        ])
                ], current: PixelSize(1, 1)), mode: "YUYV 320x240 at 29.97 frames a second"),
        Case(
            description: "sizes that the driver does not tell", request: request(),
            offer: V4L2Offer(formats: [format("UYVY", [])], current: PixelSize(720, 576)), mode: "UYVY 720x576"),
        Case(
            description: "rates that the driver does not tell", request: request(),
            offer: V4L2Offer(formats: [format("UYVY", [(720, 576, [])])], current: PixelSize(1, 1)),
            mode: "UYVY 720x576"),
    ]

    @Test(arguments: cases)
    func whatServesAndCostsLeastIsChosen(_ example: Case) throws {
        #expect(try V4L2Mode.choose(example.request, from: example.offer).description == example.mode)
    }

    @Test func whatIsNotOfferedIsRefusedWithWhatIs() {
        #expect(throws: SourceError.unreadable("it does not offer the format NV12; it offers YUYV, MJPG, H264")) {
            try V4L2Mode.choose(Self.request("NV12"), from: Self.webcam)
        }
        #expect(
            throws: SourceError.unreadable(
                "it does not offer the size 800x600; it offers 320x240, 640x480, 1280x720, 1920x1080")
        ) { try V4L2Mode.choose(Self.request("MJPG", PixelSize(800, 600)), from: Self.webcam) }
        let bayer = V4L2Offer(formats: [Self.format("BA81", [(640, 480, [30])])], current: PixelSize(1, 1))
        #expect(throws: SourceError.unreadable("its format BA81 cannot be read; it offers BA81")) {
            try V4L2Mode.choose(Self.request("BA81"), from: bayer)
        }
        #expect(throws: SourceError.unreadable("none of its formats can be read; it offers BA81")) {
            try V4L2Mode.choose(Self.request(), from: bayer)
        }
        #expect(throws: SourceError.unreadable("none of its formats can be read; it offers no formats at all")) {
            try V4L2Mode.choose(Self.request(), from: V4L2Offer(formats: [], current: PixelSize(1, 1)))
        }
    }

    @Test func aCameraIsAskedForEverythingAndSet() throws {
        let camera = FakeCamera(Self.range("YUYV", PixelSize(2, 2), rates: Self.anyRate).formats)
        camera.script = [.frame(FakeFrame(bytes: TestImage.bars.bytes("YUYV", PixelSize(320, 224))))]
        try camera.run(camera.source(request: Self.request())) { source in
            #expect(source.mode?.description == "YUYV 320x224 at 5 frames a second")
            #expect(camera.interval?.numerator == 1000 && camera.interval?.denominator == 5000)
            try TestImage.expectBars(in: source.image())
        }
    }

    @Test func namesOfFormatsAreReadAndWritten() {
        #expect(FourCC(name: "YUYV")?.code == 0x5659_5559)
        #expect(FourCC(name: "Y16") == "Y16 ")
        #expect("\("Y16 " as FourCC)" == "Y16")
        #expect("\(FourCC(code: 0x2036_3159 | 1 << 31))" == "Y16-BE")
        #expect("\(FourCC(code: 0x0102_0304))" == "????")
        #expect(["", "YUYV2", "Ü"].allSatisfy { FourCC(name: $0) == nil })
    }
}
