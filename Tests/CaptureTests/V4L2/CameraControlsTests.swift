import CV4L2
import Testing

@testable import Capture

/// Controls are set by whatever name a tool gives them.
@Suite(.timeLimit(.minutes(10))) struct CameraControlsTests {
    private func camera() -> FakeCamera {
        let camera = FakeCamera("YUYV", frames: 1)
        camera.controls = [
            FakeControl(id: 10, name: "Brightness", kind: V4L2_CTRL_TYPE_INTEGER, range: -64...64, step: 2),
            FakeControl(id: 11, name: "White Balance, Automatic", kind: V4L2_CTRL_TYPE_BOOLEAN, range: 0...1),
            FakeControl(
                id: 12, name: "Power Line Frequency", kind: V4L2_CTRL_TYPE_MENU, range: 0...2,
                choices: [0: "Disabled", 1: "50 Hz", 2: "60 Hz"]),
            FakeControl(
                id: 13, name: "Auto Exposure", kind: V4L2_CTRL_TYPE_MENU, range: 0...3,
                choices: [1: "Manual Mode", 3: "Aperture Priority Mode"]),
            FakeControl(
                id: 14, name: "Link Frequency", kind: V4L2_CTRL_TYPE_INTEGER_MENU, range: 0...1,
                choices: [0: "456000000", 1: "8000000000"]),
            FakeControl(
                id: 15, name: "Privacy", kind: V4L2_CTRL_TYPE_BOOLEAN, range: 0...1,
                flags: Int(V4L2_CTRL_FLAG_READ_ONLY)),
            FakeControl(
                id: 16, name: "Old", kind: V4L2_CTRL_TYPE_BOOLEAN, range: 0...1, flags: Int(V4L2_CTRL_FLAG_DISABLED)),
            FakeControl(id: 17, name: "User Controls", kind: V4L2_CTRL_TYPE_CTRL_CLASS, range: 0...0),
        ]
        return camera
    }

    @Test(
        arguments: [
            ("Brightness", "-64", 10, -64), ("brightness", "10", 10, 10), ("white_balance_automatic", "on", 11, 1),
            ("White Balance, Automatic", "True", 11, 1), ("power_line_frequency", "50hz", 12, 1),
            ("Power Line Frequency", "60 Hz", 12, 2), ("powerLineFrequency", "2", 12, 2),
            ("exposure_auto", "manual mode", 13, 1),
            ("auto exposure", "3", 13, 3), ("link-frequency", "8000000000", 14, 1),
        ] as [(String, String, UInt32, Int32)])
    func namesAndChoicesAreComparedLoosely(_ name: String, _ value: String, _ id: UInt32, _ result: Int32) throws {
        let camera = camera()
        try camera.run(camera.source(controls: [CameraControls.Setting(name, value)])) { _ in
            #expect(camera.controls.first { $0.id == id }?.value == result)
        }
    }

    @Test(arguments: [
        ("Brightness", "65", "its control \"Brightness\" cannot be 65; it has to be a number from -64 to 64"),
        (
            "Brightness", "1",
            "its control \"Brightness\" cannot be 1; it has to be a number from -64 to 64 in steps of 2"
        ),
        ("Brightness", "bright", "its control \"Brightness\" cannot be bright; it has to be a number from -64 to 64"),
        (
            "White Balance Automatic", "maybe",
            "its control \"White Balance, Automatic\" cannot be maybe; it has to be on or off"
        ),
        (
            "Auto Exposure", "2",
            "its control \"Auto Exposure\" cannot be 2; it has to be one of: Manual Mode (1), Aperture Priority Mode (3)"
        ),
        ("Privacy", "on", "its control \"Privacy\" can only be read"),
        (
            "frequency", "1",
            "it has no control \"frequency\"; the nearest are \"Link Frequency\", \"Power Line Frequency\", "
                + "\"Privacy\""
        ),
    ])
    func whatCannotBeSetIsRefusedWithWhatCan(_ name: String, _ value: String, _ reason: String) throws {
        let camera = camera()
        let source = camera.source(controls: [CameraControls.Setting(name, value)])
        #expect(try camera.readOn(source).error == .unreadable(reason))
    }

    @Test func aControlThatIsDisabledIsNotThere() throws {
        let camera = camera()
        let error = try camera.readOn(camera.source(controls: [CameraControls.Setting("Old", "on")])).error
        #expect(error?.description.hasPrefix("it has no control \"Old\"") == true)
    }

    @Test func aCameraWithoutControlsSaysSo() throws {
        let camera = FakeCamera("YUYV")
        let source = camera.source(controls: [CameraControls.Setting("gain", "1")])
        #expect(try camera.readOn(source).error == .unreadable("it has no control \"gain\"; it has none"))
    }

    @Test func aDriverThatRefusesIsNamedWithTheControl() throws {
        let camera = camera()
        camera.refusals[cv4l2_s_ctrl] = 22
        let source = camera.source(controls: [CameraControls.Setting("brightness", "0")])
        #expect(try camera.readOn(source).error == .unreadable("cannot set \"Brightness\" to 0: invalid argument"))
    }
}
