/// Requested mode of a camera.
package struct V4L2Request: Equatable, Sendable {
    /// Pixel format; `nil` to choose one.
    package var format: FourCC?
    /// Frame size; `nil` to choose one.
    package var size: PixelSize?
    /// Frames per second; `nil` to choose a rate.
    package var rate: Double?
    /// Input size of the model.
    package var input: PixelSize
    /// Samples per second; `nil` for every frame.
    package var samplingRate: Double?

    package init(
        format: FourCC? = nil, size: PixelSize? = nil, rate: Double? = nil, input: PixelSize,
        samplingRate: Double?
    ) {
        self.format = format
        self.size = size
        self.rate = rate
        self.input = input
        self.samplingRate = samplingRate
    }
}

/// Mode of a camera: format, size and rate.
package struct V4L2Mode: Equatable, Sendable, CustomStringConvertible {
    /// Pixel format.
    package var format: FourCC
    /// Frame size.
    package var size: PixelSize
    /// Frame interval; `nil` if the driver does not list its rates. Then the rate is not set.
    package var interval: FrameInterval?

    package var description: String {
        "\(format) \(size)" + (interval.map { " at \(Self.text($0.rate)) frames a second" } ?? "")
    }

    private static func text(_ rate: Double) -> String {
        rate == rate.rounded() ? "\(Int(rate))" : "\((rate * 100).rounded() / 100)"
    }

    /// Chooses the cheapest mode that meets the request and suits the model.
    ///
    /// Prefers, in this order: colour to grayscale; native formats to those that libv4l2 emulates; a size that covers the
    /// model's input; a rate not below the sampling rate; the smallest size (the largest if none covers the input); raw
    /// frames to Motion JPEG, and that to H.264; fewer bits per pixel.
    ///
    /// - Throws: ``SourceError`` if the camera does not offer the request.
    package static func choose(_ request: V4L2Request, from offer: V4L2Offer) throws(SourceError) -> V4L2Mode {
        let readable = offer.formats.filter { V4L2Encoding($0.code) != nil }
        let formats = readable.filter { request.format == nil || $0.code == request.format }
        guard !formats.isEmpty else { throw .unreadable(complaint(request.format, offer.formats)) }
        let candidates = formats.flatMap { Candidate.all(of: $0, request, current: offer.current) }
        guard let best = candidates.min(by: { $0.rank.lexicographicallyPrecedes($1.rank) }) else {
            throw .unreadable(complaint(about: request.size, formats))
        }
        return best.mode
    }

    private static func complaint(_ format: FourCC?, _ formats: [V4L2Format]) -> String {
        let offered = formats.isEmpty ? "no formats at all" : list(formats.map { $0.code.description })
        guard let format else { return "none of its formats can be read; it offers \(offered)" }
        let isOffered = formats.contains { $0.code == format }
        return (isOffered ? "its format \(format) cannot be read" : "it does not offer the format \(format)")
            + "; it offers \(offered)"
    }

    private static func complaint(about size: PixelSize?, _ formats: [V4L2Format]) -> String {
        let sizes = formats.flatMap(\.sizes).map {
            $0.smallest == $0.largest ? "\($0.smallest)" : "\($0.smallest) to \($0.largest)"
        }
        return "it does not offer \(size.map { "the size \($0)" } ?? "any size"); it offers \(list(sizes))"
    }

    private static func list(_ names: [String]) -> String {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }.joined(separator: ", ")
    }
}

/// Mode with its rank.
private struct Candidate {
    var mode: V4L2Mode
    /// Rank, compared lexicographically; less is better.
    var rank: [Double]

    /// Tolerance of rates: 29.97 frames per second suit a sampling rate of 30.
    private static let slack = 0.995

    static func all(of format: V4L2Format, _ request: V4L2Request, current: PixelSize) -> [Candidate] {
        guard !format.sizes.isEmpty else {
            // The driver lists no sizes; it reports the size that it has set.
            return [Candidate(format, request.size ?? current, .listed([]), request)]
        }
        return format.sizes.compactMap { sizes in
            let size = sizes.nearest(covering: request.size ?? request.input)
            guard request.size == nil || size == request.size else { return nil }
            return Candidate(format, size, sizes.rates, request)
        }
    }

    private init(_ format: V4L2Format, _ size: PixelSize, _ rates: V4L2Rates, _ request: V4L2Request) {
        let wanted = request.rate ?? request.samplingRate
        let interval = Self.interval(of: rates, atLeast: wanted)
        mode = V4L2Mode(format: format.code, size: size, interval: interval)
        let encoding = V4L2Encoding(format.code)
        let coversInput = size.covers(request.input)
        let area = Double(size.width) * Double(size.height)
        let rate = interval?.rate ?? .infinity
        let isFastEnough = wanted.map { rate >= $0 * Self.slack } ?? true
        rank = [
            encoding?.isGrey == true ? 1 : 0, format.isEmulated ? 1 : 0,
            coversInput ? 0 : 1, isFastEnough ? 0 : 1, coversInput ? area : -area, wanted == nil ? -rate : 0,
            Double(encoding?.costClass ?? 0), Double(encoding?.bitsPerPixel ?? 0), rate,
        ]
    }

    /// Returns the lowest rate that is high enough or, if there is none or every frame is wanted, the highest rate.
    private static func interval(of rates: V4L2Rates, atLeast wanted: Double?) -> FrameInterval? {
        switch rates {
        case .listed(let intervals):
            let rising = intervals.filter { $0.rate > 0 }.sorted { $0.rate < $1.rate }
            guard let wanted else { return rising.last }
            return rising.first { $0.rate >= wanted * slack } ?? rising.last
        case .range(let slowest, let fastest):
            guard let wanted, wanted < fastest.rate else { return fastest }
            return wanted <= slowest.rate ? slowest : FrameInterval(rate: wanted)
        }
    }
}
