import CFFmpeg
import Glibc

/// Copies parts of a recording into files of their own, without decoding them: its video stream and its audio.
///
/// May be used by one thread at a time.
package final class StreamCopy {
    private let path: String
    private let interruption: CancellationToken
    /// Times of the key frames of a file without an index, in seconds; `nil` until they are needed.
    private var scannedKeyFrames: [Double]?

    package init(path: String, interruption: CancellationToken) {
        self.path = path
        self.interruption = interruption
    }

    /// Returns the extension of a copy: that of the recording if its container can be written, otherwise that of Matroska.
    package static func container(of path: String) -> String {
        VideoWriter.extensions.first { path.lowercased().hasSuffix("." + $0) } ?? matroska
    }

    /// Container that takes any stream.
    package static let matroska = "mkv"

    /// Copies a part. It begins at the last key frame before its start, because only there a decoder can begin.
    ///
    /// - Parameters:
    ///   - start: start of the part by the time stamps of the recording, in seconds.
    ///   - end: its end.
    ///   - target: path of the copy. A file there is replaced when the copy is complete.
    ///   - container: extension of the container.
    /// - Throws: ``AVFailure``, ``SourceError``. Then there is no new file.
    package func copy(from start: Double, to end: Double, into target: String, container: String) throws {
        let draft = target + ".partial"
        do {
            try write(from: start, to: end, into: draft, container: container)
        } catch {
            unlink(draft)
            throw error
        }
        guard rename(draft, target) == 0 else {
            let number = errno
            unlink(draft)
            throw AVFailure(code: -number, operation: "write")
        }
    }

    private func write(from start: Double, to end: Double, into draft: String, container: String) throws {
        let demuxer = try open()
        let streams = demuxer.keepAudio()
        let first = try seek(demuxer, to: start)
        let muxer = try Muxer(path: draft, container: container, streams: streams)
        let packet = Packet()
        var hasBegun = false
        while try demuxer.read(into: packet) {
            defer { packet.clear() }
            if interruption.wasCancelled { throw SourceError.interrupted }
            let isVideo = packet.streamIndex == demuxer.videoIndex
            guard let time = demuxer.time(of: packet) else { continue }
            if isVideo, !hasBegun { hasBegun = packet.isKey && time >= first }
            guard hasBegun else { continue }
            if time >= end {
                if isVideo { break }
                continue
            }
            try muxer.add(packet)
        }
        guard hasBegun else { throw SourceError.malformed("there is no key frame in this part") }
        try muxer.finish()
    }

    private func open() throws -> Demuxer {
        try Demuxer(.file(path, timeout: FileSource.usualTimeout), interruption: interruption)
    }

    /// Tolerance for time stamps, in seconds.
    private static let slack = 0.001

    /// Goes to the last key frame before a time.
    ///
    /// - Returns: time from which the first key frame counts.
    private func seek(_ demuxer: Demuxer, to time: Double) throws -> Double {
        guard demuxer.hasIndex else {
            let keyFrames = try scannedKeyFrames ?? scan()
            scannedKeyFrames = keyFrames
            return (keyFrames.last { $0 <= time + Self.slack } ?? -.infinity) - Self.slack
        }
        // At the very beginning there may be nothing to seek to.
        try? demuxer.seek(to: time)
        return -.infinity
    }

    /// Reads the whole file for the times of its key frames.
    private func scan() throws -> [Double] {
        let demuxer = try open()
        let packet = Packet()
        var times: [Double] = []
        while !interruption.wasCancelled, try demuxer.read(into: packet) {
            defer { packet.clear() }
            if packet.streamIndex == demuxer.videoIndex, packet.isKey, let time = demuxer.time(of: packet) {
                times.append(time)
            }
        }
        return times
    }
}

/// Writer of packets into a container.
private final class Muxer {
    private let context: UnsafeMutablePointer<AVFormatContext>
    /// Streams of the recording by their indices, with the index and the time base of the copy.
    private var targets: [Int: (index: Int32, from: AVRational)] = [:]

    init(path: String, container: String, streams: [UnsafeMutablePointer<AVStream>]) throws(AVFailure) {
        AVLog.silence()
        var context: UnsafeMutablePointer<AVFormatContext>?
        try checked("write", avformat_alloc_output_context2(&context, nil, nil, "copy." + container))
        guard let context else { preconditionFailure("out of memory") }
        self.context = context
        for stream in streams { try add(stream) }
        // The copy begins at 0.
        context.pointee.avoid_negative_ts = AVFMT_AVOID_NEG_TS_MAKE_ZERO
        try checked("write", avio_open(&context.pointee.pb, "file:" + path, cffmpeg_open_for_writing))
        try checked("write", avformat_write_header(context, nil))
    }

    deinit {
        avio_closep(&context.pointee.pb)
        avformat_free_context(context)
    }

    private func add(_ source: UnsafeMutablePointer<AVStream>) throws(AVFailure) {
        guard let stream = avformat_new_stream(context, nil) else { preconditionFailure("out of memory") }
        try checked("write", avcodec_parameters_copy(stream.pointee.codecpar, source.pointee.codecpar))
        // Tags differ between containers.
        stream.pointee.codecpar.pointee.codec_tag = 0
        stream.pointee.time_base = source.pointee.time_base
        stream.pointee.sample_aspect_ratio = source.pointee.sample_aspect_ratio
        targets[Int(source.pointee.index)] = (stream.pointee.index, source.pointee.time_base)
    }

    func add(_ packet: Packet) throws(AVFailure) {
        guard let (index, from) = targets[packet.streamIndex], let stream = context.pointee.streams[Int(index)] else {
            return
        }
        let handle = packet.handle
        handle.pointee.stream_index = index
        handle.pointee.pos = -1
        av_packet_rescale_ts(handle, from, stream.pointee.time_base)
        // It takes over the data.
        try checked("write", av_interleaved_write_frame(context, handle))
    }

    func finish() throws(AVFailure) {
        try checked("write", av_write_trailer(context))
        try checked("write", avio_closep(&context.pointee.pb))
    }
}
