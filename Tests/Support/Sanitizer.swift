import Glibc
import Testing

/// Sanitizers of the build.
package enum Sanitizer {
    /// Whether ThreadSanitizer is used. Everything takes about ten times as long.
    package static let isThread = dlsym(nil, "__tsan_init") != nil
    /// Whether AddressSanitizer is used. Freed memory stays in its quarantine.
    package static let isAddress = dlsym(nil, "__asan_init") != nil
    package static let isUsed = isThread || isAddress
}
