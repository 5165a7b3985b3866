/// Tells a change of the light from a change of the content, by the structure of small blocks.
///
/// A surface reflects the same part of more light. Where only the light changes, the levels x of a small block become
/// a x + b: a is the light that falls there and the exposure, b what is scattered and the black level. Each block has
/// an a and a b of its own, so a lamp may light a part only, and a tone curve is nearly straight within a block. What is
/// left of the block after the best a and b is noise. Something that came before the background has a structure of its
/// own, or none.
///
/// This is the shading model of Skifstad and Jain, "Illumination independent change detection for real world image
/// sequences", CVGIP 46(3), 1989, with a test of the residual in place of one of ratios. That light keeps texture while
/// objects do not is the base of Li and Leung, "Integrating intensity and texture differences for robust change
/// detection", IEEE Transactions on Image Processing 11(2), 2002, too.
///
/// The answer is light only on evidence. What shows too little structure to tell counts as content, which costs a
/// few samples; content that counted as light would be missed.
struct LightTest: Sendable {
    /// Cells along the edge of a block: the smallest whose structure can be measured.
    private static let side = 4
    /// The ratio of signal to noise, in variances, from which a block has structure: then the standard error of its
    /// contrast is an eighth, 1/√(16 × 4).
    private static let structure = 4.0
    /// The factors by which the contrast of a block, against its mean, may change. A gain leaves it as it is; a tone
    /// curve of exponent γ changes it by γ, and scattered light lessens it. Something flat has none.
    private static let contrast = 0.4...2.5
    /// What of a block's variance may remain without an explanation: twice the noise, or the part of it that leaves a
    /// correlation of 0.9. A block of something else often is a slope; two slopes of any directions correlate by the
    /// cosine between them, and reach 0.9 in one case of seven.
    private static let noiseFactor = 2.0
    private static let unexplained = 0.19
    /// The part of the blocks that has to have the same structure, and the fewest that can tell. With one of seven by
    /// chance, five of six are the same in one change of content of two thousand; shadows that move with the light
    /// and parts that saturate may be the rest.
    private static let most = 0.75
    private static let fewestBlocks = 6
    /// Levels squared. The least noise of a cell: rounding and compression.
    private static let leastNoise = 1.0
    /// The levels that are not clipped. What is nearly black or white does not tell its structure.
    private static let unclipped: ClosedRange<Float> = 5...250

    /// The blocks that changed.
    private struct Tally {
        /// Those with the same structure as before; how many of them are brighter.
        var same = 0
        var sameAndBrighter = 0
        /// Those with structure before or now, and not the same.
        var other = 0
        /// Those without any structure, brighter and darker.
        var flatAndBrighter = 0
        var flatAndDarker = 0
    }

    /// Whether the cells that differ do so because of the light.
    ///
    /// - Parameters:
    ///   - levels: of the frame.
    ///   - visible: the cells that are not masked.
    ///   - marks: 1 for the cells that differ from the background.
    static func isLight(
        _ levels: [Float], background: Background, visible: [Bool], marks: [UInt8], layout: LumaGrid.Layout
    ) -> Bool {
        var tally = Tally()
        let (rows, columns) = (max(1, layout.rows / side), max(1, layout.columns / side))
        for row in 0..<rows {
            for column in 0..<columns {
                var block = Block()
                for cellRow in row * layout.rows / rows..<(row + 1) * layout.rows / rows {
                    for cellColumn in column * layout.columns / columns..<(column + 1) * layout.columns / columns {
                        let cell = cellRow * layout.columns + cellColumn
                        guard visible[cell] else { continue }
                        block.add(
                            before: background.mean[cell], now: levels[cell], noise: background.variance[cell],
                            differs: marks[cell] != 0)
                    }
                }
                count(block, &tally)
            }
        }
        return isLight(tally)
    }

    private static func count(_ block: Block, _ tally: inout Tally) {
        guard 2 * block.cells >= side * side, 2 * block.changed >= block.cells else { return }
        // What is clipped now may be anything.
        guard 2 * block.told >= block.cells else { return tally.other += 1 }
        let noise = max(block.noise, leastNoise)
        let gain = block.gain
        // A structure that the light leaves too little of is none, as far as can be told.
        let hadStructure = block.varianceBefore * min(1, gain * gain) >= structure * noise
        let hasStructure = block.varianceNow >= structure * noise
        if !hadStructure, !hasStructure {
            if block.isBrighter { tally.flatAndBrighter += 1 } else { tally.flatAndDarker += 1 }
        } else if hadStructure, isExplained(block, gain: gain, noise: noise) {
            tally.same += 1
            if block.isBrighter { tally.sameAndBrighter += 1 }
        } else {
            tally.other += 1
        }
    }

    /// Whether a block's levels now are a x + b, but for the noise, with an a that light can have.
    private static func isExplained(_ block: Block, gain: Double, noise: Double) -> Bool {
        let slope = block.slope
        guard contrast.contains(slope / gain) else { return false }
        let rest = block.varianceNow - slope * slope * block.varianceBefore
        return rest <= max(noiseFactor * noise, unexplained * block.varianceNow)
    }

    private static func isLight(_ tally: Tally) -> Bool {
        // A camera sets its exposure against a large object: what else is in sight becomes brighter when something
        // dark comes, and the other way round. So a flat block that goes against the others is an object.
        let isBrighter = 2 * tally.sameAndBrighter > tally.same
        let against = isBrighter ? tally.flatAndDarker : tally.flatAndBrighter
        let blocks = tally.same + tally.other + against
        return blocks >= fewestBlocks && Double(tally.same) >= most * Double(blocks)
    }
}

extension LightTest {
    /// Sums over the cells of a block.
    private struct Block {
        private(set) var cells = 0
        private(set) var changed = 0
        /// Cells that are not clipped: the sums are over them.
        private(set) var told = 0
        private var noiseSum = 0.0
        // Sums of the levels before and now, of their squares and of their products.
        private var before = 0.0
        private var now = 0.0
        private var beforeSquared = 0.0
        private var nowSquared = 0.0
        private var product = 0.0

        mutating func add(before: Float, now: Float, noise: Float, differs: Bool) {
            cells += 1
            if differs { changed += 1 }
            guard unclipped.contains(before), unclipped.contains(now) else { return }
            let (before, now) = (Double(before), Double(now))
            told += 1
            noiseSum += Double(noise)
            self.before += before
            self.now += now
            beforeSquared += before * before
            nowSquared += now * now
            product += before * now
        }

        var isBrighter: Bool { now > before }
        var noise: Double { noiseSum / Double(told) }
        var varianceBefore: Double { (beforeSquared - before * before / Double(told)) / Double(told) }
        var varianceNow: Double { (nowSquared - now * now / Double(told)) / Double(told) }

        /// The factor of the mean.
        var gain: Double { now / before }

        /// The a of the least squares fit of the levels now to a x + b, x before.
        var slope: Double { (product - before * now / Double(told)) / Double(told) / varianceBefore }
    }
}
