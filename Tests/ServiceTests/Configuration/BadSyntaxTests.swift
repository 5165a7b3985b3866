import Testing

/// What is no YAML, or YAML of a kind that is not read.
@Suite struct BadSyntaxTests {
    static let cases: [BadConfiguration] = [
        BadConfiguration(
            #"""
            model: [
            """#,
            [
                #"2:1: this is not YAML: did not find expected node content, while parsing a flow node, which begins in line 2"#
            ]),
        BadConfiguration(
            #"""
            model: "efficientnet
            """#,
            [
                #"2:1: this is not YAML: found unexpected end of stream, while scanning a quoted scalar, which begins in line 1"#
            ]),
        BadConfiguration(
            #"""
            log: {level: info
            """#,
            [
                #"2:1: this is not YAML: did not find expected ',' or '}', while parsing a flow mapping, which begins in line 1"#
            ]),
        BadConfiguration(
            #"""
            a: b: c
            """#,
            [
                #"1:5: this is not YAML: mapping values are not allowed in this context"#
            ]),
        BadConfiguration(
            #"""
            model: a
            	lanes: 1
            """#,
            [
                #"2:1: a tab cannot be here; YAML is indented with spaces"#
            ]),
        BadConfiguration(
            #"""
            - door
            """#,
            [
                #"1:1: the file has to be a mapping, with a key at the beginning of each line"#
            ]),
        BadConfiguration(
            #"""
            door
            """#,
            [
                #"1:1: the file has to be a mapping, with a key at the beginning of each line"#
            ]),
        BadConfiguration(
            #"""
            model: a
            ---
            model: b
            """#,
            [
                #"2:1: a second document begins here; there can only be one"#
            ]),
        BadConfiguration(
            #"""
            model: !!binary aGVsbG8=
            """#,
            [
                #"1:8: a tag (!) cannot be here; no value needs one"#
            ]),
        BadConfiguration(
            #"""
            log: !level {level: info}
            """#,
            [
                #"1:6: a tag (!) cannot be here; no value needs one"#
            ]),
        BadConfiguration(
            #"""
            lanes: *count
            """#,
            [
                #"1:8: an alias (*count) cannot be here; what sources have in common goes under "defaults""#
            ]),
        BadConfiguration(
            #"""
            defaults: &shared {fps: 1}
            sources:
              door: {<<: *shared, address: rtsp://a/b}
            """#,
            [
                #"3:10: mappings are not merged (<<); what sources have in common goes under "defaults""#
            ]),
        BadConfiguration(
            #"""
            ? [a, b]
            : 1
            """#,
            [
                #"1:3: a key has to be a word, not a mapping or a list"#
            ]),
        BadConfiguration(
            #"""
            {a: 1}: 2
            """#,
            [
                #"1:1: a key has to be a word, not a mapping or a list"#
            ]),
        BadConfiguration(
            #"""
            ? {a: 1}
            : 1
            ? {a: 1}
            : 2
            """#,
            [
                #"1:3: a key like this one is there more than once"#
            ]),
        BadConfiguration(
            #"""
            model: a
            model: b
            model: c
            lanes: 0
            """#,
            [
                #"2:1: "model" is there twice; the first is in line 1"#,
                #"3:1: "model" is there twice; the first is in line 1"#,
                #"4:8: "workers" is 0; it has to be a whole number from 1 to 256, or auto"#,
            ]),
        BadConfiguration(
            #"""
            log: {level: debug, "level": info, repeat: 5}
            """#,
            [
                #"1:21: "level" is there twice; the first is in line 1"#,
                #"1:44: "repeat" is 5; it has to be a time with its unit (ms, s, m, h, d), from 0 to 1d; did you mean 5s?"#,
            ]),
        BadConfiguration(
            #"""
            model: "a\qb"
            """#,
            [
                #"1:10: this is not YAML: found unknown escape character, while parsing a quoted scalar, which begins in line 1"#
            ]),
        BadConfiguration(
            #"""
            %TAG ! tag:a,2000:
            model: a
            """#,
            [
                #"2:1: this is not YAML: did not find expected <document start>"#
            ]),
        BadConfiguration(
            #"""
            @model: a
            """#,
            [
                #"1:1: this is not YAML: found character that cannot start any token, while scanning for the next token, which begins in line 1"#
            ]),
        BadConfiguration(
            #"""
            model: 'a' b
            """#,
            [
                #"1:12: this is not YAML: did not find expected key, while parsing a block mapping, which begins in line 1"#
            ]),
        BadConfiguration(
            #"""
            log:
              level: info
             repeat: 60s
            """#,
            [
                #"3:2: this is not YAML: did not find expected key, while parsing a block mapping, which begins in line 1"#
            ]),
    ]

    @Test(arguments: cases)
    func saysWhatIsWrongAndWhere(_ bad: BadConfiguration) { bad.check() }
}
