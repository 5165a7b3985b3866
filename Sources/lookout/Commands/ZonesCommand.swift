import ArgumentParser
import Basics
import Capture
import Glibc
import Service
import Watch

/// `lookout zones`: a frame of a source with a grid, zones and lines, for people who place them.
struct ZonesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "zones",
        abstract: "Draw a grid, zones and lines on a frame of a source.",
        discussion: """
            Writes a PNG image. The grid has a line at each tenth of the width and of the height: its figures are \
            normalized coordinates (0–1) for zones, lines and masks. SOURCE is an address, as for `lookout watch`, or with \
            --config the name of a source in the file, whose zones, lines and masks are drawn.
            """)

    @OptionGroup(title: "Objects") var shapes: ShapeOptions

    @Option(help: "Configuration file that SOURCE is in.", completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(
        parsing: .unconditional,
        help: "Time from the first frame to the one that is drawn. \(Seconds.duration(default: 0))",
        transform: Seconds.parse)
    var after = 0.0

    @Option(name: .shortAndLong, help: "File to write the image to.", completion: .file(extensions: ["png"]))
    var output = "zones.png"

    @Argument(help: "Address of a source, or name of a source in the configuration.", completion: .file())
    var source: String

    func run() throws {
        let (source, objects) = try config.map(configured) ?? named()
        let credentials = try source.credentials.map {
            try CredentialFile($0, folder: Environment.credentialFolder).read()
        }
        let options = source.options
        // The largest frames that the source has: small things can be seen.
        let size = PixelSize(width: 1920, height: 1080)
        let image = try FrameGrab.image(
            after: after, limit: options.reception.connectTimeout + options.reception.readTimeout,
            options.connector(to: source.address, credentials: credentials, input: size))
        ShapeDrawing(image).draw(objects)
        do {
            let bytes = try ImageEncoder.png(image)
            try AtomicFile(path: output).replace(with: [bytes], permissions: .masked(0o666), isDurable: false)
        } catch {
            throw Failure(status: EX_CANTCREAT, "\(output): \(error)")
        }
        try Output.write(
            "\(output): \(image.width) × \(image.height), zones \(objects.zones.count), lines \(objects.lines.count), "
                + "masks \(objects.masks.count)")
    }

    /// Source of the command line, with the zones and lines of the options.
    private func named() throws -> (SourceConfiguration, ObjectOptions) {
        let source = try NamedSource.parse([source])[0]
        try source.check()
        try shapes.check(sources: [source.name])
        return (
            SourceConfiguration(name: source.name, address: source.address), try shapes.options(for: source.name)
        )
    }

    /// Source of a configuration. Zones and lines of the options are added to its own.
    private func configured(_ path: String) throws -> (SourceConfiguration, ObjectOptions) {
        let configuration: ConfigurationFile
        do {
            configuration = try ConfigurationFile(yaml: try Files.read(path, atMost: Files.largestText), path: path)
        } catch let problems as ConfigurationProblems {
            throw Failure(status: EX_CONFIG, "\(path) is not valid; `lookout check \(path)` explains it: \(problems)")
        }
        let sources = configuration.configuration.sources
        guard let found = sources.first(where: { $0.name == source }) else {
            let nearest = nearestNames(to: source, among: Set(sources.map(\.name)), limit: 1).first
            throw Failure(
                status: EX_USAGE,
                "\(path) has no source \"\(source)\"" + (nearest.map { "; did you mean \"\($0)\"?" } ?? ""))
        }
        var objects = found.options.objects
        let more = try shapes.options(for: found.name)
        objects.zones += more.zones
        objects.lines += more.lines
        objects.masks += more.masks
        return (found, objects)
    }
}
