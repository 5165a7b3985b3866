// The kernel's interface to cameras, through libv4l2, which converts what we cannot read ourselves.
//
// Calls go through a table of functions. It is the only way to the kernel, so that a test can put a camera
// of its own behind it.

#ifndef LOOKOUT_CV4L2_H
#define LOOKOUT_CV4L2_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include <libv4l2.h>

// What a camera is reached by. Every function returns what the call of that name does or, if it fails, the
// error number, negative: `errno` itself may have changed before Swift reads it.
struct cv4l2_device_functions {
    // Given to every function.
    void *context;
    int (*open)(void *context, const char *path);
    int (*close)(void *context, int descriptor);
    int (*ioctl)(void *context, int descriptor, unsigned long request, void *argument);
    int (*mmap)(void *context, int descriptor, size_t length, int64_t offset, void **address);
    int (*munmap)(void *context, void *address, size_t length);
    int (*poll)(void *context, int descriptor, short events, int milliseconds, short *happened);
};

static inline int cv4l2_result(int result) { return result < 0 ? -errno : result; }

// libv4l2 complains to standard error about what is no camera, so it is asked only once we know that it is one.
// It also lists the formats that it would convert to, marked with V4L2_FMT_FLAG_EMULATED.
static inline int cv4l2_system_open(void *context, const char *path) {
    int descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    struct v4l2_capability capability;
    if (ioctl(descriptor, VIDIOC_QUERYCAP, &capability) < 0 || v4l2_fd_open(descriptor, 0) < 0) {
        int error = errno;
        close(descriptor);
        return error > 0 ? -error : -EIO;
    }
    return descriptor;
}

static inline int cv4l2_system_close(void *context, int descriptor) { return cv4l2_result(v4l2_close(descriptor)); }

// v4l2_ioctl is variadic.
static inline int cv4l2_system_ioctl(void *context, int descriptor, unsigned long request, void *argument) {
    return cv4l2_result(v4l2_ioctl(descriptor, request, argument));
}

// libv4l2 hands out memory that it converts into, which has to be writable.
static inline int cv4l2_system_mmap(void *context, int descriptor, size_t length, int64_t offset, void **address) {
    *address = v4l2_mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, offset);
    return *address == MAP_FAILED ? -errno : 0;
}

static inline int cv4l2_system_munmap(void *context, void *address, size_t length) {
    return cv4l2_result(v4l2_munmap(address, length));
}

static inline int cv4l2_system_poll(
    void *context, int descriptor, short events, int milliseconds, short *happened) {
    struct pollfd poll_descriptor = {.fd = descriptor, .events = events};
    int result = poll(&poll_descriptor, 1, milliseconds);
    *happened = poll_descriptor.revents;
    return cv4l2_result(result);
}

// The kernel.
static inline struct cv4l2_device_functions cv4l2_system_functions(void) {
    struct cv4l2_device_functions functions = {
        .context = NULL,
        .open = cv4l2_system_open,
        .close = cv4l2_system_close,
        .ioctl = cv4l2_system_ioctl,
        .mmap = cv4l2_system_mmap,
        .munmap = cv4l2_system_munmap,
        .poll = cv4l2_system_poll,
    };
    return functions;
}

// libv4l2 writes its complaints to standard error unless it has a file for them. What failed, we say ourselves.
static inline void cv4l2_silence(void) {
    if (v4l2_log_file == NULL && getenv("LIBV4L2_LOG_FILENAME") == NULL) v4l2_log_file = fopen("/dev/null", "w");
}

// The calls themselves: a table that was imported has optional functions.
static inline int cv4l2_open(const struct cv4l2_device_functions *device, const char *path) {
    return device->open(device->context, path);
}

static inline int cv4l2_close(const struct cv4l2_device_functions *device, int descriptor) {
    return device->close(device->context, descriptor);
}

static inline int cv4l2_ioctl(
    const struct cv4l2_device_functions *device, int descriptor, unsigned long request, void *argument) {
    return device->ioctl(device->context, descriptor, request, argument);
}

static inline int cv4l2_mmap(
    const struct cv4l2_device_functions *device, int descriptor, size_t length, int64_t offset, void **address) {
    return device->mmap(device->context, descriptor, length, offset, address);
}

static inline int cv4l2_munmap(const struct cv4l2_device_functions *device, void *address, size_t length) {
    return device->munmap(device->context, address, length);
}

static inline int cv4l2_poll(
    const struct cv4l2_device_functions *device, int descriptor, short events, int milliseconds, short *happened) {
    return device->poll(device->context, descriptor, events, milliseconds, happened);
}

// Numbers of requests are made by function-like macros, which are not imported.
static const unsigned long cv4l2_querycap = VIDIOC_QUERYCAP;
static const unsigned long cv4l2_enum_fmt = VIDIOC_ENUM_FMT;
static const unsigned long cv4l2_enum_framesizes = VIDIOC_ENUM_FRAMESIZES;
static const unsigned long cv4l2_enum_frameintervals = VIDIOC_ENUM_FRAMEINTERVALS;
static const unsigned long cv4l2_g_fmt = VIDIOC_G_FMT;
static const unsigned long cv4l2_s_fmt = VIDIOC_S_FMT;
static const unsigned long cv4l2_s_parm = VIDIOC_S_PARM;
static const unsigned long cv4l2_reqbufs = VIDIOC_REQBUFS;
static const unsigned long cv4l2_querybuf = VIDIOC_QUERYBUF;
static const unsigned long cv4l2_qbuf = VIDIOC_QBUF;
static const unsigned long cv4l2_dqbuf = VIDIOC_DQBUF;
static const unsigned long cv4l2_streamon = VIDIOC_STREAMON;
static const unsigned long cv4l2_streamoff = VIDIOC_STREAMOFF;
static const unsigned long cv4l2_subscribe_event = VIDIOC_SUBSCRIBE_EVENT;
static const unsigned long cv4l2_dqevent = VIDIOC_DQEVENT;
static const unsigned long cv4l2_queryctrl = VIDIOC_QUERYCTRL;
static const unsigned long cv4l2_querymenu = VIDIOC_QUERYMENU;
static const unsigned long cv4l2_s_ctrl = VIDIOC_S_CTRL;

// What a driver means by "default" depends on the colours, by function-like macros again.
static inline unsigned cv4l2_matrix(const struct v4l2_pix_format *format) {
    return format->ycbcr_enc != V4L2_YCBCR_ENC_DEFAULT
               ? format->ycbcr_enc
               : V4L2_MAP_YCBCR_ENC_DEFAULT(format->colorspace);
}

static inline bool cv4l2_is_full_range(const struct v4l2_pix_format *format) {
    unsigned range = format->quantization != V4L2_QUANTIZATION_DEFAULT
                         ? format->quantization
                         : V4L2_MAP_QUANTIZATION_DEFAULT(0, format->colorspace, 0);
    return range == V4L2_QUANTIZATION_FULL_RANGE;
}

// Texts are arrays in structures, which Swift imports as tuples of as many members.
static inline const char *cv4l2_driver(const struct v4l2_capability *c) { return (const char *)c->driver; }
static inline const char *cv4l2_card(const struct v4l2_capability *c) { return (const char *)c->card; }
static inline const char *cv4l2_bus(const struct v4l2_capability *c) { return (const char *)c->bus_info; }
static inline const char *cv4l2_format_name(const struct v4l2_fmtdesc *f) { return (const char *)f->description; }
static inline const char *cv4l2_control_name(const struct v4l2_queryctrl *c) { return (const char *)c->name; }
static inline const char *cv4l2_menu_name(const struct v4l2_querymenu *m) { return (const char *)m->name; }

// The structure is packed, with a union without a name in it.
static inline int64_t cv4l2_menu_value(const struct v4l2_querymenu *m) { return m->value; }

#endif
