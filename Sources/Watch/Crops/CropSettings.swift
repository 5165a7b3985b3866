import Capture

/// Settings of the crops of a source.
package struct CropSettings: Equatable, Sendable, Codable {
    /// Most crops of a frame, besides the whole frame; 0 for none. Each one costs as much as the whole frame.
    package var budget: Int
    /// Time between two inspections of the whole frame, in seconds. It is also inspected when an object or motion needs it.
    package var wholeFrameInterval: Double

    /// Largest budget.
    package static let most = 16

    package init(budget: Int = 0, wholeFrameInterval: Double = 1) {
        self.budget = budget
        self.wholeFrameInterval = wholeFrameInterval
    }

    /// Error message if the settings are not valid; otherwise `nil`.
    package var problem: String? {
        if !(0...Self.most).contains(budget) {
            return "the number of crops of a frame is from 0 to \(Self.most), not \(budget)"
        }
        if !(0...3600).contains(wholeFrameInterval) {
            return "the interval of the whole frame is a number of seconds from 0 to 3600, not \(wholeFrameInterval)"
        }
        return nil
    }
}

/// Size of the crop for an object.
///
/// Networks find an object best if it fills about half of the image, also if the crop is scaled up for that.
/// Sides come from a ladder of few sizes, as libswscale keeps tables for each of them.
package struct CropRule: Equatable, Sendable, Codable {
    /// Side of a crop, as a multiple of the object's longer side.
    package var scale = 2.2
    /// Largest factor by which the side may differ from that, in both directions, if a crop is kept or has several objects.
    package var tolerance = 1.6
    /// Smallest side, in pixels: there is nothing more to see in a smaller one.
    package var leastSide = 96
    /// Side as a fraction of the frame's shorter side from which the whole frame is as good.
    package var wholeFrame = 0.7

    package init() {}

    /// Ratio of two sides of the ladder.
    private static let step = 1.25
    /// Sides and positions are multiples of it: a multiple of the chroma subsampling of all formats.
    static let alignment = 8

    /// Returns the side of the crop for an object, in pixels, before it is rounded to the ladder.
    func side(forLongSide longSide: Double) -> Double { max(Double(leastSide), scale * longSide) }

    /// Returns the largest side of a crop of a frame.
    func mostSide(in frame: PixelSize) -> Int { min(frame.width, frame.height) / Self.alignment * Self.alignment }

    /// Rounds a side up to the ladder; at most the largest side of a crop of the frame.
    func ladderSide(atLeast side: Double, in frame: PixelSize) -> Int {
        let most = mostSide(in: frame)
        var step = Double(leastSide)
        while step < side, step < Double(most) { step *= Self.step }
        return min(most, Int((step / Double(Self.alignment)).rounded()) * Self.alignment)
    }
}
