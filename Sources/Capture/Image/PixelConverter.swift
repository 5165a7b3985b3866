import CFFmpeg

/// Crops, scales and converts frames to one pixel format with libswscale.
///
/// It caches the contexts of libswscale by their sizes, for regions of different sizes.
/// May be used by one thread at a time.
final class PixelConverter {
    private let target: AVPixelFormat
    /// Cached contexts, the most recently used one last.
    private var contexts: [Context] = []

    /// Size of the cache: more than the number of different sizes among the regions of a frame.
    static let mostContexts = 32

    /// - Parameter target: packed pixel format.
    init(to target: AVPixelFormat) { self.target = target }

    /// Number of cached contexts.
    var contextCount: Int { contexts.count }

    /// Scales a crop of a frame.
    ///
    /// - Parameters:
    ///   - crop: pixels of the stored frame.
    ///   - frame: source frame.
    ///   - format: format of the frame.
    ///   - width: width of the result, in pixels. Bytes after each row, up to the length of a vector, may be overwritten.
    ///   - height: height of the result, in pixels.
    ///   - pixels: first pixel of the result.
    ///   - bytesPerRow: stride of the result, in bytes.
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

    /// Key of the cache.
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
            // Area averaging for downscaling; for upscaling it would show blocks.
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
