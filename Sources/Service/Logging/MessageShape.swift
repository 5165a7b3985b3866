/// A message without its numbers: "next try in 12 s" is the same news as "next try in 7 s".
struct MessageShape: Hashable, Sendable {
    /// Who or what the message is about.
    let source: String
    private let text: String

    init(source: String, message: String) {
        self.source = source
        var text = String.UnicodeScalarView()
        var isNumber = false
        for scalar in message.unicodeScalars {
            let isDigit = ("0"..."9").contains(scalar)
            if !isDigit { text.append(scalar) } else if !isNumber { text.append("#") }
            isNumber = isDigit
        }
        self.text = String(text)
    }

    /// Stands for all the messages of a source that there was no room to remember.
    static func rest(of source: String) -> MessageShape { MessageShape(source: source, message: "") }
}
