import Testing

/// What is said of everything but sources.
@Suite struct BadGeneralTests {
    static let cases: [BadConfiguration] = [
        BadConfiguration(
            #"""
            modle: efficientnet-lite0
            """#,
            [
                #"1:1: unknown key "modle"; did you mean "model"?"#
            ]),
        BadConfiguration(
            #"""
            colour: red
            metrics: {textfiel: off}
            """#,
            [
                #"1:1: unknown key "colour"; there is model, lanes, groups, log, events, state, metrics, defaults, sources"#,
                #"2:11: unknown key "textfiel"; did you mean "textfile"?"#,
            ]),
        BadConfiguration(
            #"""
            model:
            """#,
            [
                #"1:1: "model" has no value; it has to be the name of a model, or an absolute path"#
            ]),
        BadConfiguration(
            #"""
            model: efficientnet lite0
            """#,
            [
                #"1:8: "model" is "efficientnet lite0"; it has to be the name of a model, or an absolute path"#
            ]),
        BadConfiguration(
            #"""
            model: models/lite.safetensors
            """#,
            [
                #"1:8: "model" is "models/lite.safetensors"; it has to be the name of a model, or an absolute path"#
            ]),
        BadConfiguration(
            #"""
            model: {name: a}
            """#,
            [
                #"1:8: "model" is a mapping; it has to be the name of a model, or an absolute path"#
            ]),
        BadConfiguration(
            #"""
            lanes: 0
            """#,
            [
                #"1:8: "workers" is 0; it has to be a whole number from 1 to 256, or auto"#
            ]),
        BadConfiguration(
            #"""
            lanes: 257
            """#,
            [
                #"1:8: "workers" is 257; it has to be a whole number from 1 to 256, or auto"#
            ]),
        BadConfiguration(
            #"""
            lanes: 1.5
            """#,
            [
                #"1:8: "workers" is 1.5; it has to be a whole number from 1 to 256, or auto"#
            ]),
        BadConfiguration(
            #"""
            lanes: atuo
            """#,
            [
                #"1:8: "workers" is "atuo"; it has to be a whole number from 1 to 256, or auto; did you mean auto?"#
            ]),
        BadConfiguration(
            #"""
            lanes: [1, 2]
            """#,
            [
                #"1:8: "workers" is [1, 2]; it has to be a whole number from 1 to 256, or auto"#
            ]),
        BadConfiguration(
            #"""
            groups: groups.json
            """#,
            [
                #"1:9: "groups" is "groups.json"; it has to be off, the absolute path of a file, or a mapping with lists of labels"#
            ]),
        BadConfiguration(
            #"""
            groups: {cat: tabby, dog: [], car: [cab, {a: 1}, ]}
            """#,
            [
                #"1:15: "cat" is "tabby"; it has to be a list of labels, as [tabby, lynx]; did you mean [tabby]?"#,
                #"1:27: "dog" is an empty list; it has to be a list of labels, as [tabby, lynx]"#,
                #"1:42: each label in "car" has to be a word or several"#,
            ]),
        BadConfiguration(
            #"""
            groups: {cat: [tabby, [lynx], ~]}
            """#,
            [
                #"1:23: each label in "cat" has to be a word or several"#
            ]),
        BadConfiguration(
            #"""
            groups: [cat]
            """#,
            [
                #"1:9: "groups" is [cat]; it has to be off, the absolute path of a file, or a mapping with lists of labels"#
            ]),
        BadConfiguration(
            #"""
            log: info
            """#,
            [
                #"1:6: "log" is "info"; it has to be a mapping"#
            ]),
        BadConfiguration(
            #"""
            log: {level: warn, repeat: 60}
            """#,
            [
                #"1:14: "level" is "warn"; it has to be error, warning, notice, info or debug"#,
                #"1:28: "repeat" is 60; it has to be a time with its unit (ms, s, m, h, d), from 0 to 1d; did you mean 60s?"#,
            ]),
        BadConfiguration(
            #"""
            log: {level: verbose, repeat: 2d}
            """#,
            [
                #"1:14: "level" is "verbose"; it has to be error, warning, notice, info or debug"#,
                #"1:31: "repeat" is "2d"; it has to be a time with its unit (ms, s, m, h, d), from 0 to 1d"#,
            ]),
        BadConfiguration(
            #"""
            log: {repeat: 10 minutes}
            """#,
            [
                #"1:15: "repeat" is "10 minutes"; it has to be a time with its unit (ms, s, m, h, d), from 0 to 1d"#
            ]),
        BadConfiguration(
            #"""
            log: {repeat: -1s}
            """#,
            [
                #"1:15: "repeat" is "-1s"; it has to be a time with its unit (ms, s, m, h, d), from 0 to 1d"#
            ]),
        BadConfiguration(
            #"""
            state: lookout
            """#,
            [
                #"1:8: "state" is "lookout"; it has to be an absolute path"#
            ]),
        BadConfiguration(
            #"""
            state: {path: /var/lib/lookout}
            """#,
            [
                #"1:8: "state" is a mapping; it has to be an absolute path"#
            ]),
        BadConfiguration(
            #"""
            metrics: {listen: 0.0.0.0:9190}
            """#,
            [
                #"1:19: "listen" is "0.0.0.0:9190"; it has to be a port of this machine's own, as 127.0.0.1:9190, or unix: and an absolute path, or off"#
            ]),
        BadConfiguration(
            #"""
            metrics: {listen: 9190, interval: 15}
            """#,
            [
                #"1:19: "listen" is 9190; it has to be a port of this machine's own, as 127.0.0.1:9190, or unix: and an absolute path, or off"#,
                #"1:35: "interval" is 15; it has to be a time with its unit (ms, s, m, h, d), from 1s to 1h; did you mean 15s?"#,
            ]),
        BadConfiguration(
            #"""
            metrics: {listen: "127.0.0.1:99999", textfile: lookout.prom, interval: 100ms}
            """#,
            [
                #"1:19: "listen" is "127.0.0.1:99999"; it has to be a port of this machine's own, as 127.0.0.1:9190, or unix: and an absolute path, or off"#,
                #"1:48: "textfile" is "lookout.prom"; it has to be an absolute path, or off"#,
                #"1:72: "interval" is "100ms"; it has to be a time with its unit (ms, s, m, h, d), from 1s to 1h"#,
            ]),
        BadConfiguration(
            #"""
            metrics: {listen: "unix:lookout.sock"}
            """#,
            [
                #"1:19: "listen" is "unix:lookout.sock"; it has to be a port of this machine's own, as 127.0.0.1:9190, or unix: and an absolute path, or off"#
            ]),
        BadConfiguration(
            #"""
            events: {log: {path: events.jsonl, keep: 14.0, rotate_size: 100}}
            """#,
            [
                #"1:22: "path" is "events.jsonl"; it has to be an absolute path"#,
                #"1:42: "keep" is 14.0; it has to be a whole number from 0 to 10000"#,
                #"1:61: "rotate_size" is 100; it has to be a size with its unit (kB, MB, GB, KiB, MiB, GiB), from 10kB to 1TB, or off"#,
            ]),
        BadConfiguration(
            #"""
            events: {log: {rotate_size: 100 megabytes, rotate_age: 1, max_age: 20y, free_space: 1MB}}
            """#,
            [
                #"1:29: "rotate_size" is "100 megabytes"; it has to be a size with its unit (kB, MB, GB, KiB, MiB, GiB), from 10kB to 1TB, or off"#,
                #"1:56: "rotate_age" is 1; it has to be a time with its unit (ms, s, m, h, d), from 1m to 3650d, or off"#,
                #"1:68: "max_age" is "20y"; it has to be a time with its unit (ms, s, m, h, d), from 1m to 3650d, or off"#,
            ]),
        BadConfiguration(
            #"""
            events: {log: {rotate_size: 1kB, free_space: 5TiBB, keep: many}}
            """#,
            [
                #"1:29: "rotate_size" is "1kB"; it has to be a size with its unit (kB, MB, GB, KiB, MiB, GiB), from 10kB to 1TB, or off"#,
                #"1:46: "free_space" is "5TiBB"; it has to be a size with its unit (kB, MB, GB, KiB, MiB, GiB), from 1MB to 1000TB, or off"#,
                #"1:59: "keep" is "many"; it has to be a whole number from 0 to 10000"#,
            ]),
        BadConfiguration(
            #"""
            events: {log: {fsync: always, fsync_interval: 0}}
            """#,
            [
                #"1:23: "fsync" is "always"; it has to be none, interval or each"#,
                #"1:47: "fsync_interval" is 0; it has to be a time with its unit (ms, s, m, h, d), from 100ms to 1h"#,
            ]),
        BadConfiguration(
            #"""
            events: {log: on, socket: yes}
            """#,
            [
                #"1:15: "log" is "on"; it has to be off, or a mapping"#,
                #"1:27: "socket" is "yes"; it has to be off, or a mapping"#,
            ]),
        BadConfiguration(
            #"""
            events: {log: [a], socket: /run/a.sock}
            """#,
            [
                #"1:15: "log" is [a]; it has to be off, or a mapping"#,
                #"1:28: "socket" is "/run/a.sock"; it has to be off, or a mapping"#,
            ]),
        BadConfiguration(
            #"""
            events: {socket: {mode: 660, group: "a b", backlog: 1e4, reader_buffer: 1}}
            """#,
            [
                #"1:37: "group" is "a b"; it has to be the name of a group of users, or off"#,
                #"1:53: "backlog" is 1e4; it has to be a whole number from 0 to 1000000"#,
                #"1:73: "reader_buffer" is 1; it has to be a whole number from 10 to 1000000"#,
            ]),
        BadConfiguration(
            #"""
            events: {socket: {mode: "0999", group: 12, backlog: -1, reader_buffer: 2GB}}
            """#,
            [
                #"1:25: "mode" is 0999; it has to be permissions in octal digits, from "0000" to "0777""#,
                #"1:40: "group" is 12; it has to be the name of a group of users, or off"#,
                #"1:53: "backlog" is -1; it has to be a whole number from 0 to 1000000"#,
                #"1:72: "reader_buffer" is "2GB"; it has to be a whole number from 10 to 1000000"#,
            ]),
        BadConfiguration(
            #"""
            events: {socket: {path: /run/this-is-a-path-that-is-longer-than-the-hundred-and-seven-bytes-for-which-there-is-room-in-the-address-of-a-socket}}
            """#,
            [
                #"1:25: "path" is "/run/this-is-a-path-that-is-longer-than-the-hundred-and-seve…"; it has to be an absolute path of up to 107 bytes"#
            ]),
        BadConfiguration(
            #"""
            events: {samples: yes}
            """#,
            [
                #"1:19: "samples" is "yes"; it has to be an absolute path, or off"#
            ]),
    ]

    @Test(arguments: cases)
    func saysWhatIsWrongAndWhere(_ bad: BadConfiguration) { bad.check() }
}
