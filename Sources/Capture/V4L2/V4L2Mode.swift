/// What is asked of a camera.
package struct V4L2Request: Equatable, Sendable {
    /// From the configuration; what is not there is chosen.
    package var format: FourCC?
    /// Of the frames.
    package var size: PixelSize?
    /// Frames in a second.
    package var rate: Double?
    /// The size of the frames that the model looks at.
    package var input: PixelSize
    /// How many of them it looks at in a second; `nil` for all that the camera has.
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

/// What a camera is set to.
package struct V4L2Mode: Equatable, Sendable, CustomStringConvertible {
    /// How the frames are encoded.
    package var format: FourCC
    /// Of the frames.
    package var size: PixelSize
    /// `nil` if the driver does not tell its rates: it stays as it is.
    package var interval: FrameInterval?

    package var description: String {
        "\(format) \(size)" + (interval.map { " at \(Self.text($0.rate)) frames a second" } ?? "")
    }

    private static func text(_ rate: Double) -> String {
        rate == rate.rounded() ? "\(Int(rate))" : "\((rate * 100).rounded() / 100)"
    }

    /// Picks what was asked for and, of what is left open, what costs least and still serves the model.
    ///
    /// Colour comes before grey, and what the camera has itself before what libv4l2 makes of it. Then what
    /// serves: a size that covers the model's input, and a rate as high as the sampling. Of that, the smallest
    /// size (if none covers the input, the largest); of the same size, raw frames before Motion JPEG, and
    /// that before H.264; and of two raw formats the one with fewer bits.
    ///
    /// - Throws: ``SourceError`` if the camera has nothing of the kind.
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

/// A mode, and how good it is.
private struct Candidate {
    var mode: V4L2Mode
    /// Compared number by number; less is better.
    var rank: [Double]

    /// A camera's clock is not exact: 29.97 frames a second serve a sampling rate of 30.
    private static let slack = 0.995

    static func all(of format: V4L2Format, _ request: V4L2Request, current: PixelSize) -> [Candidate] {
        guard !format.sizes.isEmpty else {
            // The driver does not tell; it will say what it makes of what we ask.
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

    /// The lowest rate that is high enough or, if none is, the highest. The highest if all frames are wanted.
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
