// FFmpeg's libraries, and the few things in them that Swift cannot reach by itself.

#ifndef LOOKOUT_CFFMPEG_H
#define LOOKOUT_CFFMPEG_H

#include <stdbool.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/dict.h>
#include <libavutil/display.h>
#include <libavutil/error.h>
#include <libavutil/frame.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/murmur3.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libavutil/rational.h>
#include <libavutil/sha.h>
#include <libswscale/swscale.h>

// Error codes are made by function-like macros, which are not imported.
static const int cffmpeg_error_eof = AVERROR_EOF;
static const int cffmpeg_error_again = AVERROR(EAGAIN);
static const int cffmpeg_error_exit = AVERROR_EXIT;
static const int cffmpeg_error_invalid_data = AVERROR_INVALIDDATA;
static const int cffmpeg_error_decoder_not_found = AVERROR_DECODER_NOT_FOUND;
static const int cffmpeg_error_http_unauthorized = AVERROR_HTTP_UNAUTHORIZED;
static const int cffmpeg_error_http_forbidden = AVERROR_HTTP_FORBIDDEN;
static const int cffmpeg_error_http_other_4xx = AVERROR_HTTP_OTHER_4XX;
static const int cffmpeg_error_protocol_not_found = AVERROR_PROTOCOL_NOT_FOUND;

static const int cffmpeg_error_no_memory = AVERROR(ENOMEM);

// Whether a decoder asks for the memory of its frames.
static const int cffmpeg_takes_buffers = AV_CODEC_CAP_DR1;

// The bytes of a frame's buffers, which are an array, imported as a tuple.
static inline ptrdiff_t cffmpeg_buffer_size(const AVFrame *frame) {
    ptrdiff_t size = 0;
    for (int index = 0; index < AV_NUM_DATA_POINTERS; index++)
        if (frame->buf[index]) size += frame->buf[index]->size;
    return size;
}

// The system's error number in one of FFmpeg's, 0 if it is one of FFmpeg's own.
static inline int cffmpeg_errno(int error) {
    int number = AVUNERROR(error);
    return number > 0 && number < 4096 ? number : 0;
}

// The value of an unknown time stamp is a macro with a cast in it.
static const int64_t cffmpeg_no_timestamp = AV_NOPTS_VALUE;

// Macros in some versions of the libraries, enumerations in others. The first two are filters, the third
// asks for exact rounding and for colours at full resolution on the way in and out.
static const int cffmpeg_filter_area = SWS_AREA;
static const int cffmpeg_filter_bilinear = SWS_BILINEAR;
static const int cffmpeg_scaling_quality = SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;

// SwsContext is an incomplete type up to libswscale 8 (FFmpeg 7) and a complete one from 9 on, which Swift
// imports differently. Behind these it is a plain pointer.
static inline void *cffmpeg_scaler(
    int width, int height, enum AVPixelFormat format, int to_width, int to_height, enum AVPixelFormat to_format,
    int flags) {
    return sws_getContext(width, height, format, to_width, to_height, to_format, flags, NULL, NULL, NULL);
}

static inline void cffmpeg_scaler_free(void *scaler) { sws_freeContext((struct SwsContext *)scaler); }

// One matrix for both sides: the input's decides, and neither RGB nor grey output has one.
static inline void cffmpeg_scaler_set_input(void *scaler, int matrix, bool full_range) {
    const int *coefficients = sws_getCoefficients(matrix);
    sws_setColorspaceDetails(
        (struct SwsContext *)scaler, coefficients, full_range, coefficients, 1, 0, 1 << 16, 1 << 16);
}

// Scales `height` rows of a frame, whose planes begin so many bytes later than the frame's own. A plane that
// is not there stays so.
static inline int cffmpeg_scale(
    void *scaler, const AVFrame *frame, const ptrdiff_t offsets[4], int height, uint8_t *target,
    int target_stride) {
    const uint8_t *sources[4];
    for (int plane = 0; plane < 4; plane++)
        sources[plane] = frame->data[plane] ? frame->data[plane] + offsets[plane] : NULL;
    uint8_t *const planes[4] = {target, NULL, NULL, NULL};
    const int strides[4] = {target_stride, 0, 0, 0};
    return sws_scale(
        (struct SwsContext *)scaler, sources, frame->linesize, 0, height, planes, strides);
}

// Converts a whole frame to another one of the scaler's output size, which has its own planes.
static inline int cffmpeg_scale_frame(void *scaler, const AVFrame *frame, AVFrame *target) {
    return sws_scale(
        (struct SwsContext *)scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, frame->height,
        target->data, target->linesize);
}

// Matrix and range of YCbCr output that is made of RGB.
static inline void cffmpeg_scaler_set_output(void *scaler, int matrix, bool full_range) {
    const int *coefficients = sws_getCoefficients(matrix);
    sws_setColorspaceDetails(
        (struct SwsContext *)scaler, coefficients, 1, coefficients, full_range, 0, 1 << 16, 1 << 16);
}

// Flags are macros of different types.
static const int cffmpeg_global_header = AV_CODEC_FLAG_GLOBAL_HEADER;
static const int cffmpeg_constant_quality = AV_CODEC_FLAG_QSCALE;
static const int cffmpeg_quality_unit = FF_QP2LAMBDA;
static const int cffmpeg_wants_global_header = AVFMT_GLOBALHEADER;
static const int cffmpeg_open_for_writing = AVIO_FLAG_WRITE;

// The planes of a frame are fixed-size arrays, which are imported as tuples. Planes behind this one are cleared.
static inline void cffmpeg_set_plane(AVFrame *frame, int plane, uint8_t *data, int bytes_per_row) {
    for (int later = plane; later < AV_NUM_DATA_POINTERS; later++) {
        frame->data[later] = NULL;
        frame->linesize[later] = 0;
    }
    frame->data[plane] = data;
    frame->linesize[plane] = bytes_per_row;
}

// Stream side data moved to the codec parameters in libavformat 60.15 (FFmpeg 6.1).
static inline const uint8_t *cffmpeg_stream_side_data(
    const AVStream *stream, enum AVPacketSideDataType type, size_t *size) {
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
    const AVPacketSideData *data = av_packet_side_data_get(
        stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, type);
    *size = data ? data->size : 0;
    return data ? data->data : NULL;
#else
    return av_stream_get_side_data(stream, type, size);
#endif
}

// `key_frame` became a flag in libavutil 58.7 (FFmpeg 6.1).
static inline bool cffmpeg_is_key_frame(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
    return frame->flags & AV_FRAME_FLAG_KEY;
#else
    return frame->key_frame;
#endif
}

#endif
