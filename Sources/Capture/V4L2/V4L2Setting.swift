import CV4L2

extension V4L2Device {
    /// How the frames are laid out at present.
    ///
    /// - Throws: ``V4L2Failure``.
    func format() throws(V4L2Failure) -> v4l2_pix_format {
        var format = v4l2_format()
        format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        try control("ask for the format", cv4l2_g_fmt, &format)
        return format.fmt.pix
    }

    /// Sets format and size.
    ///
    /// - Returns: what the driver made of it.
    /// - Throws: ``V4L2Failure``.
    func setFormat(_ code: FourCC, size: PixelSize) throws(V4L2Failure) -> v4l2_pix_format {
        var format = v4l2_format()
        format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        format.fmt.pix.width = UInt32(clamping: size.width)
        format.fmt.pix.height = UInt32(clamping: size.height)
        format.fmt.pix.pixelformat = code.code
        format.fmt.pix.field = V4L2_FIELD_NONE.rawValue
        try control("set the format", cv4l2_s_fmt, &format)
        return format.fmt.pix
    }

    /// Sets the rate, as near as the driver can.
    ///
    /// - Returns: what the driver made of it, if it tells.
    /// - Throws: ``V4L2Failure``. Many drivers have no rates at all.
    func setInterval(_ interval: FrameInterval) throws(V4L2Failure) -> FrameInterval? {
        var parameters = v4l2_streamparm()
        parameters.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
        parameters.parm.capture.timeperframe = v4l2_fract(
            numerator: interval.numerator, denominator: interval.denominator)
        try control("set the rate", cv4l2_s_parm, &parameters)
        let result = parameters.parm.capture.timeperframe
        guard result.numerator > 0, result.denominator > 0 else { return nil }
        return FrameInterval(result.numerator, result.denominator)
    }
}
