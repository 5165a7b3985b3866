import CV4L2
import Glibc

@testable import Capture

extension FakeCamera {
    /// The table that leads to this camera, which has to outlive whoever uses it.
    var functions: cv4l2_device_functions {
        cv4l2_device_functions(
            context: Unmanaged.passUnretained(self).toOpaque(),
            open: { context, path in
                guard let path else { return -EFAULT }
                return camera(context).open(String(cString: path))
            },
            close: { context, _ in
                camera(context).close()
                return 0
            },
            ioctl: { context, _, request, argument in
                guard let argument else { return -EFAULT }
                let camera = camera(context)
                return camera.refusals[request].map { -$0 } ?? camera.answer(request, argument)
            },
            mmap: { context, _, length, offset, address in
                let camera = camera(context)
                // The second buffer is mapped when there is something to be undone.
                if let number = camera.refusals[FakeCamera.mapping], offset > 0 { return -number }
                address?.pointee = camera.map(offset, length)
                return address?.pointee == nil ? -EINVAL : 0
            },
            munmap: { context, address, length in address.map { camera(context).unmap($0, length) } ?? -EINVAL },
            poll: { context, _, events, milliseconds, happened in
                let camera = camera(context)
                happened?.pointee = camera.happening(events)
                guard happened?.pointee == 0 else { return 1 }
                camera.onWait()
                usleep(UInt32(milliseconds) * 1000)  // the timeout of poll(2)
                return 0
            })
    }

    /// Stands for mapping among the requests that are refused.
    static let mapping: UInt = .max

    func answer(_ request: UInt, _ argument: UnsafeMutableRawPointer) -> Int32 {
        func change<Argument>(_: Argument.Type, _ body: (inout Argument) -> Int32) -> Int32 {
            body(&argument.assumingMemoryBound(to: Argument.self).pointee)
        }
        switch request {
        case cv4l2_querycap: return change(v4l2_capability.self, describe)
        case cv4l2_enum_fmt: return change(v4l2_fmtdesc.self, list)
        case cv4l2_enum_framesizes: return change(v4l2_frmsizeenum.self, list)
        case cv4l2_enum_frameintervals: return change(v4l2_frmivalenum.self, list)
        case cv4l2_g_fmt:
            return change(v4l2_format.self) {
                $0.fmt.pix = pix; return 0
            }
        case cv4l2_s_fmt: return change(v4l2_format.self, setFormat)
        case cv4l2_s_parm:
            return change(v4l2_streamparm.self) {
                setInterval($0.parm.capture.timeperframe); return 0
            }
        case cv4l2_reqbufs: return change(v4l2_requestbuffers.self, makeBuffers)
        case cv4l2_querybuf: return change(v4l2_buffer.self, describe)
        case cv4l2_qbuf: return change(v4l2_buffer.self) { queue($0.index) }
        case cv4l2_dqbuf: return change(v4l2_buffer.self, take)
        case cv4l2_streamon: isStreaming = true; return 0
        case cv4l2_streamoff: stop(); return 0
        case cv4l2_subscribe_event: return tellsChanges ? 0 : -ENOTTY
        case cv4l2_dqevent: return change(v4l2_event.self, takeEvent)
        case cv4l2_queryctrl: return change(v4l2_queryctrl.self, describe)
        case cv4l2_querymenu: return change(v4l2_querymenu.self, describe)
        case cv4l2_s_ctrl: return change(v4l2_control.self, setControl)
        default: return -ENOTTY
        }
    }

    private func describe(_ answer: inout v4l2_capability) -> Int32 {
        write("fake", to: &answer.driver)
        write("Fake Camera", to: &answer.card)
        write("usb-1", to: &answer.bus_info)
        answer.capabilities = capabilities | V4L2_CAP_DEVICE_CAPS
        answer.device_caps = capabilities
        return 0
    }

    // MARK: - What it offers

    private func list(_ answer: inout v4l2_fmtdesc) -> Int32 {
        guard formats.indices.contains(Int(answer.index)) else { return -EINVAL }
        let format = formats[Int(answer.index)]
        answer.pixelformat = format.code.code
        answer.flags = format.isEmulated ? UInt32(V4L2_FMT_FLAG_EMULATED) : 0
        write(format.name, to: &answer.description)
        return 0
    }

    private func list(_ answer: inout v4l2_frmsizeenum) -> Int32 {
        let code = FourCC(code: answer.pixel_format)
        guard let format = formats.first(where: { $0.code == code }), format.sizes.indices.contains(Int(answer.index))
        else { return -EINVAL }
        let sizes = format.sizes[Int(answer.index)]
        if sizes.smallest == sizes.largest {
            answer.type = V4L2_FRMSIZE_TYPE_DISCRETE.rawValue
            answer.discrete = v4l2_frmsize_discrete(
                width: UInt32(sizes.smallest.width), height: UInt32(sizes.smallest.height))
        } else {
            answer.type = V4L2_FRMSIZE_TYPE_STEPWISE.rawValue
            answer.stepwise = v4l2_frmsize_stepwise(
                min_width: UInt32(sizes.smallest.width), max_width: UInt32(sizes.largest.width),
                step_width: UInt32(sizes.step.width), min_height: UInt32(sizes.smallest.height),
                max_height: UInt32(sizes.largest.height), step_height: UInt32(sizes.step.height))
        }
        return 0
    }

    private func list(_ answer: inout v4l2_frmivalenum) -> Int32 {
        let code = FourCC(code: answer.pixel_format)
        let size = PixelSize(width: Int(answer.width), height: Int(answer.height))
        let sizes = formats.first { $0.code == code }?.sizes.first { $0.nearest(covering: size) == size }
        switch sizes?.rates {
        case .listed(let intervals) where intervals.indices.contains(Int(answer.index)):
            answer.type = V4L2_FRMIVAL_TYPE_DISCRETE.rawValue
            answer.discrete = intervals[Int(answer.index)].fraction
        case .range(let slowest, let fastest) where answer.index == 0:
            answer.type = V4L2_FRMIVAL_TYPE_CONTINUOUS.rawValue
            answer.stepwise = v4l2_frmival_stepwise(
                min: fastest.fraction, max: slowest.fraction, step: v4l2_fract(numerator: 1, denominator: 1))
        default: return -EINVAL
        }
        return 0
    }

    private func setFormat(_ format: inout v4l2_format) -> Int32 {
        guard buffers.isEmpty else { return -EBUSY }
        setNearest(
            FourCC(code: format.fmt.pix.pixelformat),
            PixelSize(width: Int(format.fmt.pix.width), height: Int(format.fmt.pix.height)))
        format.fmt.pix = pix
        return 0
    }

    // MARK: - Buffers

    private func makeBuffers(_ request: inout v4l2_requestbuffers) -> Int32 {
        request.count = min(request.count, mostBuffers)
        return makeBuffers(request.count)
    }

    private func describe(_ buffer: inout v4l2_buffer) -> Int32 {
        guard buffers.indices.contains(Int(buffer.index)) else { return -EINVAL }
        buffer.length = UInt32(buffers[Int(buffer.index)].memory.count)
        buffer.m.offset = buffer.index << 16
        return 0
    }

    // MARK: - Controls

    private func describe(_ answer: inout v4l2_queryctrl) -> Int32 {
        let last = answer.id & ~V4L2_CTRL_FLAG_NEXT_CTRL
        guard let control = controls.first(where: { $0.id > last }) else { return -EINVAL }
        answer = v4l2_queryctrl()
        answer.id = control.id
        answer.type = control.kind.rawValue
        answer.minimum = control.range.lowerBound
        answer.maximum = control.range.upperBound
        answer.step = control.step
        answer.flags = UInt32(control.flags)
        write(control.name, to: &answer.name)
        return 0
    }

    private func describe(_ answer: inout v4l2_querymenu) -> Int32 {
        guard let control = controls.first(where: { $0.id == answer.id }),
            let choice = control.choices[Int32(answer.index)]
        else { return -EINVAL }
        if control.kind == V4L2_CTRL_TYPE_INTEGER_MENU {
            answer.value = Int64(choice) ?? 0
        } else {
            write(choice, to: &answer.name)
        }
        return 0
    }

    private func setControl(_ change: inout v4l2_control) -> Int32 {
        guard let index = controls.firstIndex(where: { $0.id == change.id }) else { return -EINVAL }
        controls[index].value = change.value
        return 0
    }
}

private func camera(_ context: UnsafeMutableRawPointer?) -> FakeCamera {
    guard let context else { preconditionFailure("the table has been changed") }
    return Unmanaged<FakeCamera>.fromOpaque(context).takeUnretainedValue()
}

/// Writes a text into an array of characters, which Swift sees as a tuple.
private func write<Characters>(_ text: String, to characters: inout Characters) {
    withUnsafeMutableBytes(of: &characters) { bytes in
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        bytes.copyBytes(from: text.utf8.prefix(bytes.count - 1))
    }
}

extension FrameInterval {
    fileprivate var fraction: v4l2_fract { v4l2_fract(numerator: numerator, denominator: denominator) }
}
