package import TradingTime

/// Three clocks of one machine at one moment, or nearly so.
package struct ClockSample: Hashable, Sendable {
  /// Neither jumps nor stops, suspension included.
  package var sinceBoot: Duration
  /// The same without the time the machine slept.
  package var awake: Duration
  package var wall: Instant
  /// The database's, carried to this moment from its last answer; nil before the first.
  package var server: Instant?
  /// How far off that may be, either way.
  package var doubt: Duration

  package init(
    sinceBoot: Duration, awake: Duration, wall: Instant, server: Instant? = nil,
    doubt: Duration = .zero
  ) {
    self.sinceBoot = sinceBoot
    self.awake = awake
    self.wall = wall
    self.server = server
    self.doubt = doubt
  }
}

/// Something a clock did that schedules may suffer from.
package struct ClockEvent: Codable, Hashable, Sendable {
  package enum Kind: String, Codable, Sendable {
    case hostStep = "host-step"
    case databaseStep = "database-step"
    case suspended
    case disagreement
  }

  package var kind: Kind
  /// By this machine's clock, afterwards.
  package var at: Instant
  package var seconds: Double
  package var sentence: String

  package init(kind: Kind, at: Instant, seconds: Double, sentence: String) {
    self.kind = kind
    self.at = at
    self.seconds = seconds
    self.sentence = sentence
  }
}

/// What a process knows of its clocks.
package struct ClockReport: Hashable, Sendable {
  /// Why clocks are not to be trusted now.
  package var suspicion: String?
  /// Newest first, each with how long ago it was by the clock that does not jump.
  package var events: [(event: ClockEvent, ago: Duration)] = []

  package init() {}

  package static func == (a: Self, b: Self) -> Bool {
    a.suspicion == b.suspicion && a.events.map(\.event) == b.events.map(\.event)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(suspicion)
    hasher.combine(events.map(\.event))
  }
}

extension ClockSample {
  /// A clock that is merely slewed, or read a little late, is no event.
  private static let tolerance = Duration.seconds(2)

  /// What happened between an earlier sample and this one. The boot clock is what the others are
  /// measured by: only it goes on through steps and sleep.
  package func events(since earlier: ClockSample) -> [ClockEvent] {
    let passed = sinceBoot - earlier.sinceBoot
    var events: [ClockEvent] = []
    let slept = passed - (awake - earlier.awake)
    if slept > Self.tolerance {
      events.append(
        event(.suspended, slept, "this machine slept for \(slept.roundedWords)"))
    }
    let stepped = (wall - earlier.wall) - passed
    if stepped.size > Self.tolerance {
      events.append(
        event(.hostStep, stepped, "this machine's clock was set \(stepped.direction)"))
    }
    if let server, let before = earlier.server {
      let stepped = (server - before) - passed
      if stepped.size - doubt - earlier.doubt > Self.tolerance {
        events.append(
          event(.databaseStep, stepped, "the database's clock was set \(stepped.direction)"))
      }
    }
    return events
  }

  private func event(_ kind: ClockEvent.Kind, _ size: Duration, _ sentence: String) -> ClockEvent {
    ClockEvent(
      kind: kind, at: wall, seconds: (size / .seconds(1) * 1000).rounded() / 1000,
      sentence: sentence)
  }
}

extension Duration {
  package var size: Duration { self < .zero ? .zero - self : self }

  /// `1h forward`, `30s back`
  fileprivate var direction: String {
    "\(size.roundedWords) \(self < .zero ? "back" : "forward")"
  }
}
