/// Formats, sizes and rates of a camera.
package struct V4L2Offer: Equatable, Sendable {
    /// Formats, in the driver's order.
    package var formats: [V4L2Format]
    /// Current frame size.
    package var current: PixelSize

    package init(formats: [V4L2Format], current: PixelSize) {
        self.formats = formats
        self.current = current
    }
}

/// Pixel format of a camera.
package struct V4L2Format: Equatable, Sendable {
    /// Code of the format.
    package var code: FourCC
    /// Name that the driver gives, as "Motion-JPEG".
    package var name: String
    /// Whether libv4l2 converts to this format.
    package var isEmulated: Bool
    /// Frame sizes; empty if the driver does not list them.
    package var sizes: [V4L2Sizes]

    package init(code: FourCC, name: String, isEmulated: Bool = false, sizes: [V4L2Sizes]) {
        self.code = code
        self.name = name
        self.isEmulated = isEmulated
        self.sizes = sizes
    }
}

/// Frame size of a format, or a range of sizes.
package struct V4L2Sizes: Equatable, Sendable {
    /// Smallest size. All others are a multiple of ``step`` larger.
    package var smallest: PixelSize
    /// Largest size; the same as ``smallest`` for a single size.
    package var largest: PixelSize
    /// Difference between neighbouring sizes.
    package var step: PixelSize
    /// Rates at this size; for a range, at the requested size.
    package var rates: V4L2Rates

    package init(smallest: PixelSize, largest: PixelSize, step: PixelSize, rates: V4L2Rates) {
        self.smallest = smallest
        self.largest = largest
        self.step = step
        self.rates = rates
    }

    /// Creates a single size.
    package init(_ size: PixelSize, rates: V4L2Rates) {
        self.init(smallest: size, largest: size, step: PixelSize(width: 1, height: 1), rates: rates)
    }

    /// Returns the smallest size that covers another or, if there is none, the largest.
    package func nearest(covering wanted: PixelSize) -> PixelSize {
        PixelSize(
            width: Self.smallest(from: smallest.width, to: largest.width, step: step.width, atLeast: wanted.width),
            height: Self.smallest(from: smallest.height, to: largest.height, step: step.height, atLeast: wanted.height))
    }

    private static func smallest(from first: Int, to last: Int, step: Int, atLeast wanted: Int) -> Int {
        guard wanted > first, last > first else { return first }
        let step = max(1, step)
        let stepCount = (min(wanted, last) - first + step - 1) / step
        // The largest size need not be a whole number of steps from the smallest.
        return min(first + stepCount * step, first + (last - first) / step * step)
    }
}

/// Frame rates at one size.
package enum V4L2Rates: Equatable, Sendable {
    /// Discrete intervals; empty if the driver does not list them.
    case listed([FrameInterval])
    /// Every interval from the slowest to the fastest.
    case range(slowest: FrameInterval, fastest: FrameInterval)
}

/// Time between two frames, as a fraction of a second.
package struct FrameInterval: Hashable, Sendable {
    /// Numerator, in seconds.
    package var numerator: UInt32
    /// Denominator.
    package var denominator: UInt32

    package init(_ numerator: UInt32, _ denominator: UInt32) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// - Parameter rate: frames per second; above 0.
    package init(rate: Double) {
        self.init(1000, UInt32(max(1, min((rate * 1000).rounded(.up), 4e9))))
    }

    /// Frames per second; 0 for an invalid interval.
    package var rate: Double { numerator > 0 ? Double(denominator) / Double(numerator) : 0 }
}
