import Basics
import Capture
import Events
import FoundationEssentials
import Watch

/// Frames with their detections in COCO's format, for annotation tools: the best frame of each object, and everything that the
/// detector found in it.
package struct AnnotationExport {
    private struct Document: Encodable {
        struct Image: Encodable {
            var id: Int
            var file_name: String
            var width: Int
            var height: Int
        }

        struct Annotation: Encodable {
            var id: Int
            var image_id: Int
            var category_id: Int
            /// x, y, width and height in pixels.
            var bbox: [Double]
            var area: Double
            var iscrowd = 0
            var score: Double
        }

        struct Category: Encodable {
            var id: Int
            var name: String
        }

        var images: [Image] = []
        var annotations: [Annotation] = []
        var categories: [Category] = []
    }

    private var document = Document()
    private var categories: [String: Int] = [:]
    private let folder: String

    /// Longest side of the images, in pixels: larger frames are scaled down.
    private static let longestSide = 1920
    private static let quantizer = 3

    /// - Parameter folder: exists, and has a folder `images`.
    package init(folder: String) { self.folder = folder }

    /// Adds the best frames of a recording.
    ///
    /// - Parameter name: name of the recording's files.
    /// - Throws: ``FileError``, ``SourceError``, ``AVFailure``.
    package mutating func add(
        _ recording: ReportRecording, name: String, replay: RecordingReplay, interruption: CancellationToken
    ) throws {
        let wanted = Set(recording.events.filter(\.isObject).map { ($0.best * 1000).rounded() })
        guard !wanted.isEmpty else { return }
        var samples: [(time: Double, objects: [ObjectDetection])] = []
        try replay.run([], labels: []) { output in
            guard case .sample(let record, _) = output, case .objects(let objects, _, _) = record.output,
                wanted.contains(((record.media - recording.start) * 1000).rounded())
            else { return }
            samples.append((record.media, objects))
        }
        let frames = RecordingFrames(path: recording.absolutePath ?? recording.path, interruption: interruption)
        for sample in samples {
            guard let frame = try frames.frame(at: sample.time) else { continue }
            let image = try frame.image(longestSide: Self.longestSide)
            let file = "\(name)-\(Int(((sample.time - recording.start) * 1000).rounded())).jpg"
            try Files.write("\(folder)/images/\(file)", [try ImageEncoder.jpeg(image, quantizer: Self.quantizer)])
            add(sample.objects, image, file: file, labels: replay.header.labels)
        }
    }

    private mutating func add(_ objects: [ObjectDetection], _ image: PixelBuffer, file: String, labels: [String]) {
        let id = document.images.count + 1
        document.images.append(
            Document.Image(id: id, file_name: file, width: image.width, height: image.height))
        for object in objects {
            let box = object.box.clampedToFrame
            let sides = [
                box.x * Double(image.width), box.y * Double(image.height), box.width * Double(image.width),
                box.height * Double(image.height),
            ].map { ($0 * 100).rounded() / 100 }
            document.annotations.append(
                Document.Annotation(
                    id: document.annotations.count + 1, image_id: id, category_id: category(labels[object.label]),
                    bbox: sides, area: (sides[2] * sides[3] * 100).rounded() / 100,
                    score: (object.score * 10000).rounded() / 10000))
        }
    }

    private mutating func category(_ name: String) -> Int {
        if let known = categories[name] { return known }
        let id = categories.count + 1
        categories[name] = id
        document.categories.append(Document.Category(id: id, name: name))
        return id
    }

    /// Writes the annotations.
    ///
    /// - Returns: number of images.
    /// - Throws: ``FileError``.
    package func finish() throws -> Int {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try Files.write("\(folder)/annotations.json", [Array(try encoder.encode(document))])
        return document.images.count
    }
}
