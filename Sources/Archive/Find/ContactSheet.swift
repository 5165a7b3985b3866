import Basics
import Capture
import Events
import Watch

/// Contact sheet: frames of moments in rows, with their numbers, likenesses and places.
package struct ContactSheet {
    /// JPEG file.
    package private(set) var image: [UInt8] = []
    /// Recordings whose frames cannot be read.
    package private(set) var failures: [(path: String, message: String)] = []

    private static let columns = 4
    private static let cellWidth = 320
    private static let frameHeight = 180
    private static let captionHeight = 44
    private static let margin = 8
    private static let textScale = 2
    /// Characters of a time, up to the second.
    private static let timeLength = 19
    private static let boxColour = Canvas.Colour(255, 200, 0)

    private static var cellHeight: Int { frameHeight + captionHeight }

    /// Reads the frames and draws the sheet.
    ///
    /// - Throws: ``AVFailure``.
    package init(_ moments: [SimilarMoment], interruption: CancellationToken) throws {
        let columns = min(Self.columns, max(1, moments.count))
        let rows = (max(1, moments.count) + columns - 1) / columns
        let sheet = PixelBuffer(
            width: columns * (Self.cellWidth + Self.margin) + Self.margin,
            height: rows * (Self.cellHeight + Self.margin) + Self.margin)
        sheet.fill((24, 24, 24))
        for (index, moment) in moments.enumerated() where !interruption.wasCancelled {
            let left = Self.margin + index % columns * (Self.cellWidth + Self.margin)
            let top = Self.margin + index / columns * (Self.cellHeight + Self.margin)
            do {
                try Self.draw(moment, on: sheet, left: left, top: top, interruption)
            } catch {
                if !failures.contains(where: { $0.path == moment.recording }) {
                    failures.append((moment.recording, "\(error)"))
                }
            }
            Self.write(moment, number: index + 1, on: Canvas(sheet), left: left, top: top + Self.frameHeight)
        }
        image = try ImageEncoder.jpeg(sheet)
    }

    private static func draw(
        _ moment: SimilarMoment, on sheet: PixelBuffer, left: Int, top: Int, _ interruption: CancellationToken
    ) throws {
        let frames = RecordingFrames(path: moment.path, interruption: interruption)
        guard let frame = try frames.frame(at: moment.media) else { return }
        let size = frame.frame.squarePixelSize
        let factor = min(
            Double(cellWidth) / Double(max(1, size.width)), Double(frameHeight) / Double(max(1, size.height)))
        let longest = Int((factor * Double(max(size.width, size.height))).rounded(.down))
        let image = try frame.image(longestSide: max(1, longest))
        if let box = moment.box { draw(box, on: image) }
        let (x, y) = (left + (cellWidth - image.width) / 2, top + (frameHeight - image.height) / 2)
        for row in 0..<min(image.height, frameHeight) {
            let target = sheet.base + (y + row) * sheet.bytesPerRow + 3 * x
            target.update(from: image.base + row * image.bytesPerRow, count: 3 * min(image.width, cellWidth))
        }
    }

    private static func draw(_ box: BoundingBox, on image: PixelBuffer) {
        let (width, height) = (Double(image.width), Double(image.height))
        Canvas(image).rectangle(
            from: Point(x: box.x * width, y: box.y * height),
            to: Point(x: box.right * width, y: box.bottom * height), thickness: 2, boxColour)
    }

    private static func write(_ moment: SimilarMoment, number: Int, on canvas: Canvas, left: Int, top: Int) {
        let room =
            cellWidth / (Canvas.size(of: "00", scale: textScale).width - Canvas.size(of: "0", scale: textScale).width)
        let name = Folder.split(moment.recording).name
        let likeness = "\(Int((moment.likeness * 100).rounded()))%"
        let time = moment.time.description.prefix(timeLength)
        let lines = [
            "\(number) \(likeness) \(time)", name.count > room ? ".." + name.suffix(room - 2) : name,
        ]
        let height = Canvas.size(of: "0", scale: textScale).height
        for (index, line) in lines.enumerated() {
            canvas.text(
                String(line.prefix(room)), at: Point(x: Double(left), y: Double(top + 2 + index * height)),
                scale: textScale, .white)
        }
    }
}
