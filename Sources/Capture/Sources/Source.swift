/// Something that gives pictures: a file, a camera, a stream.
///
/// A source is opened, asked for one picture after the other, and closed. It never tries again by
/// itself: whoever runs it decides what an error means. It is used by one thread at a time.
public protocol Source: AnyObject {
    /// Gets ready to give pictures.
    ///
    /// - Throws: ``SourceError``.
    func open() throws

    /// The next picture, which is valid until the one after it is asked for.
    ///
    /// - Returns: `nil` at the end.
    /// - Throws: ``SourceError``.
    func nextFrame() throws -> Frame?

    /// Pictures that came damaged since the source was made, and were not given.
    var damagedFrames: Int { get }

    /// Seconds in which ``open()`` and ``nextFrame()`` end, each by itself, if nothing is wrong with this program.
    var timeLimit: Double { get }

    /// Lets go of everything. The source may be opened again.
    func close()
}

extension Source {
    public var damagedFrames: Int { 0 }
    public var timeLimit: Double { 10 }
}
