import Events

/// Maps the time stamps of a live source to the monotonic clock and the wall clock.
///
/// Time stamps give the precise distance of frames; the clock gives their rough arrival. So the time stamps of a
/// connection are anchored to the clock once: at the frame that arrived with the least delay. They are anchored again
/// when the two diverge: when time stamps jump, or when no frame has been on time for a while.
///
/// A value without a clock.
struct StreamClock {
    /// Step of the source's clock or of the wall clock.
    struct Step: Equatable {
        /// Seconds by which times are later than without the step.
        var seconds: Double
        var cause: SourceEvent.ClockStepCause
    }

    /// Largest divergence of time stamps and clock, in seconds.
    private static let tolerance = 1.0
    /// Longest time without a frame that is on time, in seconds. Segmented streams (HLS) have one in each segment.
    private static let timeout = 15.0

    /// Delay that a transport stream may have, in frames.
    private static let framesOfDelay = 2.5

    /// Monotonic clock minus time stamp, in seconds.
    private var offset: Double?
    /// Wall clock minus monotonic clock, in seconds.
    private var wallClockOffset: Double?
    private var lastMedia = 0.0
    private var lastArrival = 0.0
    private var lastMonotonic = -Double.infinity
    /// Start of the window in which frames are checked for lateness, and the least lag in it.
    private var windowStart = 0.0
    private var leastLag = Double.infinity

    /// Starts over with a new connection, whose time stamps have nothing to do with those before.
    mutating func reconnect() {
        offset = nil
        wallClockOffset = nil
    }

    /// Maps a frame's time stamp.
    ///
    /// - Parameters:
    ///   - media: time stamp of the frame, in seconds.
    ///   - arrival: arrival by the monotonic clock, in seconds.
    ///   - wallClock: arrival by the wall clock, in seconds since 1970.
    /// - Returns: time of the frame, and the steps that were corrected.
    mutating func place(media: Double, arrival: Double, wallClock: Double) -> (time: SampleTime, steps: [Step]) {
        var steps: [Step] = []
        align(media, arrival, &steps)
        alignWallClock(wallClock - arrival, &steps)
        lastMedia = media
        lastArrival = arrival
        // Event detection runs on this clock: it must not go back, whatever is corrected.
        lastMonotonic = max(lastMonotonic, media + (offset ?? 0))
        let wall = Timestamp(seconds: lastMonotonic + (wallClockOffset ?? 0))
        return (SampleTime(monotonic: lastMonotonic, media: media, wallClock: wall), steps)
    }

    private mutating func align(_ media: Double, _ arrival: Double, _ steps: inout [Step]) {
        guard let offset else { return anchor(media, arrival) }
        let lag = arrival - (media + offset)
        let jumped = media < lastMedia || media - lastMedia > arrival - lastArrival + Self.tolerance
        if jumped {
            anchor(media, arrival)
            if abs(lag) > Self.tolerance { steps.append(Step(seconds: lag, cause: .source)) }
        } else if lag < 0 {
            // No frame arrives before it is captured: this one had less delay than the anchor.
            self.offset = arrival - media
            leastLag = 0
        } else if isLate(lag, arrival, interval: media - lastMedia) {
            anchor(media, arrival)
            steps.append(Step(seconds: lag, cause: .source))
        }
    }

    private mutating func anchor(_ media: Double, _ arrival: Double) {
        offset = arrival - media
        windowStart = arrival
        leastLag = .infinity
    }

    /// Whether no frame has been on time for a while. A transport stream's frame arrives when the next one or two have
    /// been sent: at low frame rates that delay is long, and not lateness.
    private mutating func isLate(_ lag: Double, _ arrival: Double, interval: Double) -> Bool {
        leastLag = min(leastLag, lag)
        guard arrival - windowStart >= Self.timeout else { return false }
        defer {
            windowStart = arrival
            leastLag = .infinity
        }
        return leastLag > max(Self.tolerance, Self.framesOfDelay * interval)
    }

    private mutating func alignWallClock(_ difference: Double, _ steps: inout [Step]) {
        guard let known = wallClockOffset else { return wallClockOffset = difference }
        guard abs(difference - known) > Self.tolerance else { return }
        wallClockOffset = difference
        steps.append(Step(seconds: difference - known, cause: .wallClock))
    }
}
