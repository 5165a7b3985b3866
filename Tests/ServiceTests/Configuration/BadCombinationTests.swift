import Testing

/// Values each of which may be, but not together.
@Suite(.timeLimit(.minutes(10))) struct BadCombinationTests {
    static let cases: [BadConfiguration] = [
        BadConfiguration(
            #"""
            defaults: {enter: 0.3, leave: 0.5}
            """#,
            [
                #"1:31: "leave" (0.5) is above "enter" (0.3): an event would end when it starts"#
            ]),
        BadConfiguration(
            #"""
            defaults: {leave: 0.35}
            sources: {door: {address: rtsp://a/b, enter: 0.3}, yard: {address: rtsp://a/c, enter: 0.35}}
            """#,
            [
                #"2:46: "leave" (0.35) is above "enter" (0.3): an event would end when it starts"#
            ]),
        BadConfiguration(
            #"""
            defaults: {enter: 0.3, leave: 0.5}
            sources: {door: {address: rtsp://a/b, fps: 1}}
            """#,
            [
                #"1:31: "leave" (0.5) is above "enter" (0.3): an event would end when it starts"#
            ]),
        BadConfiguration(
            #"""
            defaults: {leave: 0.2, overrides: {cat: {enter: 0.1}}, regions: {gate: {at: [0, 0, 1, 1], leave: 0.9}}}
            """#,
            [
                #"1:35: for "cat", "leave" (0.2) is above "enter" (0.1): an event would end when it starts"#,
                #"1:65: in the region "gate", "leave" (0.9) is above "enter" (0.4): an event would end when it starts"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {regions: {gate: {at: [0, 0, 1, 1], leave: 0.35}}}
            sources:
              door:
                address: rtsp://a/b
                enter: 0.3
            """#,
            [
                #"5:12: in the region "gate", "leave" (0.35) is above "enter" (0.3): an event would end when it starts"#
            ]),
        BadConfiguration(
            #"""
            defaults: {retry: {first: 10s, longest: 5s, first_connect_longest: 9s}}
            """#,
            [
                #"1:41: "longest" (5s) is shorter than the first wait (10s)"#,
                #"1:68: "first_connect_longest" (9s) is shorter than the first wait (10s)"#,
            ]),
        BadConfiguration(
            #"""
            defaults: {regions: {tile-1-2: {at: [0, 0, 1, 1]}}, tiles: {columns: 2, rows: 1}}
            """#,
            [
                #"1:53: the region "tile-1-2" has the name of a tile"#
            ]),
        BadConfiguration(
            #"""
            events: {log: {fsync: each, fsync_interval: 1s}}
            """#,
            [
                #"1:29: "fsync_interval" applies only to "fsync: interval", and "fsync" is each"#
            ]),
        BadConfiguration(
            #"""
            events: {log: {path: /a/b}, samples: /a/./b, socket: {path: /a//b}}
            """#,
            [
                #"1:38: "events.samples" and "events.socket.path" are both "/a/b""#,
                #"1:61: "events.socket.path" and "events.log.path" are both "/a/b""#,
            ]),
        BadConfiguration(
            #"""
            events: {socket: {path: /run/lookout/a}}
            metrics: {listen: "unix:/run/lookout/a", textfile: /run/lookout/a}
            """#,
            [
                #"2:19: "metrics.listen" and "events.socket.path" are both "/run/lookout/a""#,
                #"2:52: "metrics.textfile" and "metrics.listen" are both "/run/lookout/a""#,
            ]),
        BadConfiguration(
            #"""
            events: {samples: /var/log/lookout/events.jsonl}
            """#,
            [
                #"1:19: "events.samples" and "events.log.path" are both "/var/log/lookout/events.jsonl""#
            ]),
        BadConfiguration(
            #"""
            sources: {door: /dev/video0, yard: {address: /dev/video0}, porch: {address: /dev/video0, enabled: off}}
            """#,
            [
                #"1:46: "/dev/video0" is already the camera of "door"; a camera can be opened only once"#
            ]),
        BadConfiguration(
            #"""
            sources: {door: {address: /dev/video0, transport: udp, credentials: a, video_stream: 1, connect_timeout: 1s}}
            """#,
            [
                #"1:40: "transport" applies only to streams, and this source is a camera"#,
                #"1:56: "credentials" applies only to streams, and this source is a camera"#,
                #"1:72: "video_stream" applies only to streams, and this source is a camera"#,
                #"1:89: "connect_timeout" applies only to streams, and this source is a camera"#,
            ]),
        BadConfiguration(
            #"""
            sources: {door: {address: rtsp://a/b, camera: {rate: 5}, tls: {verify: off}}, yard: {address: http://a/b, transport: tcp}}
            """#,
            [
                #"1:39: "camera" applies only to cameras, and this source is a stream"#,
                #"1:58: "tls" applies only to rtsps, https and rtmps, and this source is rtsp"#,
                #"1:107: "transport" applies only to RTSP, and this source is http"#,
            ]),
        BadConfiguration(
            #"""
            sources: {door: {address: "file:/srv/a.mp4", read_timeout: 5s, retry: {}, camera: {}}}
            """#,
            [
                #"1:46: "read_timeout" applies only to streams, and this source is a file"#,
                #"1:64: "retry" applies only to streams, and this source is a file"#,
                #"1:75: "camera" applies only to cameras, and this source is a file"#,
            ]),
        BadConfiguration(
            #"""
            sources: {door: {address: rtsp://user:secret@a/b, credentials: door}}
            """#,
            [
                #"1:27: warning: this address contains a user name or a password; "credentials" keeps them out of this file"#,
                #"1:51: "credentials" applies only to an address without a password in it"#,
            ]),
    ]

    @Test(arguments: cases)
    func saysWhatIsWrongAndWhere(_ bad: BadConfiguration) { bad.check() }
}
