import CFFmpeg

/// How the luma of a frame can be read without a conversion: all of it is in the first plane, one number
/// a pixel, in one byte or in two.
struct LumaPlane: Equatable {
    /// Whether a number takes two bytes, together with whatever else is in them.
    let isWide: Bool
    /// How far the number lies from the lowest bit, and which bits are its own then. Numbers of more than
    /// 12 bits lose those below the twelfth.
    let shift: UInt16
    let mask: UInt16
    /// The numbers that stand for black and white.
    let black: Float
    let white: Float

    /// As many bits are kept as can be added up eight times in 16 bits.
    private static let mostBits: Int32 = 12

    /// - Returns: `nil` if the format has no luma, or has it differently: RGB, palettes, single bits, big
    ///   endian, packed formats of more than two bytes a pixel.
    init?(_ format: ColourFormat) {
        let unreadable =
            AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM
            | AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER
        guard let description = av_pix_fmt_desc_get(format.pixels)?.pointee,
            description.flags & UInt64(unreadable) == 0
        else { return nil }
        let luma = description.comp.0
        guard luma.plane == 0, luma.step == 1 || luma.step == 2, luma.offset < luma.step else { return nil }
        isWide = luma.step == 2
        if luma.depth > 8 {
            guard isWide, luma.offset == 0, description.flags & UInt64(AV_PIX_FMT_FLAG_BE) == 0 else { return nil }
        } else {
            guard luma.depth == 8, luma.shift == 0 else { return nil }
        }
        let bits = min(luma.depth, Self.mostBits)
        shift = UInt16(8 * luma.offset + luma.shift + luma.depth - bits)
        mask = UInt16((1 << bits) - 1)
        // Grey frames have no range of their own: libswscale, too, takes all of them as full.
        let isFull = format.isFullRange || description.nb_components < 3
        black = isFull ? 0 : Float(16 << (bits - 8))
        white = isFull ? Float(mask) : Float(235 << (bits - 8))
    }

    /// Adds the numbers of a row of pixels to the sums of their columns.
    func add(_ row: UnsafePointer<UInt8>, width: Int, to sums: UnsafeMutablePointer<UInt16>) {
        if isWide {
            Self.addWords(UnsafeRawPointer(row), width, shift, mask, sums)
        } else {
            for column in 0..<width { sums[column] &+= UInt16(row[column]) }
        }
    }

    private static func addWords(
        _ row: UnsafeRawPointer, _ width: Int, _ shift: UInt16, _ mask: UInt16,
        _ sums: UnsafeMutablePointer<UInt16>
    ) {
        for column in 0..<width {
            let word = UInt16(littleEndian: row.loadUnaligned(fromByteOffset: 2 * column, as: UInt16.self))
            sums[column] &+= (word &>> shift) & mask
        }
    }

    /// The level, 0...255, of a mean of numbers.
    func level(_ mean: Float) -> Float { min(max((mean - black) * (255 / (white - black)), 0), 255) }
}
