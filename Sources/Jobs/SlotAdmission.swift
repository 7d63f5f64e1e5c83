import TradingTime

/// Which of the slots that have come due may run, and what is said of the others.
///
/// A slot is late if it was first seen more than the schedule's tolerance after its time; late slots
/// go through `misfire`. Slots in a pause are `paused`, whether late or not.
struct SlotAdmission {
  private let misfire: Misfire
  private let facts: DecidingFacts
  private let lateBefore: Instant
  /// With `misfire: { within: session }`: older slots belong to another business date.
  private let sessionStart: Instant?
  /// The last open slot that is due: the one that `latest` means.
  private let newest: Instant?
  /// How many more late slots may be admitted.
  private var left: Int

  init(
    _ misfire: Misfire, tolerance: Duration, sessionStart: Instant?, newest: Instant?,
    _ facts: DecidingFacts
  ) {
    self.misfire = misfire
    self.facts = facts
    self.sessionStart = sessionStart
    self.newest = newest
    lateBefore = facts.now - tolerance
    left = misfire.max
  }

  /// One ruling for each stretch that is told in one row, oldest first.
  mutating func rulings(on spans: [SlotSpan]) -> [SlotRuling] {
    var rulings: [SlotRuling] = []
    for span in spans {
      for ruling in self.rulings(on: span) {
        if let last = rulings.last, let joined = last.joined(with: ruling) {
          rulings[rulings.count - 1] = joined
        } else {
          rulings.append(ruling)
        }
      }
    }
    return rulings
  }

  private mutating func rulings(on span: SlotSpan) -> [SlotRuling] {
    if case .closed(let why) = span.standing { return [SlotRuling(span, .refused(.closed, why))] }
    var rulings: [SlotRuling] = []
    for stretch in span.cut(at: borders) { rulings += self.rulings(onAlike: stretch) }
    return rulings
  }

  /// Between two of these, all slots stand alike.
  private var borders: [Instant] {
    [
      facts.pause?.since, facts.pause?.until, misfire.within.map { facts.now - $0 }, sessionStart,
      lateBefore,
    ].compactMap { $0 }.sorted()
  }

  private mutating func rulings(onAlike stretch: SlotSpan) -> [SlotRuling] {
    let slot = stretch.first
    if let pause = facts.pause, pause.covers(slot) {
      return [SlotRuling(stretch, .refused(.paused, pause.words))]
    }
    if slot >= lateBefore {
      return stretch.singles.map { SlotRuling($0, .run(.schedule, "due")) }
    }
    if misfire.policy == .skip { return missed(stretch, "misfire skip") }
    if let within = misfire.within, slot < facts.now - within {
      return missed(stretch, "beyond misfire's within \(within.spelled)")
    }
    if let sessionStart, slot < sessionStart {
      return missed(stretch, "misfire takes only slots of the current business date")
    }
    return misfire.policy == .latest ? latest(of: stretch) : oldest(of: stretch)
  }

  private func latest(of stretch: SlotSpan) -> [SlotRuling] {
    guard stretch.last == newest else { return missed(stretch, Self.newerSlot) }
    let (older, newest) = stretch.split(stretch.count - 1)
    let late = "\(lateness(of: stretch.last)) late; admitted by misfire latest"
    return (older.map { missed($0, Self.newerSlot) } ?? [])
      + (newest.map { [SlotRuling($0, .run(.schedule, late))] } ?? [])
  }

  private static let newerSlot = "misfire latest takes only the newest slot"

  private mutating func oldest(of stretch: SlotSpan) -> [SlotRuling] {
    let (taken, rest) = stretch.split(min(left, stretch.count))
    left -= taken?.count ?? 0
    return (taken?.singles ?? []).map { SlotRuling($0, admitted($0.first)) }
      + (rest.map { missed($0, "beyond misfire's max \(misfire.max)") } ?? [])
  }

  private func admitted(_ slot: Instant) -> SlotRuling.Verdict {
    let late = "\(lateness(of: slot)) late"
    guard misfire.policy == .ask else { return .run(.catchUp, "\(late); admitted by misfire all") }
    if let after = misfire.askAfter, facts.now - slot <= after {
      return .run(.catchUp, "\(late); misfire asks only after \(after.spelled)")
    }
    return .held("\(late); misfire ask: approve it or leave it")
  }

  private func missed(_ stretch: SlotSpan, _ why: String) -> [SlotRuling] {
    let seen = "first seen \(lateness(of: stretch.first)) late; \(why)"
    return [SlotRuling(stretch, .refused(.missed, seen), cause: why)]
  }

  private func lateness(of slot: Instant) -> String { (facts.now - slot).roundedWords }
}

/// What is ruled about one slot, or about a stretch of slots that are not run.
struct SlotRuling: Hashable {
  enum Verdict: Hashable {
    case run(Trigger, String)
    case held(String)
    case refused(Decision, String)
  }

  var span: SlotSpan
  let verdict: Verdict
  /// What a refusal has in common with its neighbours; its reason names its own lateness.
  let cause: String?

  init(_ span: SlotSpan, _ verdict: Verdict, cause: String? = nil) {
    self.span = span
    self.verdict = verdict
    if case .refused(_, let reason) = verdict {
      self.cause = cause ?? reason
    } else {
      self.cause = nil
    }
  }

  /// One row for both, if they were refused for the same cause.
  func joined(with next: SlotRuling) -> SlotRuling? {
    guard case .refused(let decision, _) = verdict, case .refused(decision, _) = next.verdict,
      cause == next.cause
    else { return nil }
    var joined = self
    joined.span.last = next.span.last
    joined.span.count += next.span.count
    return joined
  }
}
