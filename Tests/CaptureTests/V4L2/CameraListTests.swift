import Basics
import CV4L2
import Foundation
import Glibc
import Testing

@testable import Capture

/// Cameras are found with all their names, and described; or it is said why not.
@Suite(.timeLimit(.minutes(10))) struct CameraListTests {
    /// Calls `body` with a folder that looks like `/dev`.
    private func withDevices(_ names: [String], _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dev-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for links in ["by-id", "by-path"] {
            let links = folder.appendingPathComponent("v4l/\(links)")
            try FileManager.default.createDirectory(at: links, withIntermediateDirectories: true)
        }
        for name in names {
            try Data().write(to: folder.appendingPathComponent(name))
            for (kind, link) in [("by-id", "usb-Fake-\(name)"), ("by-path", "pci-1-\(name)")] {
                let path = folder.appendingPathComponent("v4l/\(kind)/\(link)").path
                try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "../../\(name)")
            }
        }
        try body(folder.path)
    }

    /// The cameras of a folder, by the functions of a driver that is not the kernel's.
    private static func cameras(in folder: String, _ functions: cv4l2_device_functions) -> [Camera] {
        nonisolated(unsafe) let functions = functions
        return CameraList.cameras(in: folder) { CameraList.describe(&$0, functions) }
    }

    /// Two drivers that hang take no longer than one, and the others are listed.
    @Test func aDriverThatDoesNotAnswerIsNamedAndKeepsNobodyWaiting() throws {
        try withDevices(["video0", "video1", "video2"]) { folder in
            let mayGoOn = DispatchSemaphore(value: 0)
            let start = MonotonicClock.now
            let cameras = CameraList.cameras(in: folder, within: 0.5) { camera in
                if !camera.device.hasSuffix("video1") { mayGoOn.wait() }
                camera.card = "Fake Camera"
                return true
            }
            #expect(MonotonicClock.now - start < 5)
            #expect(cameras.map(\.device) == (0...2).map { "\(folder)/video\($0)" })
            let silence = "its driver has not answered within 1 s"
            #expect(cameras.map(\.complaint) == [silence, nil, silence])
            #expect(cameras.map(\.card) == ["", "Fake Camera", ""])
            for _ in 0..<2 { mayGoOn.signal() }
        }
    }

    @Test func camerasAreListedByNumberWithTheirLinksAndFormats() throws {
        var emulated = V4L2Format.single("RGB3")
        emulated.isEmulated = true
        let range = V4L2ModeTests.range("NV12", PixelSize(16, 4), rates: V4L2ModeTests.anyRate).formats
        let camera = FakeCamera(V4L2ModeTests.webcam.formats + range + [emulated])
        try withDevices(["video10", "video2", "video", "videoX", "vbi0"]) { folder in
            let cameras = Self.cameras(in: folder, camera.functions)
            #expect(cameras.map(\.device) == ["\(folder)/video2", "\(folder)/video10"])
            let first = try #require(cameras.first)
            #expect(first.linksByID == ["\(folder)/v4l/by-id/usb-Fake-video2"])
            #expect(first.linksByPath == ["\(folder)/v4l/by-path/pci-1-video2"])
            #expect([first.driver, first.card, first.bus] == ["fake", "Fake Camera", "usb-1"])
            #expect(first.formats.map(\.code) == ["YUYV", "MJPG", "H264", "NV12"])
            #expect(first.formats.dropLast().map(\.sizes) == V4L2ModeTests.webcam.formats.map(\.sizes))
            #expect(first.formats.last?.sizes == range.first?.sizes)
            #expect(first.complaint == nil)
        }
        #expect(camera.leftovers == [])
    }

    @Test func devicesThatGiveNoFramesAreLeftOut() throws {
        let camera = FakeCamera("YUYV")
        camera.capabilities = UInt32(V4L2_CAP_META_CAPTURE) | UInt32(V4L2_CAP_STREAMING)
        try withDevices(["video0"]) { folder in #expect(Self.cameras(in: folder, camera.functions) == []) }
        #expect(camera.leftovers == [])
    }

    @Test func camerasThatAreOfNoUseSayWhy() throws {
        let camera = FakeCamera("YUYV")
        camera.capabilities = UInt32(V4L2_CAP_VIDEO_CAPTURE_MPLANE) | UInt32(V4L2_CAP_STREAMING)
        try withDevices(["video0"]) { folder in
            let found = Self.cameras(in: folder, camera.functions)
            #expect(
                found.map(\.complaint) == ["it offers multi-planar capture only, which is not supported"])
        }
    }

    @Test func aCameraThatMayNotBeOpenedSaysWhoMay() throws {
        let camera = FakeCamera("YUYV")
        try withDevices(["video0", "video1"]) { folder in
            // One that its group may use, and one that only its owner may.
            try #require(chmod("\(folder)/video0", 0o660) == 0 && chmod("\(folder)/video1", 0o600) == 0)
            camera.closedPaths = ["\(folder)/video0": EACCES, "\(folder)/video1": EACCES]
            let complaints = Self.cameras(in: folder, camera.functions).map(\.complaint)
            let group = String(cString: try #require(getgrgid(getegid())).pointee.gr_name)
            #expect(
                complaints == [
                    "permission denied; it belongs to the group \(group): add the user to the group \(group)",
                    "permission denied",
                ])
        }
    }

    @Test func aMachineWithoutCamerasHasNone() {
        let camera = FakeCamera("YUYV")
        #expect(Self.cameras(in: "/nowhere", camera.functions) == [])
    }

    @Test func theKernelIsAskedWithoutHarm() throws {
        // Whatever this machine has. A file that is no device is no camera.
        for camera in CameraList.cameras() { #expect(!camera.formats.isEmpty || camera.complaint != nil) }
        try withDevices(["video0"]) { folder in
            let found = Self.cameras(in: folder, cv4l2_system_functions())
            #expect(found.map(\.complaint) == ["it is no camera"])
            let settings = V4L2Source.Settings(
                path: "\(folder)/nothing", request: V4L2Request(input: PixelSize(32, 32), samplingRate: 5))
            let source = V4L2Source(settings, interruption: CancellationToken())
            #expect(throws: SourceError.unreadable("no such file or directory")) { try source.open() }
        }
    }
}
