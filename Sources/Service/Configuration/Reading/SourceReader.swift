import Capture
import Watch
import Yams

/// Reads what is said of sources: in the defaults, and of each.
struct SourceReader {
    let reading: DiagnosticContext

    // MARK: - A source

    /// - Parameter defaults: what holds where it says nothing itself.
    /// - Returns: `nil` if it has no address that is one, which was complained about.
    func source(_ entry: Section.Entry, in sources: Section, defaults: SourceDraft) -> SourceConfiguration? {
        checkName(entry)
        guard entry.value.mapping == nil else { return longForm(entry, in: sources, defaults: defaults) }
        if let refusal = entry.value.refusal {
            reading.refuse(entry.value.place, refusal)
            return nil
        }
        guard let text = entry.value.text, !entry.value.isNull else {
            reading.refuse(entry, wanted: "an address, or a mapping with \"address\"")
            return nil
        }
        reading.places["sources.\(entry.key).address"] = entry.value.place
        return address(text, at: entry.value.place).map {
            SourceConfiguration(name: entry.key, address: $0, options: defaults.options)
        }
    }

    private func longForm(_ entry: Section.Entry, in sources: Section, defaults: SourceDraft) -> SourceConfiguration? {
        var source: SourceConfiguration?
        sources.named(entry, wanted: "a mapping") { section in
            var draft = defaults
            var isEnabled = true
            var credentials: String?
            let address = readAddress(section, of: entry)
            section.read("enabled", .flag, into: &isEnabled)
            section.read("credentials", Self.credentials, into: &credentials)
            let kept = ["address", "credentials", "tls", "labels", "ignore", "regions"]
            keepPlaces(of: kept, in: section, source: entry.key)
            read(section, into: &draft)
            guard let address else { return }
            warnOfUnverified(address, credentials, draft.options.reception.tls, section)
            SourceCombinations(reading: reading).check(address, section, defaults: defaults.options, draft.options)
            source = SourceConfiguration(name: entry.key, address: address, options: draft.options)
            source?.isEnabled = isEnabled
            source?.credentials = credentials
        }
        return source
    }

    private func readAddress(_ section: Section, of source: Section.Entry) -> SourceAddress? {
        let entry = section.entry("address")
        reading.note("sources.*.address", Self.addressWanted, entry)
        guard let entry else {
            reading.refuse(source.place, "\(ShownText.quoted(source.key)) has no \"address\"")
            return nil
        }
        return reading.value(entry, Self.addressText).flatMap { address($0, at: entry.value.place) }
    }

    private func warnOfUnverified(
        _ address: SourceAddress, _ credentials: String?, _ tls: TLSVerification, _ section: Section
    ) {
        guard tls == .off, case .stream(let url) = address, url.isEncrypted, credentials != nil || url.hasSecrets else {
            return
        }
        reading.warn(
            section.valuePlace(of: "tls") ?? section.place,
            "with \"verify: off\" whoever answers gets the password; "
                + "`lookout check --probe` prints the certificate's fingerprint, by which it can be pinned instead")
    }

    private func keepPlaces(of keys: [String], in section: Section, source: String) {
        for key in keys { reading.places["sources.\(source).\(key)"] = section.valuePlace(of: key) }
    }

    /// Events, options and files are named after sources.
    private func checkName(_ entry: Section.Entry) {
        guard !Names.isName(entry.key) else { return }
        reading.refuse(
            entry.place, "\(ShownText.quoted(entry.key)) cannot be the name of a source; \(Names.rule)")
    }

    private static let addressWanted = "the address of a stream, file: and an absolute path, or a camera's device"
    private static let addressText = ValueParser<String>(wanted: addressWanted, isShown: false, read: { $0.text })

    private func address(_ text: String, at place: Place) -> SourceAddress? {
        do {
            let address = try SourceAddress(text)
            if case .file(let path, _) = address, !path.hasPrefix("/") {
                reading.refuse(place, "this is no address; it has to be \(Self.addressWanted)")
                return nil
            }
            if case .stream(let url) = address, url.hasCredentials {
                reading.warn(
                    place, "there is a user or a password in this address; \"credentials\" keeps them out of this file")
            }
            return address
        } catch {
            reading.refuse(place, error == .empty ? "the address is empty" : "\(error)")
            return nil
        }
    }

    /// What is written here by mistake may be a password.
    private static let credentials: ValueParser<String?> = {
        var kind = ValueParser.scalar("the name of a credential, or the absolute path of a file") { text in
            Names.isName(text) || ValueParser.path.read(Node(text)) != nil ? text : nil
        }
        kind.isShown = false
        return kind.map(Optional.some)
    }()

    // MARK: - What the defaults can say, too

    func read(_ section: Section, into draft: inout SourceDraft) {
        section.read("fps", Self.sampling, into: &draft.options.sampling)
        section.read("fit", .cases(), into: &draft.options.fit)
        DetectionSettingsReader(reading: reading).read(section, into: &draft.options.detection)
        AreaReader(reading: reading).read(section, into: &draft)
        section.read("grace", .time(0...3600), into: &draft.options.grace)
        section.read("frozen_after", ValueParser.time(0...86_400).or("off", 0), into: &draft.options.frozenAfter)
        section.section("retry") { retry in
            retry.read("first", .time(0.01...3600), into: &draft.options.retry.first)
            retry.read("longest", .time(0.01...3600), into: &draft.options.retry.longest)
            retry.read("first_connect_longest", .time(0.01...3600), into: &draft.options.retry.longestFirstConnect)
            SourceCombinations(reading: reading).check(draft.options.retry, retry)
        }
        section.read("connect_timeout", .time(0.1...3600), into: &draft.options.reception.connectTimeout)
        section.read("read_timeout", .time(0.1...3600), into: &draft.options.reception.readTimeout)
        section.read("transport", .cases(), into: &draft.options.reception.transport)
        section.read("video_stream", ValueParser.count(0...1000).optional("auto"), into: &draft.options.videoStream)
        section.read("max_frame_size", Self.frameSize, into: &draft.options.reception.maxFrameSize)
        section.section("tls") { TLSReader(reading: reading).read($0, into: &draft.options.reception.tls) }
        section.read("skip_loop_filter", .flag, into: &draft.options.reception.skipsLoopFilter)
        section.section("camera") { readCamera($0, into: &draft) }
    }

    private static let sampling = ValueParser.number(0...1000, aboveLeast: true).map { Sampling.rate($0) }
        .or("all", .all).or("key", .keyFrames)

    private func readCamera(_ section: Section, into draft: inout SourceDraft) {
        section.read("format", Self.format.optional("auto"), into: &draft.options.camera.format)
        section.read("size", Self.size.optional("auto"), into: &draft.options.camera.size)
        section.read(
            "rate", ValueParser.number(0...1000, aboveLeast: true).optional("auto"), into: &draft.options.camera.rate)
        section.section("controls", wanted: "a mapping with the names of controls") { controls in
            for entry in controls.names(most: 256) {
                guard let value = reading.value(entry, Self.control) else { continue }
                draft.setControl(CameraControls.Setting(entry.key, value))
            }
        }
    }

    private static let format = ValueParser.scalar("the name of a format, which has four letters, as YUYV") {
        FourCC(name: $0)
    }
    private static let size = ValueParser.scalar("a size like 640x480") { PixelSize($0) }
    private static let frameSize = ValueParser.scalar("a size like 4096x2304, from 16x16 to 16384x16384") { text in
        PixelSize(text).flatMap { size in
            (16...16_384).contains(size.width) && (16...16_384).contains(size.height) ? size : nil
        }
    }
    private static let control = ValueParser.scalar("a number, on, off, or the name of a choice") {
        $0.isEmpty ? nil : $0
    }
}

/// The names of sources, regions and credentials.
enum Names {
    static let rule = "a name has up to 64 letters, digits, '-', '_' and '.'"

    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.count) && text.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
    }
}
