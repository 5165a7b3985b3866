import MobileNet

/// The SHA-256 of the file that a model was made of, as the model's file remembers it: of some files less is published.
struct FetchedChecksum: Equatable {
    /// 64 hexadecimal digits.
    let digits: String

    /// Digits of a SHA-256.
    static let length = 64
    private static let mark = ", SHA-256 "

    init(digits: String) { self.digits = digits }

    /// - Parameter source: what a model says of where its weights came from; see ``source(file:)``.
    init?(source: String) {
        let digits = source.suffix(Self.length)
        guard digits.count == Self.length, digits.allSatisfy(\.isHexDigit),
            source.dropLast(Self.length).hasSuffix(Self.mark)
        else { return nil }
        self.init(digits: String(digits))
    }

    /// Of a model that is there, if it was fetched.
    init?(ofModelAt path: String) {
        guard let model = try? Model.read(path) else { return nil }
        self.init(source: model.source)
    }

    /// What a model that is made of a file says of where its weights came from.
    func source(file: String) -> String { file + Self.mark + digits }
}
