import CV4L2

/// Capabilities of a device.
struct V4L2Capability: Equatable {
    var driver: String
    var card: String
    var bus: String
    /// Whether it captures video (single-planar API).
    var captures: Bool
    /// Whether it captures video through the multi-planar API.
    var capturesInPlanes: Bool
    /// Whether it supports streaming I/O.
    var streams: Bool
}

extension V4L2Device {
    /// Queries the capabilities.
    ///
    /// - Throws: ``V4L2Failure``.
    func capability() throws(V4L2Failure) -> V4L2Capability {
        var answer = v4l2_capability()
        try control("query its capabilities", cv4l2_querycap, &answer)
        // One driver may have several devices; `device_caps` are those of this one.
        let own = answer.capabilities & V4L2_CAP_DEVICE_CAPS != 0 ? answer.device_caps : answer.capabilities
        return V4L2Capability(
            driver: String(cString: cv4l2_driver(&answer)), card: String(cString: cv4l2_card(&answer)),
            bus: String(cString: cv4l2_bus(&answer)),
            captures: own & UInt32(V4L2_CAP_VIDEO_CAPTURE) != 0,
            capturesInPlanes: own & UInt32(V4L2_CAP_VIDEO_CAPTURE_MPLANE) != 0,
            streams: own & UInt32(V4L2_CAP_STREAMING) != 0)
    }

    /// Enumerates the formats, sizes and rates of the camera.
    ///
    /// - Parameter wanted: for a range of sizes, the rates are those at the smallest size that covers this one.
    func offer(at wanted: PixelSize) -> V4L2Offer {
        let formats = list { index -> V4L2Format? in
            var format = v4l2_fmtdesc()
            format.index = index
            format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
            guard answers(cv4l2_enum_fmt, &format) else { return nil }
            let code = FourCC(code: format.pixelformat)
            return V4L2Format(
                code: code, name: String(cString: cv4l2_format_name(&format)),
                isEmulated: format.flags & UInt32(V4L2_FMT_FLAG_EMULATED) != 0, sizes: sizes(of: code, at: wanted))
        }
        let current = (try? self.format()).map { PixelSize(width: Int($0.width), height: Int($0.height)) }
        return V4L2Offer(formats: formats, current: current ?? wanted)
    }

    private func sizes(of code: FourCC, at wanted: PixelSize) -> [V4L2Sizes] {
        var hasRange = false
        return list { index -> V4L2Sizes? in
            var answer = v4l2_frmsizeenum()
            answer.index = index
            answer.pixel_format = code.code
            // A driver has at most one range, and may ignore the index.
            guard !hasRange, answers(cv4l2_enum_framesizes, &answer) else { return nil }
            hasRange = answer.type != V4L2_FRMSIZE_TYPE_DISCRETE.rawValue
            var sizes = hasRange ? V4L2Sizes(answer.stepwise) : V4L2Sizes(answer.discrete)
            sizes.rates = rates(of: code, at: sizes.nearest(covering: wanted))
            return sizes
        }
    }

    private func rates(of code: FourCC, at size: PixelSize) -> V4L2Rates {
        var range: V4L2Rates?
        let intervals = list { index -> FrameInterval? in
            var answer = v4l2_frmivalenum()
            answer.index = index
            answer.pixel_format = code.code
            answer.width = UInt32(clamping: size.width)
            answer.height = UInt32(clamping: size.height)
            guard range == nil, answers(cv4l2_enum_frameintervals, &answer) else { return nil }
            guard answer.type != V4L2_FRMIVAL_TYPE_DISCRETE.rawValue else { return FrameInterval(answer.discrete) }
            range = .range(slowest: FrameInterval(answer.stepwise.max), fastest: FrameInterval(answer.stepwise.min))
            return nil
        }
        return range ?? .listed(intervals)
    }

    /// Collects the elements at index 0, 1, … up to the first `nil`.
    private func list<Element>(_ element: (UInt32) -> Element?) -> [Element] {
        // The limit guards against a broken driver that never ends.
        var elements: [Element] = []
        for index in 0..<UInt32(1000) {
            guard let next = element(index) else { break }
            elements.append(next)
        }
        return elements
    }

    private func answers<Argument>(_ request: UInt, _ argument: inout Argument) -> Bool {
        (try? control("list its formats", request, &argument)) != nil
    }
}

extension V4L2Sizes {
    fileprivate init(_ size: v4l2_frmsize_discrete) {
        self.init(PixelSize(width: Int(size.width), height: Int(size.height)), rates: .listed([]))
    }

    fileprivate init(_ range: v4l2_frmsize_stepwise) {
        self.init(
            smallest: PixelSize(width: Int(range.min_width), height: Int(range.min_height)),
            largest: PixelSize(width: Int(range.max_width), height: Int(range.max_height)),
            step: PixelSize(width: Int(range.step_width), height: Int(range.step_height)), rates: .listed([]))
    }
}

extension FrameInterval {
    fileprivate init(_ fraction: v4l2_fract) { self.init(fraction.numerator, fraction.denominator) }
}
