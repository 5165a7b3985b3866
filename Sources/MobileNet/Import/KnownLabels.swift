/// Labels of known networks, for files that do not contain them.
enum KnownLabels {
    /// Returns the labels of a network of Intel's Open Model Zoo; `nil` if it is not known.
    ///
    /// - Parameter name: name of the network when it was converted, or of the file.
    static func labels(ofNetwork name: String) -> [String]? {
        // Models "person-vehicle-bike-detection-2000" to "-2004": README.md of each in open_model_zoo.
        name.hasPrefix("person-vehicle-bike-detection-20") ? ["vehicle", "person", "bike"] : nil
    }
}
