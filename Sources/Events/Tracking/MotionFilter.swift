import Basics

/// Standard deviations of a ``MotionFilter``, as fractions of the size of the box, as in the filter of DeepSORT (Wojke et al.
/// 2017), but in seconds.
package struct MotionNoise: Equatable, Sendable {
    /// Of a measurement of the center and of the size: fractions of the size.
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

    /// Corrects the state by a measurement with the given variance.
    mutating func update(_ measurement: Double, variance: Double) {
        let total = positionVariance + variance
        guard total > 0 else { return }
        let gain = positionVariance / total
        let velocityGain = covariance / total
        let innovation = measurement - position
        position += gain * innovation
        velocity += velocityGain * innovation
        velocityVariance -= velocityGain * covariance
        covariance *= 1 - gain
        positionVariance *= 1 - gain
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
    mutating func update(_ box: BoundingBox) {
        func variance(_ size: Double) -> Double { noise.measurement * noise.measurement * size * size }
        let horizontal = variance(max(self.box.width, box.width))
        let vertical = variance(max(self.box.height, box.height))
        x.update(box.center.x, variance: horizontal)
        y.update(box.center.y, variance: vertical)
        width.update(box.width, variance: horizontal)
        height.update(box.height, variance: vertical)
    }

    /// Keeps the size: it is not extrapolated while the object is not detected.
    mutating func keepSize() {
        width.velocity = 0
        height.velocity = 0
    }

    /// Sets the velocity to zero: nothing moves in the frame.
    mutating func stop() {
        x.velocity = 0
        y.velocity = 0
        keepSize()
    }
}
