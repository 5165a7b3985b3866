import Basics

/// Standard deviations of a ``MotionFilter``, as fractions of the size of the box, as in the filter of DeepSORT (Wojke et al.
/// 2017), but in seconds.
package struct MotionNoise: Equatable, Sendable {
    /// Of a measurement of the center and of the size: fractions of the size. Also of the velocity when nothing moves: sizes
    /// per second.
    package var measurement = 0.05
    /// Of the velocity of a new track: sizes per second.
    package var initialVelocity = 2.0
    /// Square root of the spectral density of the acceleration: sizes per s^1.5.
    package var acceleration = 1.0

    package init() {}
}

/// Kalman filter of one coordinate with a constant velocity and white noise as acceleration (Bar-Shalom et al. 2001,
/// section 6.2.2).
struct CoordinateFilter: Equatable, Sendable {
    var position: Double
    var velocity = 0.0
    /// Covariance of position and velocity.
    var positionVariance: Double
    var covariance = 0.0
    var velocityVariance: Double

    /// Advances by `time` seconds. `density` is the spectral density of the acceleration.
    mutating func predict(time: Double, density: Double) {
        position += velocity * time
        positionVariance += time * (2 * covariance + time * velocityVariance) + density * time * time * time / 3
        covariance += time * velocityVariance + density * time * time / 2
        velocityVariance += density * time
    }

    /// Corrects the state by a measurement.
    ///
    /// - Parameters:
    ///   - variance: of the measurement.
    ///   - shift: variance of what moves the measurement but not the object. The position follows it, the velocity does
    ///     not learn from it. The covariance stays true: it is the one of that gain (Joseph's form).
    mutating func update(_ measurement: Double, variance: Double, shift: Double = 0) {
        let total = positionVariance + variance
        guard total > 0 else { return }
        let gain = positionVariance / total
        let velocityGain = covariance / (total + shift)
        let innovation = measurement - position
        position += gain * innovation
        velocity += velocityGain * innovation
        velocityVariance += velocityGain * (velocityGain * total - 2 * covariance)
        covariance *= 1 - gain
        positionVariance *= 1 - gain
    }

    /// Sets the velocity to zero, with the given variance.
    mutating func stop(variance: Double) {
        velocity = 0
        covariance = 0
        velocityVariance = variance
    }
}

/// Kalman filter of a box: its center and its size are four independent coordinates.
struct MotionFilter: Equatable, Sendable {
    private(set) var x: CoordinateFilter
    private(set) var y: CoordinateFilter
    private(set) var width: CoordinateFilter
    private(set) var height: CoordinateFilter
    private let noise: MotionNoise
    /// Longest time step, in seconds. Longer ones add no knowledge, and the variances would grow without bound.
    private static let longestStep = 10.0

    init(_ box: BoundingBox, noise: MotionNoise) {
        func filter(_ value: Double, size: Double) -> CoordinateFilter {
            let (position, velocity) = (noise.measurement * size, noise.initialVelocity * size)
            return CoordinateFilter(
                position: value, positionVariance: position * position, velocityVariance: velocity * velocity)
        }
        self.noise = noise
        x = filter(box.center.x, size: box.width)
        y = filter(box.center.y, size: box.height)
        width = filter(box.width, size: box.width)
        height = filter(box.height, size: box.height)
    }

    /// The estimated box.
    var box: BoundingBox {
        let (width, height) = (max(width.position, 1e-4), max(height.position, 1e-4))
        return BoundingBox(x: x.position - width / 2, y: y.position - height / 2, width: width, height: height)
    }

    /// Advances by `time` seconds.
    mutating func predict(time: Double) {
        let step = min(max(time, 0), Self.longestStep)
        guard step > 0 else { return }
        func density(_ size: Double) -> Double { noise.acceleration * noise.acceleration * size * size }
        let (horizontal, vertical) = (density(box.width), density(box.height))
        x.predict(time: step, density: horizontal)
        y.predict(time: step, density: vertical)
        width.predict(time: step, density: horizontal)
        height.predict(time: step, density: vertical)
    }

    /// Corrects the estimate by a detection.
    ///
    /// A box that suddenly has another size has an edge that is hidden, or no longer is. Its center moves by half of the
    /// difference while the object does not: the velocities of center and size learn the less, the larger it is.
    mutating func update(_ box: BoundingBox) {
        func correct(
            _ center: inout CoordinateFilter, _ size: inout CoordinateFilter, by box: (center: Double, size: Double)
        ) {
            let std = noise.measurement * max(size.position, box.size)
            let difference = box.size - size.position
            center.update(box.center, variance: std * std, shift: difference * difference / 4)
            size.update(box.size, variance: std * std, shift: difference * difference)
        }
        correct(&x, &width, by: (box.center.x, box.width))
        correct(&y, &height, by: (box.center.y, box.height))
    }

    /// Keeps the size: it is not extrapolated while the object is not detected.
    mutating func keepSize() {
        width.velocity = 0
        height.velocity = 0
    }

    /// Sets the velocity to zero: nothing moves in the frame. The place is as well known as it was before.
    mutating func stop() {
        func variance(_ size: Double) -> Double { noise.measurement * noise.measurement * size * size }
        let (horizontal, vertical) = (variance(box.width), variance(box.height))
        x.stop(variance: horizontal)
        y.stop(variance: vertical)
        width.stop(variance: horizontal)
        height.stop(variance: vertical)
    }
}
