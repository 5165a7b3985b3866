/// What a camera can be set to.
package struct V4L2Offer: Equatable, Sendable {
    /// In the order in which the driver lists them.
    package var formats: [V4L2Format]
    /// The size that it is set to.
    package var current: PixelSize

    package init(formats: [V4L2Format], current: PixelSize) {
        self.formats = formats
        self.current = current
    }
}

/// One format of a camera.
package struct V4L2Format: Equatable, Sendable {
    /// The kernel's name for it.
    package var code: FourCC
    /// The driver's words for it, as "Motion-JPEG".
    package var name: String
    /// Whether the camera has it only because libv4l2 converts into it.
    package var isEmulated: Bool
    /// Empty if the driver does not tell.
    package var sizes: [V4L2Sizes]

    package init(code: FourCC, name: String, isEmulated: Bool = false, sizes: [V4L2Sizes]) {
        self.code = code
        self.name = name
        self.isEmulated = isEmulated
        self.sizes = sizes
    }
}

/// One size of a format, or a range of sizes.
package struct V4L2Sizes: Equatable, Sendable {
    /// The least size; the others are whole steps from it.
    package var smallest: PixelSize
    /// The same as ``smallest`` if it is one size only.
    package var largest: PixelSize
    /// The distance from one size to the next.
    package var step: PixelSize
    /// At this size; of a range, at the size that was asked about.
    package var rates: V4L2Rates

    package init(smallest: PixelSize, largest: PixelSize, step: PixelSize, rates: V4L2Rates) {
        self.smallest = smallest
        self.largest = largest
        self.step = step
        self.rates = rates
    }

    /// One size.
    package init(_ size: PixelSize, rates: V4L2Rates) {
        self.init(smallest: size, largest: size, step: PixelSize(width: 1, height: 1), rates: rates)
    }

    /// The smallest size that covers another or, if there is none, the largest.
    package func nearest(covering wanted: PixelSize) -> PixelSize {
        PixelSize(
            width: Self.smallest(from: smallest.width, to: largest.width, step: step.width, atLeast: wanted.width),
            height: Self.smallest(from: smallest.height, to: largest.height, step: step.height, atLeast: wanted.height))
    }

    private static func smallest(from first: Int, to last: Int, step: Int, atLeast wanted: Int) -> Int {
        guard wanted > first, last > first else { return first }
        let step = max(1, step)
        let stepCount = (min(wanted, last) - first + step - 1) / step
        // The last number need not be a whole number of steps away.
        return min(first + stepCount * step, first + (last - first) / step * step)
    }
}

/// Frames in a second that a camera can give at one size.
package enum V4L2Rates: Equatable, Sendable {
    /// These; none if the driver does not tell.
    case listed([FrameInterval])
    /// Every rate from the slower to the faster.
    case range(slowest: FrameInterval, fastest: FrameInterval)
}

/// The time from one frame to the next: a fraction of a second.
package struct FrameInterval: Hashable, Sendable {
    /// Seconds, to be divided by ``denominator``.
    package var numerator: UInt32
    /// The divisor.
    package var denominator: UInt32

    package init(_ numerator: UInt32, _ denominator: UInt32) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// - Parameter rate: frames in a second, above 0.
    package init(rate: Double) {
        self.init(1000, UInt32(max(1, min((rate * 1000).rounded(.up), 4e9))))
    }

    /// Frames in a second; 0 if the driver gave no time.
    package var rate: Double { numerator > 0 ? Double(denominator) / Double(numerator) : 0 }
}
