import Basics
import Capture
import Watch
import Yams

/// Source while it is read: first the defaults, then its own settings on top of them.
struct SourceDraft {
    var options = SourceOptions()
    /// Motion masks in the order of the file.
    var masks: [(name: String, polygon: Polygon)] = [] {
        didSet { options.motion.masks = masks.map(\.polygon) }
    }

    /// Object masks in the order of the file.
    var objectMasks: [(name: String, polygon: Polygon)] = [] {
        didSet { options.objects.masks = objectMasks.map(\.polygon) }
    }

    /// Adds a mask, or replaces the one of the same name.
    mutating func setMask(_ name: String, _ polygon: Polygon) {
        masks.removeAll { $0.name == name }
        masks.append((name, polygon))
    }

    func region(_ name: String) -> RegionRule? { options.regions.first { $0.area.name == name } }

    /// Adds a region or grid, or replaces the region of the same name, or the grid.
    mutating func setRegion(_ rule: RegionRule) {
        if let place = options.regions.firstIndex(where: { $0.area.name == rule.area.name }) {
            options.regions[place] = rule
        } else {
            options.regions.append(rule)
        }
    }

    mutating func setControl(_ setting: CameraControls.Setting) {
        options.camera.controls.removeAll { $0.name == setting.name }
        options.camera.controls.append(setting)
    }
}

/// Reader of the defaults and of each source.
struct SourceReader {
    let diagnostics: DiagnosticContext

    // MARK: - A source

    /// - Parameter defaults: settings that hold where the source has none of its own.
    /// - Returns: `nil` if it has no valid address, which is reported.
    func source(_ entry: Section.Entry, in sources: Section, defaults: SourceDraft) -> SourceConfiguration? {
        checkName(entry)
        guard entry.value.mapping == nil else { return longForm(entry, in: sources, defaults: defaults) }
        if let refusal = entry.value.refusal {
            diagnostics.refuse(entry.value.place, refusal)
            return nil
        }
        guard let text = entry.value.text, !entry.value.isNull else {
            diagnostics.refuse(entry, wanted: Keys.Source.name.values)
            return nil
        }
        diagnostics.places["sources.\(entry.key).address"] = entry.value.place
        return address(text, at: entry.value.place).map {
            SourceConfiguration(name: entry.key, address: $0, options: defaults.options)
        }
    }

    private func longForm(_ entry: Section.Entry, in sources: Section, defaults: SourceDraft) -> SourceConfiguration? {
        var source: SourceConfiguration?
        sources.named(entry, Keys.Source.name) { section in
            var draft = defaults
            var isEnabled = true
            var credentials: String?
            let address = readAddress(section, of: entry)
            section.read(Keys.Source.enabled, into: &isEnabled)
            section.read(Keys.Source.credentials, into: &credentials)
            for key in [
                "address", "credentials", "tls", "labels", "ignore", "regions", "tiles", "zones", "lines",
                "object_masks",
            ] {
                diagnostics.places["sources.\(entry.key).\(key)"] = section.valuePlace(of: key)
            }
            read(section, into: &draft)
            guard let address else { return }
            warnOfUnverified(address, credentials, draft.options.reception.tls, section)
            SourceCombinations(diagnostics: diagnostics).check(
                address, section, defaults: defaults.options, draft.options)
            source = SourceConfiguration(name: entry.key, address: address, options: draft.options)
            source?.isEnabled = isEnabled
            source?.credentials = credentials
        }
        return source
    }

    private func readAddress(_ section: Section, of source: Section.Entry) -> SourceAddress? {
        guard let entry = section.entry(Keys.Source.address, value: "") else {
            diagnostics.refuse(source.place, "\(ShownText.quoted(source.key)) has no \"address\"")
            return nil
        }
        return diagnostics.value(entry, Keys.Source.address.values).flatMap { address($0, at: entry.value.place) }
    }

    private func warnOfUnverified(
        _ address: SourceAddress, _ credentials: String?, _ tls: TLSVerification, _ section: Section
    ) {
        guard tls == .off, case .stream(let url) = address, url.isEncrypted, credentials != nil || url.hasSecrets else {
            return
        }
        diagnostics.warn(
            section.valuePlace(of: "tls") ?? section.place,
            "with \"verify: off\", any server that answers receives the password; "
                + "pin the certificate instead: `lookout check --probe` prints its fingerprint")
    }

    /// Events, options and files are named after sources.
    private func checkName(_ entry: Section.Entry) {
        guard !Names.isName(entry.key) else { return }
        diagnostics.refuse(
            entry.place, "\(ShownText.quoted(entry.key)) cannot be the name of a source; \(Names.rule)")
    }

    private func address(_ text: String, at place: Place) -> SourceAddress? {
        do {
            let address = try SourceAddress(text)
            if case .file(let path, _) = address, !path.hasPrefix("/") {
                diagnostics.refuse(place, "not an address; it must be \(Names.addresses)")
                return nil
            }
            if case .stream(let url) = address, url.hasCredentials {
                diagnostics.warn(
                    place,
                    "this address contains a user name or a password; \"credentials\" keeps them out of this file")
            }
            return address
        } catch {
            diagnostics.refuse(place, error == .empty ? "the address is empty" : "\(error)")
            return nil
        }
    }

    // MARK: - Settings that the defaults have, too

    func read(_ section: Section, into draft: inout SourceDraft) {
        section.read(Keys.Source.fps, into: &draft.options.sampling)
        section.read(Keys.Source.fit, into: &draft.options.fit)
        DetectionSettingsReader(diagnostics: diagnostics).read(section, into: &draft.options.detection)
        RegionReader(diagnostics: diagnostics).read(section, into: &draft)
        ObjectReader(diagnostics: diagnostics).read(section, into: &draft)
        section.read(Keys.Source.grace, into: &draft.options.grace)
        section.read(Keys.Source.frozenAfter, into: &draft.options.frozenAfter)
        section.section(Keys.Source.retry) { retry in
            retry.read(Keys.Retry.first, into: &draft.options.retry.first)
            retry.read(Keys.Retry.longest, into: &draft.options.retry.longest)
            retry.read(Keys.Retry.longestFirstConnect, into: &draft.options.retry.longestFirstConnect)
            SourceCombinations(diagnostics: diagnostics).check(draft.options.retry, retry)
        }
        section.read(Keys.Source.connectTimeout, into: &draft.options.reception.connectTimeout)
        section.read(Keys.Source.readTimeout, into: &draft.options.reception.readTimeout)
        section.read(Keys.Source.transport, into: &draft.options.reception.transport)
        section.read(Keys.Source.videoStream, into: &draft.options.videoStream)
        section.read(Keys.Source.maximumFrameSize, into: &draft.options.reception.maxFrameSize)
        section.section(Keys.Source.tls) { readTLS($0, into: &draft.options.reception.tls) }
        section.read(Keys.Source.skipLoopFilter, into: &draft.options.reception.skipsLoopFilter)
        section.section(Keys.Source.camera) { readCamera($0, into: &draft) }
    }

    /// Reads how the server is verified. The setting of a source replaces that of the defaults as a whole.
    private func readTLS(_ section: Section, into verification: inout TLSVerification) {
        var authorities: String?
        var fingerprint: CertificateFingerprint?
        var verifies = true
        let isSet = [
            section.read(Keys.TLS.authorities, into: &authorities),
            section.read(Keys.TLS.fingerprint, into: &fingerprint),
            section.read(Keys.TLS.verify, into: &verifies),
        ]
        guard isSet.contains(true) else { return }
        var choices: [TLSVerification] = []
        if let authorities { choices.append(.authorities(path: authorities)) }
        if let fingerprint { choices.append(.fingerprint(fingerprint)) }
        if !verifies { choices.append(.off) }
        guard choices.count < 2 else {
            return diagnostics.refuse(
                section.place, "only one of \"ca\", \"fingerprint\" and \"verify: off\" is allowed")
        }
        verification = choices.first ?? .system
    }

    private func readCamera(_ section: Section, into draft: inout SourceDraft) {
        section.read(Keys.Camera.format, into: &draft.options.camera.format)
        section.read(Keys.Camera.size, into: &draft.options.camera.size)
        section.read(Keys.Camera.rate, into: &draft.options.camera.rate)
        section.section(Keys.Camera.controls) { controls in
            for entry in controls.names(most: 256) {
                guard let value = controls.value(entry, Keys.Camera.control) else { continue }
                draft.setControl(CameraControls.Setting(entry.key, value))
            }
        }
    }
}

/// Names of sources and credentials, and addresses.
enum Names {
    static let rule = "a name has up to 64 letters, digits, '-', '_' and '.'"
    static let addresses = "the URL of a stream, file: and an absolute path, or a camera's device"

    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.count) && text.allSatisfy { $0.isLetter || $0.isNumber || "-_.".contains($0) }
    }
}
