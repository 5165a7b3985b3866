import Events

/// Puts the time stamps of a live source on the clocks of this machine.
///
/// A time stamp says precisely how far frames are apart, and the clock says roughly when they came. So a
/// connection's time stamps are anchored to the clock once: to the frame that came soonest after it was
/// taken. They are anchored anew when they part: when they jump, or when for a while no frame came in time.
///
/// A value without a clock.
struct StreamClock {
    /// Where time stamps and clocks did not go on together.
    struct Step: Equatable {
        /// By how much later times are now given than they would have been, in seconds.
        var seconds: Double
        var cause: SourceEvent.ClockStepCause
    }

    /// How far they may part, in seconds.
    private static let tolerance = 1.0
    /// For how long no frame may come in time, in seconds. Streams that come in pieces (HLS) have one that
    /// does in each.
    private static let timeout = 15.0

    /// How many frames later one may come.
    private static let framesOfDelay = 2.5

    /// What has to be added to a time stamp for the monotonic clock.
    private var offset: Double?
    /// What has to be added to the monotonic clock for the calendar.
    private var wallClockOffset: Double?
    private var lastMedia = 0.0
    private var lastArrival = 0.0
    private var lastMonotonic = -Double.infinity
    /// Since when frames are watched for whether they come in time, and by how much the soonest was late.
    private var windowStart = 0.0
    private var leastLag = Double.infinity

    /// There is a new connection: its time stamps have nothing to do with those before.
    mutating func reconnect() {
        offset = nil
        wallClockOffset = nil
    }

    /// - Parameters:
    ///   - media: the time stamp of a frame, in seconds.
    ///   - arrival: when it came, by the monotonic clock.
    ///   - calendar: the same by the calendar, in seconds since 1970.
    /// - Returns: when it was taken, and what had to be corrected.
    mutating func place(media: Double, arrival: Double, wallClock: Double) -> (time: SampleTime, steps: [Step]) {
        var steps: [Step] = []
        align(media, arrival, &steps)
        alignWallClock(wallClock - arrival, &steps)
        lastMedia = media
        lastArrival = arrival
        // Decisions are made by this clock: it must not go back, whatever is corrected.
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
            // Nothing comes before it is taken: this one was faster than the one that they were anchored to.
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

    /// Whether none has come in time for a while. A transport stream's frames come when the next one or two have
    /// been sent: where those are far apart, that is no lateness.
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
