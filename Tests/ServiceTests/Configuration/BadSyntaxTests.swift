import Testing

/// What is no YAML, or YAML of a kind that is not read.
@Suite(.timeLimit(.minutes(10))) struct BadSyntaxTests {
    static let cases: [BadConfiguration] = [
        BadConfiguration(
            #"""
            model: [
            """#,
            [
                #"2:1: the file is not YAML: did not find expected node content, while parsing a flow node that begins in line 2"#
            ]),
        BadConfiguration(
            #"""
            model: "efficientnet
            """#,
            [
                #"2:1: the file is not YAML: found unexpected end of stream, while scanning a quoted scalar that begins in line 1"#
            ]),
        BadConfiguration(
            #"""
            log: {level: info
            """#,
            [
                #"2:1: the file is not YAML: did not find expected ',' or '}', while parsing a flow mapping that begins in line 1"#
            ]),
        BadConfiguration(
            #"""
            a: b: c
            """#,
            [
                #"1:5: the file is not YAML: mapping values are not allowed in this context"#
            ]),
        BadConfiguration(
            #"""
            model: a
            	workers: 1
            """#,
            [
                #"2:1: tabs are not allowed here; indent with spaces"#
            ]),
        BadConfiguration(
            #"""
            - door
            """#,
            [
                #"1:1: the file must be a mapping, with a key at the beginning of each line"#
            ]),
        BadConfiguration(
            #"""
            door
            """#,
            [
                #"1:1: the file must be a mapping, with a key at the beginning of each line"#
            ]),
        BadConfiguration(
            #"""
            model: a
            ---
            model: b
            """#,
            [
                #"2:1: a second document begins here; only one is allowed"#
            ]),
        BadConfiguration(
            #"""
            model: !!binary aGVsbG8=
            """#,
            [
                #"1:8: tags (!) are not supported"#
            ]),
        BadConfiguration(
            #"""
            log: !level {level: info}
            """#,
            [
                #"1:6: tags (!) are not supported"#
            ]),
        BadConfiguration(
            #"""
            workers: *count
            """#,
            [
                #"1:10: aliases (*count) are not supported; put the settings that sources share under "defaults""#
            ]),
        BadConfiguration(
            #"""
            defaults: &shared {fps: 1}
            sources:
              door: {<<: *shared, address: rtsp://a/b}
            """#,
            [
                #"3:10: merge keys (<<) are not supported; put the settings that sources share under "defaults""#
            ]),
        BadConfiguration(
            #"""
            ? [a, b]
            : 1
            """#,
            [
                #"1:3: a key must be a word, not a mapping or a list"#
            ]),
        BadConfiguration(
            #"""
            {a: 1}: 2
            """#,
            [
                #"1:1: a key must be a word, not a mapping or a list"#
            ]),
        BadConfiguration(
            #"""
            ? {a: 1}
            : 1
            ? {a: 1}
            : 2
            """#,
            [
                #"1:3: duplicate key"#
            ]),
        BadConfiguration(
            #"""
            model: a
            model: b
            model: c
            workers: 0
            """#,
            [
                #"2:1: duplicate key "model"; the first is in line 1"#,
                #"3:1: duplicate key "model"; the first is in line 1"#,
                #"4:10: "workers" is 0; it must be an integer from 1 to 256, or auto"#,
            ]),
        BadConfiguration(
            #"""
            log: {level: debug, "level": info, repeat: 5}
            """#,
            [
                #"1:21: duplicate key "level"; the first is in line 1"#,
                #"1:44: "repeat" is 5; it must be a duration (ms, s, m, h, d) from 0 to 1d; did you mean 5s?"#,
            ]),
        BadConfiguration(
            #"""
            model: "a\qb"
            """#,
            [
                #"1:10: the file is not YAML: found unknown escape character, while parsing a quoted scalar that begins in line 1"#
            ]),
        BadConfiguration(
            #"""
            %TAG ! tag:a,2000:
            model: a
            """#,
            [
                #"2:1: the file is not YAML: did not find expected <document start>"#
            ]),
        BadConfiguration(
            #"""
            @model: a
            """#,
            [
                #"1:1: the file is not YAML: found character that cannot start any token, while scanning for the next token that begins in line 1"#
            ]),
        BadConfiguration(
            #"""
            model: 'a' b
            """#,
            [
                #"1:12: the file is not YAML: did not find expected key, while parsing a block mapping that begins in line 1"#
            ]),
        BadConfiguration(
            #"""
            log:
              level: info
             repeat: 60s
            """#,
            [
                #"3:2: the file is not YAML: did not find expected key, while parsing a block mapping that begins in line 1"#
            ]),
    ]

    @Test(arguments: cases)
    func saysWhatIsWrongAndWhere(_ bad: BadConfiguration) { bad.check() }
}
