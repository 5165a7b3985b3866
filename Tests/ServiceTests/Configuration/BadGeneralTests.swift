import Testing

/// What is said of everything but sources.
@Suite(.timeLimit(.minutes(10))) struct BadGeneralTests {
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
                #"1:1: unknown key "colour"; known keys: model, classify, workers, groups, log, events, state, metrics, snapshots, defaults, sources"#,
                #"2:11: unknown key "textfiel"; did you mean "textfile"?"#,
            ]),
        BadConfiguration(
            #"""
            model:
            """#,
            [
                #"1:1: "model" has no value; it must be the name of a model, or an absolute path"#
            ]),
        BadConfiguration(
            #"""
            model: efficientnet lite0
            """#,
            [
                #"1:8: "model" is "efficientnet lite0"; it must be the name of a model, or an absolute path"#
            ]),
        BadConfiguration(
            #"""
            model: models/lite.safetensors
            """#,
            [
                #"1:8: "model" is "models/lite.safetensors"; it must be the name of a model, or an absolute path"#
            ]),
        BadConfiguration(
            #"""
            model: {name: a}
            """#,
            [
                #"1:8: "model" is a mapping; it must be the name of a model, or an absolute path"#
            ]),
        BadConfiguration(
            #"""
            workers: 0
            """#,
            [
                #"1:10: "workers" is 0; it must be an integer from 1 to 256, or auto"#
            ]),
        BadConfiguration(
            #"""
            workers: 257
            """#,
            [
                #"1:10: "workers" is 257; it must be an integer from 1 to 256, or auto"#
            ]),
        BadConfiguration(
            #"""
            workers: 1.5
            """#,
            [
                #"1:10: "workers" is 1.5; it must be an integer from 1 to 256, or auto"#
            ]),
        BadConfiguration(
            #"""
            workers: atuo
            """#,
            [
                #"1:10: "workers" is "atuo"; it must be an integer from 1 to 256, or auto; did you mean auto?"#
            ]),
        BadConfiguration(
            #"""
            workers: [1, 2]
            """#,
            [
                #"1:10: "workers" is [1, 2]; it must be an integer from 1 to 256, or auto"#
            ]),
        BadConfiguration(
            #"""
            groups: groups.json
            """#,
            [
                #"1:9: "groups" is "groups.json"; it must be off, an absolute path, or a mapping of names to lists of labels"#
            ]),
        BadConfiguration(
            #"""
            groups: {cat: tabby, dog: [], car: [cab, {a: 1}, ]}
            """#,
            [
                #"1:15: "cat" is "tabby"; it must be a list of labels, such as [tabby, lynx]; did you mean [tabby]?"#,
                #"1:27: "dog" is an empty list; it must be a list of labels, such as [tabby, lynx]"#,
                #"1:42: each label in "car" must be one or more words"#,
            ]),
        BadConfiguration(
            #"""
            groups: {cat: [tabby, [lynx], ~]}
            """#,
            [
                #"1:23: each label in "cat" must be one or more words"#
            ]),
        BadConfiguration(
            #"""
            groups: [cat]
            """#,
            [
                #"1:9: "groups" is [cat]; it must be off, an absolute path, or a mapping of names to lists of labels"#
            ]),
        BadConfiguration(
            #"""
            log: info
            """#,
            [
                #"1:6: "log" is "info"; it must be a mapping"#
            ]),
        BadConfiguration(
            #"""
            log: {level: warn, repeat: 60}
            """#,
            [
                #"1:14: "level" is "warn"; it must be error, warning, notice, info or debug"#,
                #"1:28: "repeat" is 60; it must be a duration (ms, s, m, h, d) from 0 to 1d; did you mean 60s?"#,
            ]),
        BadConfiguration(
            #"""
            log: {level: verbose, repeat: 2d}
            """#,
            [
                #"1:14: "level" is "verbose"; it must be error, warning, notice, info or debug"#,
                #"1:31: "repeat" is "2d"; it must be a duration (ms, s, m, h, d) from 0 to 1d"#,
            ]),
        BadConfiguration(
            #"""
            log: {repeat: 10 minutes}
            """#,
            [
                #"1:15: "repeat" is "10 minutes"; it must be a duration (ms, s, m, h, d) from 0 to 1d"#
            ]),
        BadConfiguration(
            #"""
            log: {repeat: -1s}
            """#,
            [
                #"1:15: "repeat" is "-1s"; it must be a duration (ms, s, m, h, d) from 0 to 1d"#
            ]),
        BadConfiguration(
            #"""
            state: lookout
            """#,
            [
                #"1:8: "state" is "lookout"; it must be an absolute path"#
            ]),
        BadConfiguration(
            #"""
            state: {path: /var/lib/lookout}
            """#,
            [
                #"1:8: "state" is a mapping; it must be an absolute path"#
            ]),
        BadConfiguration(
            #"""
            metrics: {listen: 0.0.0.0:9190}
            """#,
            [
                #"1:19: "listen" is "0.0.0.0:9190"; it must be a port of the loopback address, such as 127.0.0.1:9190, or unix: and an absolute path, or off"#
            ]),
        BadConfiguration(
            #"""
            metrics: {listen: 9190, interval: 15}
            """#,
            [
                #"1:19: "listen" is 9190; it must be a port of the loopback address, such as 127.0.0.1:9190, or unix: and an absolute path, or off"#,
                #"1:35: "interval" is 15; it must be a duration (ms, s, m, h, d) from 1s to 1h; did you mean 15s?"#,
            ]),
        BadConfiguration(
            #"""
            metrics: {listen: "127.0.0.1:99999", textfile: lookout.prom, interval: 100ms}
            """#,
            [
                #"1:19: "listen" is "127.0.0.1:99999"; it must be a port of the loopback address, such as 127.0.0.1:9190, or unix: and an absolute path, or off"#,
                #"1:48: "textfile" is "lookout.prom"; it must be an absolute path, or off"#,
                #"1:72: "interval" is "100ms"; it must be a duration (ms, s, m, h, d) from 1s to 1h"#,
            ]),
        BadConfiguration(
            #"""
            metrics: {listen: "unix:lookout.sock"}
            """#,
            [
                #"1:19: "listen" is "unix:lookout.sock"; it must be a port of the loopback address, such as 127.0.0.1:9190, or unix: and an absolute path, or off"#
            ]),
        BadConfiguration(
            #"""
            events: {log: {path: events.jsonl, keep: 14.0, rotate_size: 100}}
            """#,
            [
                #"1:22: "path" is "events.jsonl"; it must be an absolute path"#,
                #"1:42: "keep" is 14.0; it must be an integer from 0 to 10000"#,
                #"1:61: "rotate_size" is 100; it must be a size (kB, MB, GB, KiB, MiB, GiB) from 10kB to 1TB, or off"#,
            ]),
        BadConfiguration(
            #"""
            events: {log: {rotate_size: 100 megabytes, rotate_age: 1, max_age: 20y, free_space: 1MB}}
            """#,
            [
                #"1:29: "rotate_size" is "100 megabytes"; it must be a size (kB, MB, GB, KiB, MiB, GiB) from 10kB to 1TB, or off"#,
                #"1:56: "rotate_age" is 1; it must be a duration (ms, s, m, h, d) from 1m to 3650d, or off"#,
                #"1:68: "max_age" is "20y"; it must be a duration (ms, s, m, h, d) from 1m to 3650d, or off"#,
            ]),
        BadConfiguration(
            #"""
            events: {log: {rotate_size: 1kB, free_space: 5TiBB, keep: many}}
            """#,
            [
                #"1:29: "rotate_size" is "1kB"; it must be a size (kB, MB, GB, KiB, MiB, GiB) from 10kB to 1TB, or off"#,
                #"1:46: "free_space" is "5TiBB"; it must be a size (kB, MB, GB, KiB, MiB, GiB) from 1MB to 1000TB, or off"#,
                #"1:59: "keep" is "many"; it must be an integer from 0 to 10000"#,
            ]),
        BadConfiguration(
            #"""
            events: {log: {fsync: always, fsync_interval: 0}}
            """#,
            [
                #"1:23: "fsync" is "always"; it must be none, interval or each"#,
                #"1:47: "fsync_interval" is 0; it must be a duration (ms, s, m, h, d) from 100ms to 1h"#,
            ]),
        BadConfiguration(
            #"""
            events: {log: on, socket: yes}
            """#,
            [
                #"1:15: "log" is "on"; it must be off, or a mapping"#,
                #"1:27: "socket" is "yes"; it must be off, or a mapping"#,
            ]),
        BadConfiguration(
            #"""
            events: {log: [a], socket: /run/a.sock}
            """#,
            [
                #"1:15: "log" is [a]; it must be off, or a mapping"#,
                #"1:28: "socket" is "/run/a.sock"; it must be off, or a mapping"#,
            ]),
        BadConfiguration(
            #"""
            events: {socket: {mode: 660, group: "a b", backlog: 1e4, reader_buffer: 1}}
            """#,
            [
                #"1:37: "group" is "a b"; it must be the name of a user group, or off"#,
                #"1:53: "backlog" is 1e4; it must be an integer from 0 to 1000000"#,
                #"1:73: "reader_buffer" is 1; it must be an integer from 10 to 1000000"#,
            ]),
        BadConfiguration(
            #"""
            events: {socket: {mode: "0999", group: 12, backlog: -1, reader_buffer: 2GB}}
            """#,
            [
                #"1:25: "mode" is 0999; it must be octal permissions from "0000" to "0777""#,
                #"1:40: "group" is 12; it must be the name of a user group, or off"#,
                #"1:53: "backlog" is -1; it must be an integer from 0 to 1000000"#,
                #"1:72: "reader_buffer" is "2GB"; it must be an integer from 10 to 1000000"#,
            ]),
        BadConfiguration(
            #"""
            events: {socket: {path: /run/this-is-a-path-that-is-longer-than-the-hundred-and-seven-bytes-for-which-there-is-room-in-the-address-of-a-socket}}
            """#,
            [
                #"1:25: "path" is "/run/this-is-a-path-that-is-longer-than-the-hundred-and-seve…"; it must be an absolute path of up to 107 bytes"#
            ]),
        BadConfiguration(
            #"""
            events: {samples: yes}
            """#,
            [
                #"1:19: "samples" is "yes"; it must be an absolute path, or off"#
            ]),
    ]

    @Test(arguments: cases)
    func saysWhatIsWrongAndWhere(_ bad: BadConfiguration) { bad.check() }
}
