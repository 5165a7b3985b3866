import CFFmpeg

/// Selection of a container's video stream, if there are several.
package enum VideoSelection: Equatable, Sendable {
    /// The library's choice: the highest quality.
    case best
    /// The smallest stream whose frames cover a size, or else the largest: it takes the least decoding.
    case smallest(covering: PixelSize)
    /// The video stream with this index, from 0.
    case number(Int)

    /// Returns the index of the selected stream in a container. Cover art is not a video stream.
    ///
    /// - Throws: ``SourceError`` if the stream does not exist.
    func choose(from context: UnsafeMutablePointer<AVFormatContext>) throws(SourceError) -> Int {
        let videos = Self.videos(of: context)
        guard !videos.isEmpty else { throw .noVideo }
        switch self {
        case .best: break
        case .smallest(let wanted):
            if let place = Self.smallest(of: videos, covering: wanted) { return place }
        case .number(let number):
            guard number < videos.count else {
                throw .malformed("it has no video stream \(number), only \(videos.count), counted from 0")
            }
            return videos[number].place
        }
        let best = Int(av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0))
        return videos.contains { $0.place == best } ? best : videos[0].place
    }

    private static func videos(of context: UnsafeMutablePointer<AVFormatContext>) -> [(place: Int, size: PixelSize)] {
        (0..<Int(context.pointee.nb_streams)).compactMap { place in
            guard let stream = context.pointee.streams[place], let parameters = stream.pointee.codecpar,
                parameters.pointee.codec_type == AVMEDIA_TYPE_VIDEO,
                stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
            else { return nil }
            return (place, PixelSize(width: Int(parameters.pointee.width), height: Int(parameters.pointee.height)))
        }
    }

    /// - Returns: `nil` if there is only one stream, or a size is unknown.
    private static func smallest(of videos: [(place: Int, size: PixelSize)], covering wanted: PixelSize) -> Int? {
        guard videos.count > 1, videos.allSatisfy({ $0.size.width > 0 && $0.size.height > 0 }) else { return nil }
        let rising = videos.sorted { $0.size.width * $0.size.height < $1.size.width * $1.size.height }
        return (rising.first { $0.size.covers(wanted) } ?? rising.last)?.place
    }
}
