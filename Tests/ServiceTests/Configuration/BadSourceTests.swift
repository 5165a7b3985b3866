import Testing

/// What is said of sources.
@Suite(.timeLimit(.minutes(10))) struct BadSourceTests {
    static let cases: [BadConfiguration] = [
        BadConfiguration(
            #"""
            sources: [rtsp://a/b]
            """#,
            [
                #"1:10: "sources" is [rtsp://a#9812]; it must be a mapping of names to sources"#
            ]),
        BadConfiguration(
            #"""
            sources: {door: }
            """#,
            [
                #"1:11: "door" has no value; it must be an address, or a mapping with "address""#
            ]),
        BadConfiguration(
            #"""
            sources: {door: [rtsp://a/b]}
            """#,
            [
                #"1:17: "door" is [rtsp://a#9812]; it must be an address, or a mapping with "address""#
            ]),
        BadConfiguration(
            #"""
            sources: {door: {fps: 1}}
            """#,
            [
                #"1:11: "door" has no "address""#
            ]),
        BadConfiguration(
            #"""
            sources: {door: {adress: rtsp://user:secret@a/b}}
            """#,
            [
                #"1:11: "door" has no "address""#,
                #"1:18: unknown key "adress"; did you mean "address"?"#,
            ]),
        BadConfiguration(
            #"""
            sources: {"front door": rtsp://a/b, "": rtsp://a/c, "a:b": rtsp://a/d}
            """#,
            [
                #"1:11: "front door" cannot be the name of a source; a name has up to 64 letters, digits, '-', '_' and '.'"#,
                #"1:37: "" cannot be the name of a source; a name has up to 64 letters, digits, '-', '_' and '.'"#,
                #"1:53: "a:b" cannot be the name of a source; a name has up to 64 letters, digits, '-', '_' and '.'"#,
            ]),
        BadConfiguration(
            #"""
            sources:
              door: rtsp://a/b
              yard: rtsp://a/c
              door: rtsp://a/d
              yard: {address: rtsp://a/e, fps: 0}
            """#,
            [
                #"4:3: duplicate key "door"; the first is in line 2"#,
                #"5:3: duplicate key "yard"; the first is in line 3"#,
            ]),
        BadConfiguration(
            #"""
            sources: {door: ftp://user:secret@a/b}
            """#,
            [
                #"1:17: unknown scheme "ftp"; the schemes are rtsp, rtsps, http, https, rtmp, rtmps, srt, tcp, udp, rtp"#
            ]),
        BadConfiguration(
            #"""
            sources: {door: admin:secret@camera.local/stream}
            """#,
            [
                #"1:17: not an address; it must be the URL of a stream, file: and an absolute path, or a camera's device"#
            ]),
        BadConfiguration(
            #"""
            sources: {door: camera.local/stream, yard: clip.mp4, porch: "file:clip.mp4?loop", hall: ""}
            """#,
            [
                #"1:17: not an address; it must be the URL of a stream, file: and an absolute path, or a camera's device"#,
                #"1:44: not an address; it must be the URL of a stream, file: and an absolute path, or a camera's device"#,
                #"1:61: not an address; it must be the URL of a stream, file: and an absolute path, or a camera's device"#,
                #"1:89: the address is empty"#,
            ]),
        BadConfiguration(
            #"""
            sources: {door: "rtsp://user:sec/ret@a/b"}
            """#,
            [
                #"1:17: invalid host or port; percent-encode special characters of a password (%2F for a slash), or put the credentials in a file"#
            ]),
        BadConfiguration(
            #"""
            sources: {door: rtsp://user:secret@a/b, yard: {address: rtsp://a/b, credentials: "user:secret"}}
            """#,
            [
                #"1:17: warning: this address contains a user name or a password; "credentials" keeps them out of this file"#,
                #"1:82: "credentials" must be the name of a credential, or the absolute path of a file"#,
            ]),
        BadConfiguration(
            #"""
            sources: {door: {address: {host: a}, enabled: 1, credentials: ../file}}
            """#,
            [
                #"1:27: "address" must be the URL of a stream, file: and an absolute path, or a camera's device"#,
                #"1:47: "enabled" is 1; it must be on or off"#,
                #"1:63: "credentials" must be the name of a credential, or the absolute path of a file"#,
            ]),
        BadConfiguration(
            #"""
            sources: {door: {address: rtsp://a/b, fit: rtsp://user:secret@a/b?token=1, fps: "http://a/b@c"}}
            """#,
            [
                #"1:44: "fit" is "rtsp://a#baac"; it must be squash, crop or pad"#,
                #"1:81: "fps" is "…"; it must be a number above 0, up to 1000, or all, or key"#,
            ]),
        BadConfiguration(
            #"""
            sources: {door: {address: rtsp://a/b, rtsp://user:secret@a/b: 1}}
            """#,
            [
                #"1:39: unknown key "rtsp://a#9812"; known keys: address, enabled, credentials, fps, fit, enter, leave, hold, clear_after, min_gap, max_length, update, labels, ignore, overrides, motion, regions, tiles, crops, zones, lines, object_masks, grace, frozen_after, retry, connect_timeout, read_timeout, transport, video_stream, max_frame_size, tls, skip_loop_filter, camera"#
            ]),
        BadConfiguration(
            #"""
            defaults: {fps: 0}
            """#,
            [
                #"1:17: "fps" is 0; it must be a number above 0, up to 1000, or all, or key"#
            ]),
        BadConfiguration(
            #"""
            defaults: {fps: 1001, fit: stretch}
            """#,
            [
                #"1:17: "fps" is 1001; it must be a number above 0, up to 1000, or all, or key"#,
                #"1:28: "fit" is "stretch"; it must be squash, crop or pad"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {fps: keys, fit: Crop}
            """#,
            [
                #"1:17: "fps" is "keys"; it must be a number above 0, up to 1000, or all, or key; did you mean key?"#,
                #"1:28: "fit" is "Crop"; it must be squash, crop or pad; did you mean crop?"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {fps: .inf, fit: on}
            """#,
            [
                #"1:17: "fps" is ".inf"; it must be a number above 0, up to 1000, or all, or key"#,
                #"1:28: "fit" is "on"; it must be squash, crop or pad"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {fps: 0x10}
            """#,
            [
                #"1:17: "fps" is "0x10"; it must be a number above 0, up to 1000, or all, or key"#
            ]),
        BadConfiguration(
            #"""
            defaults: {enter: 0, leave: 1.1, hold: 0.4, clear_after: 25h, update: 0}
            """#,
            [
                #"1:19: "enter" is 0; it must be a number above 0, up to 1, or auto"#,
                #"1:29: "leave" is 1.1; it must be a number from 0 to 1, or auto"#,
                #"1:40: "hold" is 0.4; it must be a duration (ms, s, m, h, d) from 0 to 1d; did you mean 0.4s?"#,
                #"1:58: "clear_after" is "25h"; it must be a duration (ms, s, m, h, d) from 0 to 1d"#,
                #"1:71: "update" is 0; it must be a duration (ms, s, m, h, d) from 1ms to 1d, or off"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {enter: high, leave: -0.1, hold: 400 ms, clear_after: 2 sec, update: on}
            """#,
            [
                #"1:19: "enter" is "high"; it must be a number above 0, up to 1, or auto"#,
                #"1:32: "leave" is -0.1; it must be a number from 0 to 1, or auto"#,
                #"1:65: "clear_after" is "2 sec"; it must be a duration (ms, s, m, h, d) from 0 to 1d"#,
                #"1:80: "update" is "on"; it must be a duration (ms, s, m, h, d) from 1ms to 1d, or off"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {min_gap: 1d1h, max_length: 0, overrides: {cat: {min_gap: -1s, max_length: off}}}
            """#,
            [
                #"1:21: "min_gap" is "1d1h"; it must be a duration (ms, s, m, h, d) from 0 to 1d"#,
                #"1:39: "max_length" is 0; it must be a duration (ms, s, m, h, d) from 1ms to 1d, or off"#,
                #"1:69: "min_gap" is "-1s"; it must be a duration (ms, s, m, h, d) from 0 to 1d"#,
                #"1:86: "max_length" is "off"; it must be a duration (ms, s, m, h, d) from 1ms to 1d"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {labels: [], ignore: cat}
            """#,
            [
                #"1:20: "labels" is an empty list; it must be a list of labels or groups, such as [cat, dog], or all"#,
                #"1:32: "ignore" is "cat"; it must be a list of labels or groups, such as [cat, dog], or none; did you mean [cat]?"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {labels: [cat, [dog]], ignore: {cat: dog}}
            """#,
            [
                #"1:26: each label in "labels" must be one or more words"#,
                #"1:42: "ignore" is a mapping; it must be a list of labels or groups, such as [cat, dog], or none"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {labels: none, ignore: all}
            """#,
            [
                #"1:20: "labels" is "none"; it must be a list of labels or groups, such as [cat, dog], or all; did you mean [none]?"#,
                #"1:34: "ignore" is "all"; it must be a list of labels or groups, such as [cat, dog], or none; did you mean [all]?"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {overrides: {cat: 0.5, dog: {entre: 0.5}, cow: {enter: 2, hold: 5}}}
            """#,
            [
                #"1:29: "cat" is 0.5; it must be a mapping with enter, leave, hold, clear_after, min_gap, max_length, or limits of the size"#,
                #"1:40: unknown key "entre"; did you mean "enter"?"#,
                #"1:66: "enter" is 2; it must be a number above 0, up to 1"#,
                #"1:75: "hold" is 5; it must be a duration (ms, s, m, h, d) from 0 to 1d; did you mean 5s?"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {overrides: [cat]}
            """#,
            [
                #"1:23: "overrides" is [cat]; it must be a mapping of labels or groups to settings"#
            ]),
        BadConfiguration(
            #"""
            defaults: {motion: maybe}
            """#,
            [
                #"1:20: "motion" is "maybe"; it must be on, off, or a mapping"#
            ]),
        BadConfiguration(
            #"""
            defaults: {motion: {sensitivity: 1.5, minimum_area: 5%, heartbeat: 60, hold: -5s, mask: off}}
            """#,
            [
                #"1:34: "sensitivity" is 1.5; it must be a number from 0 to 1"#,
                #"1:53: "minimum_area" is "5%"; it must be a number from 0 to 1"#,
                #"1:68: "heartbeat" is 60; it must be a duration (ms, s, m, h, d) from 1ms to 1d, or off; did you mean 60s?"#,
                #"1:78: "hold" is "-5s"; it must be a duration (ms, s, m, h, d) from 0 to 1d"#,
                #"1:83: unknown key "mask"; did you mean "masks"?"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {motion: {masks: [[0, 0], [1, 0], [1, 1]]}}
            """#,
            [
                #"1:28: "masks" is a list; it must be off, or a mapping of names to masks"#
            ]),
        BadConfiguration(
            #"""
            defaults: {motion: {masks: {road: [[0, 0], [1, 0]], tree: [[0, 0], [1, 0], [1, 2]], sky: [[0, 0], [1], [1, 1]]}}}
            """#,
            [
                #"1:35: "road" is a list; it must be a list of at least three points with coordinates from 0 to 1, such as [[0, 0], [0.2, 0], [0.2, 1]]"#,
                #"1:59: "tree" is a list; it must be a list of at least three points with coordinates from 0 to 1, such as [[0, 0], [0.2, 0], [0.2, 1]]"#,
                #"1:90: "sky" is a list; it must be a list of at least three points with coordinates from 0 to 1, such as [[0, 0], [0.2, 0], [0.2, 1]]"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {regions: {door: [0, 0, 1, 1]}}
            """#,
            [
                #"1:28: "door" is [0, 0, 1, 1]; it must be a mapping with "at""#
            ]),
        BadConfiguration(
            #"""
            defaults: {regions: {door: {at: [0, 0, 1]}, gate: {at: [0, 0, 1, a]}, "a b": {at: [0, 0, 1, 1]}}}
            """#,
            [
                #"1:33: "at" is [0, 0, 1]; it must be four numbers from 0 to 1: [left, top, width, height]"#,
                #"1:56: "at" is [0, 0, 1, a]; it must be four numbers from 0 to 1: [left, top, width, height]"#,
                #"1:83: the name of a region consists of letters, digits, '-', '_' and '.', not 'a b'"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {regions: {full: {at: [0, 0, 1, 0.5]}}}
            """#,
            [
                #"1:33: 'full' is the name of the whole frame; a region needs another"#
            ]),
        BadConfiguration(
            #"""
            defaults: {regions: {door: {at: [0.5, 0, 0.6, 1]}, gate: {at: [0, 0, 0, 1]}, roof: {at: [-1, 0, 1, 1]}, sky: {labels: [kite]}}}
            """#,
            [
                #"1:33: the region reaches over the right edge of the frame: 0.5 + 0.6 is above 1"#,
                #"1:63: the width of a region is a number above 0, up to 1, not 0.0"#,
                #"1:89: the left edge of a region is a number from 0 to 1, not -1.0"#,
                #"1:105: the region "sky" has no "at""#,
            ]),
        BadConfiguration(
            #"""
            defaults: {regions: {door: {at: [0, 0, 1, 1], enter: 2, update: 1s, labels: []}}, tiles: 3x2}
            """#,
            [
                #"1:54: "enter" is 2; it must be a number above 0, up to 1"#,
                #"1:57: unknown key "update"; known keys: at, enter, leave, hold, clear_after, min_gap, max_length, labels, ignore"#,
                #"1:77: "labels" is an empty list; it must be a list of labels or groups, such as [cat, dog], or all"#,
                #"1:90: "tiles" is "3x2"; it must be off, or a mapping with columns and rows"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {tiles: {columns: 17, rows: 0, overlap: 0.6}}
            """#,
            [
                #"1:29: "columns" is 17; it must be an integer from 1 to 16"#,
                #"1:39: "rows" is 0; it must be an integer from 1 to 16"#,
                #"1:51: "overlap" is 0.6; it must be a number from 0 to 0.5"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {tiles: {columns: 3}}
            """#,
            [
                #"1:12: "tiles" has no "rows""#
            ]),
        BadConfiguration(
            #"""
            defaults: {frozen_after: 60}
            """#,
            [
                #"1:26: "frozen_after" is 60; it must be a duration (ms, s, m, h, d) from 0 to 1d, or off; did you mean 60s?"#
            ]),
        BadConfiguration(
            #"""
            defaults: {frozen_after: 2d}
            """#,
            [#"1:26: "frozen_after" is "2d"; it must be a duration (ms, s, m, h, d) from 0 to 1d, or off"#]
        ),
        BadConfiguration(
            #"""
            defaults: {grace: 3, retry: 1s, connect_timeout: 50ms, read_timeout: 2h}
            """#,
            [
                #"1:19: "grace" is 3; it must be a duration (ms, s, m, h, d) from 0 to 1h; did you mean 3s?"#,
                #"1:29: "retry" is "1s"; it must be a mapping"#,
                #"1:50: "connect_timeout" is "50ms"; it must be a duration (ms, s, m, h, d) from 100ms to 1h"#,
                #"1:70: "read_timeout" is "2h"; it must be a duration (ms, s, m, h, d) from 100ms to 1h"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {retry: {first: 0, longest: 2h, frist_connect_longest: 1s}}
            """#,
            [
                #"1:27: "first" is 0; it must be a duration (ms, s, m, h, d) from 10ms to 1h"#,
                #"1:39: "longest" is "2h"; it must be a duration (ms, s, m, h, d) from 10ms to 1h"#,
                #"1:43: unknown key "frist_connect_longest"; did you mean "first_connect_longest"?"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {tls: {ca: a.pem, fingerprint: 12ab, verify: maybe}, max_frame_size: 4k}
            """#,
            [
                #"1:22: "ca" is "a.pem"; it must be an absolute path, or off"#,
                #"1:42: "fingerprint" is "12ab"; it must be a SHA-256 fingerprint of 64 hexadecimal digits, or off"#,
                #"1:56: "verify" is "maybe"; it must be on or off"#,
                #"1:80: "max_frame_size" is "4k"; it must be a size like 4096x2304, from 16x16 to 16384x16384"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {tls: {ca: /srv/a, verify: off}, max_frame_size: 20000x100}
            """#,
            [
                #"1:12: only one of "ca", "fingerprint" and "verify: off" is allowed"#,
                #"1:60: "max_frame_size" is "20000x100"; it must be a size like 4096x2304, from 16x16 to 16384x16384"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {transport: http, video_stream: -1, skip_loop_filter: 1}
            """#,
            [
                #"1:23: "transport" is "http"; it must be tcp or udp"#,
                #"1:43: "video_stream" is -1; it must be an integer from 0 to 1000, or auto"#,
                #"1:65: "skip_loop_filter" is 1; it must be on or off"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {camera: {format: MJPEG, size: 640, rate: 0, controls: [a]}}
            """#,
            [
                #"1:29: "format" is "MJPEG"; it must be a pixel format of four letters, such as YUYV, or auto"#,
                #"1:42: "size" is 640; it must be a size like 640x480, or auto"#,
                #"1:53: "rate" is 0; it must be a number above 0, up to 1000, or auto"#,
                #"1:66: "controls" is [a]; it must be a mapping of names to values"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {camera: {size: 640*480, controls: {brightness: [1], contrast: }}}
            """#,
            [
                #"1:27: "size" is "640*480"; it must be a size like 640x480, or auto"#,
                #"1:59: "brightness" is [1]; it must be a number, on, off, or the name of a choice"#,
                #"1:64: "contrast" has no value; it must be a number, on, off, or the name of a choice"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {address: rtsp://a/b, enabled: off}
            """#,
            [
                #"1:12: unknown key "address"; known keys: fps, fit, enter, leave, hold, clear_after, min_gap, max_length, update, labels, ignore, overrides, motion, regions, tiles, crops, zones, lines, object_masks, grace, frozen_after, retry, connect_timeout, read_timeout, transport, video_stream, max_frame_size, tls, skip_loop_filter, camera"#,
                #"1:33: unknown key "enabled"; known keys: fps, fit, enter, leave, hold, clear_after, min_gap, max_length, update, labels, ignore, overrides, motion, regions, tiles, crops, zones, lines, object_masks, grace, frozen_after, retry, connect_timeout, read_timeout, transport, video_stream, max_frame_size, tls, skip_loop_filter, camera"#,
            ]),
    ]

    @Test(arguments: cases)
    func saysWhatIsWrongAndWhere(_ bad: BadConfiguration) { bad.check() }
}
