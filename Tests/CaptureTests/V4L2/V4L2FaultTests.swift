import Basics
import CV4L2
import Glibc
import Testing

@testable import Capture

/// Whatever a camera does: corrupt frames are left out and counted, and what cannot go on ends with a
/// clear word. Nothing is ever left open or mapped, which ``FakeCamera/run(_:location:_:)`` checks each time.
@Suite(.timeLimit(.minutes(10))) struct V4L2FaultTests {
    // MARK: - Corrupt frames

    @Test func framesThatTheDriverMarksAsCorruptAreDroppedAndCounted() throws {
        let camera = FakeCamera("YUYV", frames: 3)
        var corrupt = camera.bars
        corrupt.flags = UInt32(V4L2_BUF_FLAG_ERROR)
        camera.script.insert(contentsOf: [.frame(corrupt), .frame(corrupt)], at: 1)
        let source = camera.source()
        #expect(try camera.readOn(source).frames == 3)
        #expect(source.statistics == V4L2Statistics(frames: 3, corrupt: 2))
    }

    @Test(arguments: ["YUYV", "NV12", "YU12", "RGB3", "GREY"] as [FourCC], [0, 1, -1] as [Int])
    func wrongSizesAreLeftOutAndCounted(_ code: FourCC, _ difference: Int) throws {
        let camera = FakeCamera(code, frames: 2)
        var corrupt = camera.bars
        // Nothing at all; a byte more than there is memory for; a byte too few.
        corrupt.claimedSize = difference == 0 ? 0 : corrupt.bytes.count + difference
        camera.script.insert(.frame(corrupt), at: 1)
        let source = camera.source()
        #expect(try camera.readOn(source).frames == 2)
        #expect(source.statistics == V4L2Statistics(frames: 2, corrupt: 1))
    }

    @Test func aCameraThatGivesOnlyCorruptFramesTimesOut() throws {
        let camera = FakeCamera("YUYV", frames: 0)
        var corrupt = camera.bars
        corrupt.claimedSize = 0
        camera.script = Array(repeating: .frame(corrupt), count: 50)
        let result = try camera.readOn(camera.source())
        #expect(result.frames == 0)
        #expect(result.error == .timedOut)
    }

    // MARK: - Gaps

    @Test func gapsInTheCountOfFramesAreCounted() throws {
        let camera = FakeCamera("YUYV")
        camera.script = ([7, 8, 11, 12, 13, 20] as [UInt32]).map { .frame(camera.bars(sequence: $0)) }
        let source = camera.source()
        #expect(try camera.readOn(source).frames == 6)
        #expect(source.statistics == V4L2Statistics(frames: 6, gaps: 2, missed: 8))
    }

    @Test func theCountMayWrapAroundOrBeginAnewOrStandStill() {
        for (sequences, missing) in [
            ([.max - 1, .max, 0, 1], [0, 0, 0, 0]), ([.max - 1, 1], [0, 2]), ([5, 6, 0, 1], [0, 0, 0, 0]),
            ([0, 0, 0, 0], [0, 0, 0, 0]), ([100], [0]),
        ] as [([UInt32], [Int])] {
            var counter = SequenceCounter()
            let found = sequences.map { counter.missing(before: $0) }
            #expect(found == missing, "\(sequences)")
        }
    }

    // MARK: - The end

    struct Ending: CustomStringConvertible, Sendable {
        var description: String
        var number: Int32
        var error: SourceError
    }

    @Test(arguments: [
        Ending(description: "unplugged", number: ENODEV, error: .lost("the camera is gone")),
        Ending(description: "broken", number: EIO, error: .lost("cannot dequeue a frame: input/output error")),
        Ending(description: "ended", number: EPIPE, error: .lost("cannot dequeue a frame: broken pipe")),
    ])
    func aCameraThatFailsIsLost(_ ending: Ending) throws {
        let camera = FakeCamera("NV12", frames: 2)
        camera.script.append(.failure(ending.number))
        let result = try camera.readOn(camera.source())
        #expect(result.frames == 2)
        #expect(result.error == ending.error)
    }

    @Test func aCameraThatIsUnpluggedWhileABufferIsGivenBackIsLost() throws {
        let camera = FakeCamera("NV12", frames: 2)
        try camera.run(camera.source()) { source in
            _ = try source.nextFrame()
            camera.refusals[cv4l2_qbuf] = ENODEV
            #expect(throws: SourceError.lost("the camera is gone")) { try source.nextFrame() }
        }
    }

    @Test func aPromisedFrameThatIsNotThereIsWaitedFor() throws {
        let camera = FakeCamera("YUYV", frames: 1)
        camera.script.insert(.failure(EAGAIN), at: 0)
        #expect(try camera.readOn(camera.source()).frames == 1)
    }

    @Test func anErrorThatTheDriverDoesNotExplainEndsTheWait() throws {
        let camera = FakeCamera("YUYV", frames: 1)
        camera.script.append(.trouble)
        let result = try camera.readOn(camera.source(timeout: 60))
        #expect(result.frames == 1)
        #expect(result.error == .lost("its driver reports an error"))
    }

    @Test func aCameraThatIsSilentTimesOut() throws {
        let camera = FakeCamera("YUYV", frames: 1)
        let source = camera.source(timeout: 0.25)
        let start = MonotonicClock.now
        let result = try camera.readOn(source)
        #expect(result.frames == 1)
        #expect(result.error == .timedOut)
        #expect(MonotonicClock.now - start >= 0.25)
    }

    @Test func aWaitForASilentCameraCanBeInterrupted() throws {
        let camera = FakeCamera("YUYV")
        let interruption = CancellationToken()
        let source = camera.source(timeout: 120, interruption: interruption)
        camera.onWait = { interruption.cancel() }
        let start = MonotonicClock.now
        #expect(try camera.readOn(source).error == .interrupted)
        #expect(MonotonicClock.now - start < 60)
    }

    // MARK: - Another format

    @Test(arguments: [PixelSize(16, 16), PixelSize(256, 192)])
    func aFormatThatSomebodyElseHasSetIsNoticed(_ size: PixelSize) throws {
        let camera = FakeCamera("YUYV", frames: 1)
        let other = FakeFrame(bytes: TestImage.bars.bytes("NV12", size))
        camera.script += [.format("NV12", size), .frame(other)]
        let result = try camera.readOn(camera.source())
        #expect(result.frames == 1)
        #expect(result.error == .lost("its format has changed from YUYV 128x96 to NV12 \(size)"))
    }

    @Test func anotherSizeOfWhatIsConnectedIsNoticed() throws {
        let camera = FakeCamera("UYVY", frames: 2)
        camera.tellsChanges = true
        camera.script.append(.sourceChange)
        let result = try camera.readOn(camera.source())
        #expect(result.frames == 2)
        #expect(result.error == .lost("the size of its signal has changed"))
    }

    // MARK: - Opening

    @Test(arguments: [cv4l2_s_fmt, cv4l2_reqbufs, cv4l2_streamon])
    func aCameraThatIsInUseSaysSo(_ request: UInt) throws {
        let camera = FakeCamera("YUYV", frames: 1)
        camera.refusals[request] = EBUSY
        let result = try camera.readOn(camera.source())
        #expect(result.error == .unreadable("another program is using it"))
    }

    @Test(arguments: [
        (cv4l2_s_fmt, "set the format"), (cv4l2_reqbufs, "request buffers"), (cv4l2_querybuf, "query a buffer"),
        (cv4l2_qbuf, "queue a buffer"), (cv4l2_streamon, "start"), (FakeCamera.mapping, "map a buffer"),
    ])
    func nothingIsLeftOverWhateverIsRefused(_ request: UInt, _ operation: String) throws {
        let camera = FakeCamera("YUYV", frames: 1)
        camera.refusals[request] = EINVAL
        let result = try camera.readOn(camera.source())
        #expect(result.error == .unreadable("cannot \(operation): invalid argument"))
    }

    @Test func whatIsRefusedWithoutHarmDoesNotMatter() throws {
        let camera = FakeCamera("YUYV", frames: 1)
        for request in [cv4l2_s_parm, cv4l2_enum_frameintervals, cv4l2_queryctrl, cv4l2_subscribe_event] {
            camera.refusals[request] = ENOTTY
        }
        try camera.run(camera.source()) { source in try TestImage.expectBars(in: source.image()) }
    }

    @Test(arguments: [
        (UInt32(V4L2_CAP_META_CAPTURE), "it is no camera: it gives no frames"),
        (UInt32(V4L2_CAP_VIDEO_CAPTURE), "its driver does not support streaming"),
        (
            UInt32(V4L2_CAP_VIDEO_CAPTURE_MPLANE),
            "it offers multi-planar capture only, which is not supported"
        ),
    ])
    func aDeviceThatIsOfNoUseSaysWhy(_ capabilities: UInt32, _ reason: String) throws {
        let camera = FakeCamera("YUYV", frames: 1)
        camera.capabilities = capabilities
        #expect(try camera.readOn(camera.source()).error == .unreadable(reason))
    }

    @Test(arguments: [
        (ENOENT, "no such file or directory"), (ENODEV, "no such device"), (EBUSY, "another program is using it"),
        (ENOTTY, "it is no camera"), (EPERM, "operation not permitted; a service needs DeviceAllow=char-81 rw for it"),
    ])
    func aDeviceThatCannotBeOpenedSaysWhy(_ number: Int32, _ reason: String) throws {
        let camera = FakeCamera("YUYV")
        camera.closedPaths["/dev/video0"] = number
        #expect(try camera.readOn(camera.source()).error == .unreadable(reason))
    }

    @Test func aDriverWhoseNumbersMakeNoSenseIsRefused() throws {
        let camera = FakeCamera([V4L2Format(code: "YUYV", name: "", sizes: [])])
        camera.set("YUYV", PixelSize(40_000, 2))
        let error = try camera.readOn(camera.source()).error
        #expect(error == .unreadable("its driver reports an impossible frame size, 40000x2"))
    }

    @Test func aCameraMayBeClosedAndOpenedAgainInAnotherFormat() throws {
        let camera = FakeCamera("YUYV", frames: 2)
        let source = camera.source()
        try camera.run(source) { try TestImage.expectBars(in: $0.image()) }
        camera.formats = [.single("NV12", PixelSize(64, 48))]
        camera.set("NV12", PixelSize(64, 48))
        camera.script = [.frame(camera.bars)]
        try camera.run(source) { try TestImage.expectBars(in: $0.image()) }
        #expect(source.mode?.format == "NV12")
        #expect(source.statistics.frames == 2, "of both times")
    }

    @Test func aSourceThatIsForgottenClosesItsCamera() throws {
        let camera = FakeCamera("YUYV", frames: 2)
        try {
            let source = camera.source()
            try source.open()
            _ = try source.nextFrame()
            #expect(camera.openCount == 1)
        }()
        #expect(camera.leftovers == [])
    }

    @Test func aThousandAttemptsLeaveNothingBehind() throws {
        let camera = FakeCamera("YUYV")
        camera.refusals[cv4l2_streamon] = ENODEV
        let source = camera.source()
        for _ in 0..<1000 { #expect(throws: SourceError.unreadable("the camera is gone")) { try source.open() } }
        #expect(camera.leftovers == [])
    }
}

extension V4L2Statistics {
    fileprivate init(frames: Int, corrupt: Int = 0, gaps: Int = 0, missed: Int = 0) {
        self.init()
        self.frames = frames
        self.corrupt = corrupt
        self.gaps = gaps
        self.missed = missed
    }
}
