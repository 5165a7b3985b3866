import Capture

/// Checks cameras, and the FFmpeg libraries that streams need.
enum CameraCheck {
    static func findings() -> [Finding] {
        let cameras = CameraList.cameras()
        if cameras.isEmpty { return [.ok("cameras", "none is connected")] }
        return cameras.map(finding)
    }

    private static func finding(_ camera: Camera) -> Finding {
        let name = ([camera.device] + camera.linksByID.prefix(1)).joined(separator: ", ")
        guard let complaint = camera.complaint else {
            let formats = camera.formats.map(\.code.description).joined(separator: ", ")
            return .ok("camera", "\(name): \(camera.card) (\(formats))")
        }
        return .problem(
            "camera", "\(name): \(complaint)",
            advice: complaint.contains("group")
                ? "as root: usermod -aG video USER, then log in again" : "see `lookout cameras`")
    }

    /// Checks the version, decoders and protocols of the FFmpeg libraries.
    static func libraries() -> [Finding] {
        let missing = ["h264", "hevc", "mjpeg"].filter { !Libraries.decodes($0) }
        let available = Set(Libraries.protocols)
        let streams = ["rtsp", "http", "https", "rtmp", "srt"]
        let absent = streams.filter { !available.contains($0) }
        var findings = [Finding.ok("ffmpeg", "version \(Libraries.version)")]
        if !missing.isEmpty {
            findings.append(
                .problem(
                    "decoders", "FFmpeg lacks \(missing.joined(separator: ", "))",
                    advice: "install a libavcodec with these decoders"))
        }
        if !absent.isEmpty {
            findings.append(
                .warning(
                    "streams", "FFmpeg was built without \(absent.joined(separator: ", "))",
                    advice: "cameras can be reached by \(streams.filter(available.contains).joined(separator: ", "))"))
        }
        return findings
    }
}
