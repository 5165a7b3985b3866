import Capture
import Events

/// How live sources are watched.
public struct LiveSettings: Sendable {
    /// Which pictures are looked at.
    public var sampling: Sampling
    /// How they are brought into the network's shape.
    public var fit: Fit
    /// How many pictures are worked on at the same time, of all sources together.
    public var lanes: Int
    /// What is looked for.
    public var subjects: [Subject]
    /// What the network's classes are called.
    public var labels: [String]
    /// The network's name.
    public var model: String
    /// When a picture in which nothing moves is not looked at.
    public var motion: MotionSettings
    /// For how many seconds a source may be away before it is said to be lost.
    public var grace: Double
    /// How it is tried again, before it has given a picture and after.
    public var firstConnect: BackOff.Policy
    /// How it is tried again after it has given a picture.
    public var reconnect: BackOff.Policy

    public init(
        sampling: Sampling, fit: Fit, lanes: Int, subjects: [Subject], labels: [String], model: String,
        motion: MotionSettings, grace: Double = 3, firstConnect: BackOff.Policy = .firstConnect, reconnect: BackOff.Policy = .reconnect
    ) {
        self.sampling = sampling
        self.fit = fit
        self.lanes = lanes
        self.subjects = subjects
        self.labels = labels
        self.model = model
        self.motion = motion
        self.grace = grace
        self.firstConnect = firstConnect
        self.reconnect = reconnect
    }
}

/// A source that is to be watched.
public struct LiveSource: Sendable {
    /// What events call it.
    public var name: String
    /// Makes what gives the pictures. It is asked for a new one for each connection.
    public var make: @Sendable (Interruption) -> any Source

    public init(name: String, make: @escaping @Sendable (Interruption) -> any Source) {
        self.name = name
        self.make = make
    }
}
