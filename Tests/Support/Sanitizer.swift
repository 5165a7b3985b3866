import Glibc
import Testing

/// Tells which sanitizer the tests and the program were built with.
package enum Sanitizer {
    /// ThreadSanitizer: everything takes about ten times as long.
    package static let isThread = dlsym(nil, "__tsan_init") != nil
    /// AddressSanitizer: memory that is freed stays in its quarantine.
    package static let isAddress = dlsym(nil, "__asan_init") != nil
    package static let isUsed = isThread || isAddress
}
