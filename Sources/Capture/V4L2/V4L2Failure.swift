import Basics
import CV4L2
import Glibc

/// An error of a camera's driver.
package struct V4L2Failure: Error, Equatable, CustomStringConvertible {
    /// The system's error number, positive.
    package let code: Int32
    /// What was being done, as "set the format".
    package let operation: String

    package var description: String { "cannot \(operation): \(systemPhrase(code))" }

    /// What it means to somebody who waits for frames.
    var phrase: String {
        switch code {
        case ENODEV, ENXIO: "the camera is gone"
        case EBUSY: "another program is using it"
        default: description
        }
    }
}

/// The one place where a result of a camera's driver becomes an error.
///
/// - Returns: the result, if it is none.
/// - Throws: ``V4L2Failure``.
@discardableResult
func checkedV4L2(_ operation: String, _ result: Int32) throws(V4L2Failure) -> Int32 {
    guard result >= 0 else { throw V4L2Failure(code: -result, operation: operation) }
    return result
}
