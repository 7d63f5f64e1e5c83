import TradingTime

/// What of a job's day falls outside the phase it was meant for.
///
/// A time on the wall does not move when an exchange moves its hours: 15:20 was continuous trading
/// until there was a closing auction, and 16:20 comes before the open on an evening of Muhurat
/// trading. Nothing else would say so before the day.
struct Strays {
  private let job: Job
  private let schedule: Schedule
  private let slots: [SlotSpan]
  private let phases: DayPhases

  init(_ job: Job, _ schedule: Schedule, _ slots: [SlotSpan], _ phases: DayPhases) {
    (self.job, self.schedule, self.slots, self.phases) = (job, schedule, slots, phases)
  }

  var sentences: [String] {
    guard phases.session != nil else { return [] }
    let open = slots.filter { $0.standing == .open }
    if open.isEmpty { return [nothing] }
    return [closed, unwanted(open)].compactMap { $0 } + unusual(open)
  }

  private var window: Window { phases.window }

  private var nothing: String {
    let hours = window.openings(on: phases.date, phases.calendar).map {
      "\(wall($0.start))-\(wall($0.end))"
    }
    let when = hours.isEmpty ? "has none of its hours" : "is open \(hours.joined(separator: ", "))"
    return "\(job.name) does not run at all: \(window.market) \(when) that day"
  }

  /// An interval has no time of its own; a time on the wall that is never reached was meant.
  private var closed: String? {
    guard schedule.interval == nil else { return nil }
    let outside = slots.filter { $0.standing != .open }.map(\.first)
    guard !outside.isEmpty else { return nil }
    return "\(job.name): \(outside.count) of \(slots.count) slots fall outside \(wanted): "
      + told(outside)
  }

  /// A market's moment counts whatever the phase is.
  private func unwanted(_ open: [SlotSpan]) -> String? {
    guard case .atMarket(let moment) = schedule.timing, !window.phases.isEmpty else { return nil }
    let strays = open.map(\.first).filter {
      phases.kinds(at: $0).isDisjoint(with: window.phases)
    }
    guard let first = strays.first else { return nil }
    return "\(job.name): \(moment.words) is \(wall(first)), \(phases.name(at: first)), "
      + "and not \(wanted)"
  }

  /// Where the job names no phases, an ordinary day says what was meant.
  private func unusual(_ open: [SlotSpan]) -> [String] {
    guard schedule.interval == nil, window.phases.isEmpty, let ordinary else { return [] }
    if case .atMarket = schedule.timing { return [] }
    return open.map(\.first).compactMap { slot in
      let local = phases.calendar.zone.local(slot)
      let same = phases.calendar.zone.resolve(ordinary.date, local.time).earliest
      let (usual, now) = (ordinary.place(at: same), phases.place(at: slot))
      guard usual != now else { return nil }
      return
        "\(job.name): \(wall(slot)) falls \(now); on \(ordinary.date), an ordinary day, \(usual)"
    }
  }

  /// The last session before this one that has no name; of this one's own hours nothing is unusual.
  private var ordinary: DayPhases? {
    var date = phases.date
    for _ in 0..<10 {
      guard let session = phases.calendar.session(onOrBefore: date.adding(days: -1)) else {
        return nil
      }
      if session.name == nil { return DayPhases(window, phases.calendar, session.date) }
      date = session.date
    }
    return nil
  }

  private var wanted: String {
    let hours = window.phases.map(\.rawValue).joined(separator: ", ")
    return hours.isEmpty ? "the hours of \(window.market)" : hours
  }

  private func wall(_ instant: Instant) -> String {
    phases.calendar.zone.local(instant).time.description
  }

  /// The phases they fall into, in the order of the day, with the first and last of each.
  private func told(_ instants: [Instant]) -> String {
    var stretches: [(phase: String, first: Instant, last: Instant)] = []
    for instant in instants {
      let phase = phases.name(at: instant)
      if let last = stretches.indices.last, stretches[last].phase == phase {
        stretches[last].last = instant
      } else {
        stretches.append((phase, instant, instant))
      }
    }
    return stretches.map { stretch in
      let first = wall(stretch.first)
      let last = wall(stretch.last)
      return "\(first == last ? first : "\(first)-\(last)") \(stretch.phase)"
    }.joined(separator: ", ")
  }
}

extension DayPhases {
  /// Where in the day an instant lies, without the steps of a phase and without classes.
  fileprivate func place(at instant: Instant) -> String {
    let kinds = PhaseKind.allCases.filter(kinds(at: instant).contains)
    return kinds.isEmpty
      ? outside(at: instant).words : "into \(kinds.map(\.rawValue).joined(separator: " and "))"
  }
}
