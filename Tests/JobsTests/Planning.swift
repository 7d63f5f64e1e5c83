import Jobs
import TradingTime

extension Job {
  init(_ schedule: Schedule?, _ misfire: Misfire = Misfire(policy: .latest)) {
    self.init(name: "sync", work: .unit("sync-positions"), timeout: .seconds(25), idempotent: true)
    self.schedule = schedule
    self.misfire = misfire
  }

  func plan(
    _ now: Instant, after watermark: Instant, _ change: (inout DecidingFacts) -> Void = { _ in }
  ) -> DecidingPlan {
    var facts = DecidingFacts(now: now, watermark: watermark)
    change(&facts)
    return Deciding.plan(for: self, in: SmallWorld.almanac, facts)
  }
}

extension DecidingPlan {
  /// One line for each row, India's time of day; a span as `first...last xN`.
  var lines: [String] {
    slots.map { slot in
      let to = slot.through.map { "...\($0.wall) x\(slot.count)" } ?? ""
      return "\(slot.decision.rawValue) \(slot.dueAt.wall)\(to): \(slot.reason)"
    }
  }

  var runLines: [String] {
    runs.map { run in
      let item = run.item.map { "/\($0)" } ?? ""
      return "\(run.trigger.rawValue) \(run.dueAt.wall)\(item) \(run.state.rawValue)"
        + (run.reason.map { ": \($0)" } ?? "")
    }
  }
}

extension Instant {
  /// The date's day, if it is not the tests' Thursday, and the time of day in India.
  var wall: String {
    let local = ZoneRules.india.local(self)
    let prefix = local.date == day("2026-07-09") ? "" : "\(local.date) "
    return prefix + local.time.description
  }
}
