import CFFmpeg

/// libswscale: brings parts of frames to a size, and to one pixel format.
///
/// What it prepares for a size is kept, so that regions of different sizes can take turns.
/// Used by one thread at a time.
final class PixelConverter {
    private let target: AVPixelFormat
    /// The last used comes last.
    private var contexts: [Context] = []

    /// More than the regions of one frame come in different sizes.
    static let mostContexts = 32

    /// - Parameter target: an interleaved format.
    init(to target: AVPixelFormat) { self.target = target }

    /// How many sizes it is prepared for.
    var contextCount: Int { contexts.count }

    /// Scales a part of a frame.
    ///
    /// - Parameters:
    ///   - width: pixels that are written in a row. Up to a vector of bytes behind them may be overwritten.
    ///   - height: rows that are written.
    /// - Throws: ``AVFailure`` if libswscale cannot read the frame's format.
    func convert(
        _ crop: Crop, of frame: Frame, format: ColourFormat, width: Int, height: Int,
        into pixels: UnsafeMutablePointer<UInt8>, bytesPerRow: Int
    ) throws(AVFailure) {
        let conversion = Conversion(
            width: crop.width, height: crop.height, format: format, targetWidth: width, targetHeight: height)
        let context = try context(for: conversion)
        let result = withUnsafeTemporaryAllocation(of: Int.self, capacity: 4) { offsets in
            crop.writeOffsets(of: frame, format: format, to: offsets)
            return cffmpeg_scale(
                context.handle, frame.handle, offsets.baseAddress, Int32(crop.height), pixels, Int32(bytesPerRow))
        }
        try checked("scale", result)
    }

    /// What libswscale's context depends on.
    private struct Conversion: Equatable {
        var width: Int
        var height: Int
        var format: ColourFormat
        var targetWidth: Int
        var targetHeight: Int

        var shrinks: Bool { width >= targetWidth && height >= targetHeight }
    }

    private func context(for conversion: Conversion) throws(AVFailure) -> Context {
        if let last = contexts.last, last.conversion == conversion { return last }
        let context: Context
        if let index = contexts.firstIndex(where: { $0.conversion == conversion }) {
            context = contexts.remove(at: index)
        } else {
            context = try Context(conversion, target: target)
            if contexts.count == Self.mostContexts { contexts.removeFirst() }
        }
        contexts.append(context)
        return context
    }

    private final class Context {
        let conversion: Conversion
        let handle: UnsafeMutableRawPointer

        init(_ conversion: Conversion, target: AVPixelFormat) throws(AVFailure) {
            // The mean of the pixels that become one; where one becomes several, that would show blocks.
            let filter = conversion.shrinks ? cffmpeg_filter_area : cffmpeg_filter_bilinear
            let handle = cffmpeg_scaler(
                Int32(conversion.width), Int32(conversion.height), conversion.format.pixels,
                Int32(conversion.targetWidth), Int32(conversion.targetHeight), target,
                filter | cffmpeg_scaling_quality)
            guard let handle else {
                throw AVFailure(
                    code: AVFailure.invalidData, operation: "convert pixels", detail: conversion.format.name)
            }
            conversion.format.configure(handle)
            self.conversion = conversion
            self.handle = handle
        }

        deinit { cffmpeg_scaler_free(handle) }
    }
}
