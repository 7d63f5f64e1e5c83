import Jobs
import TradingTime

/// `check --date`: a day as it would run.
struct CheckDay {
  let date: CivilDate
  let almanac: Almanac
  let plans: [DayPlan]
  /// Jobs that run by hand only.
  let byHand: [String]

  init(_ jobs: [Job], on date: CivilDate, _ almanac: Almanac) {
    self.date = date
    self.almanac = almanac
    plans = jobs.compactMap { DayPlan(of: $0, on: date, in: almanac) }
    byHand = jobs.filter { $0.schedule == nil }.map(\.name)
    markets = Set(jobs.compactMap { $0.schedule?.during?.calendarName }).sorted()
  }

  private let markets: [String]

  var text: String {
    var table = Table([
      ("JOB", .left), ("FROM", .left), ("THROUGH", .left), ("SLOTS", .right), ("DECISION", .left),
      ("PHASE", .left), ("WHY", .left),
    ])
    for plan in plans {
      if plan.rows.isEmpty { table.add(plan.job, nil, nil, "0", nil, nil, "no slot on this date") }
      for row in plan.rows {
        table.add(
          plan.job, plan.wall(row.first), row.count > 1 ? plan.wall(row.last) : nil,
          "\(row.count)", row.decision.rawValue, row.phase, row.reason)
      }
    }
    let byHand = byHand.isEmpty ? [] : ["by hand only: \(byHand.joined(separator: ", "))"]
    let blocks = [
      [heading], [table.text], byHand,
      plans.flatMap { plan in plan.notes.map { "\(plan.job): \($0)" } },
      strays.isEmpty
        ? ["nothing falls into a wrong phase"]
        : ["falls into a wrong phase:"] + strays.map { "  \($0)" },
    ]
    return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n")
  }

  private var heading: String {
    let days = markets.compactMap { name in
      almanac.calendars[name].map { "\(name): \($0.day(date).words(in: $0.zone))" }
    }
    return (["\(date), \(date.weekday.rawValue)"] + days).joined(separator: "; ")
  }

  private var strays: [String] { plans.flatMap(\.strays) }

  var view: View {
    View(
      date: date,
      jobs: plans.map { plan in
        View.Day(
          job: plan.job, slots: plan.rows.map(View.Slots.init), strays: plan.strays,
          notes: plan.notes)
      })
  }

  struct View: Encodable {
    let date: CivilDate
    let jobs: [Day]

    struct Day: Encodable {
      let job: String
      let slots: [Slots]
      /// What falls outside the phase it was meant for.
      let strays: [String]
      let notes: [String]
    }

    /// Named as in `jobs.slot`.
    struct Slots: Encodable {
      let dueAt: Instant
      let through: Instant?
      let slots: Int
      let decision: Decision
      let phase: String?
      let reason: String

      init(_ row: DayPlan.Row) {
        (dueAt, through) = (row.first, row.count > 1 ? row.last : nil)
        (slots, decision, phase, reason) = (row.count, row.decision, row.phase, row.reason)
      }

      enum CodingKeys: String, CodingKey {
        case dueAt = "due_at"
        case through, slots, decision, phase, reason
      }
    }
  }
}

extension DayPlan {
  fileprivate func wall(_ instant: Instant) -> String { zone.local(instant).time.description }
}
