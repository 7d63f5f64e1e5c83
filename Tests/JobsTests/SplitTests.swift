import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Splitting a span of time` {
  /// Neighbours that stand alike are one: where a stretch is cut changes nothing but its words.
  struct Stretch: Hashable {
    var first: Instant
    var last: Instant
    var count: Int
    var isOpen: Bool
  }

  private func joined(_ spans: [SlotSpan]) -> [Stretch] {
    spans.reduce(into: []) { stretches, span in
      if let last = stretches.indices.last, stretches[last].isOpen == (span.standing == .open) {
        stretches[last].last = span.last
        stretches[last].count += span.count
      } else {
        stretches.append(
          Stretch(
            first: span.first, last: span.last, count: span.count, isOpen: span.standing == .open))
      }
    }
  }

  @Test(arguments: (1...60).map(RandomSchedule.init(seed:)))
  func `anywhere changes no slot`(_ random: RandomSchedule) {
    var chance = Chance(seed: random.seed + 1_000)
    let start = at(
      chance.one(of: ["2026-05-28T00:00:00", "2026-07-08T12:34:56", "2026-10-30T00:00:00"]))
    let end = start + .seconds(chance.number(3 * 86_400...14 * 86_400))
    let whole = random.schedule.slots(
      after: start, through: end, in: SmallWorld.almanac, limit: .max)
    var spans: [SlotSpan] = []
    var done = start
    while done < end {
      let next = min(end, done + .milliseconds(chance.number(1...40_000_000)))
      let limit = chance.once(in: 3) ? chance.number(1...3) : 1_000
      // As the decider goes: from how far the slots were told, not from how far it asked.
      let part = random.schedule.slots(
        after: done, through: next, in: SmallWorld.almanac, limit: limit)
      #expect(part.through <= next)
      spans += part.spans
      if part.through == done && part.holds != nil {
        let rest = random.schedule.slots(
          after: done, through: end, in: SmallWorld.almanac, limit: .max)
        spans += rest.spans
        done = end
      } else {
        done = part.through
      }
    }
    #expect(joined(spans) == joined(whole.spans), "\(random.testDescription)")
    #expect(whole.spans.allSatisfy { start < $0.first && $0.last <= end && $0.count > 0 })
    #expect(zip(whole.spans, whole.spans.dropFirst()).allSatisfy { $0.last < $1.first })
  }
}
