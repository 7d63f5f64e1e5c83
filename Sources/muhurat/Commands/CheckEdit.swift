import Jobs
import TradingTime

/// `check --diff`: what an edit of job files changes, in the files and in the next days.
struct CheckEdit {
  /// What changes for one job.
  struct Change: Encodable {
    let job: String
    /// `added`, `removed` or `changed`.
    let edit: String
    /// Keys that differ, with both values.
    let definition: [String]
    /// Slots that go and come in the next days.
    let slots: [String]
  }

  let view: [Change]
  private let days: Int

  init(from old: PlanDifference.Plan, to new: PlanDifference.Plan, now: Instant, days: Int) {
    let before = Dictionary(old.jobs.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let after = Dictionary(new.jobs.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let slots = PlanDifference(from: old, to: new, now: now, days: days).changes
      .reduce(into: [:]) { $0[$1.job] = $1.lines }
    self.days = days
    view = Set(before.keys).union(after.keys).sorted().compactMap { name in
      let lines = slots[name] ?? []
      switch (before[name], after[name]) {
      case (nil, _): return Change(job: name, edit: "added", definition: [], slots: lines)
      case (_, nil): return Change(job: name, edit: "removed", definition: [], slots: lines)
      case (let old?, let new?):
        guard old != new || !lines.isEmpty else { return nil }
        let definition = DefinitionDifference.lines(
          from: old, to: new, named: .init(old: "before", new: "now"))
        return Change(
          job: name, edit: "changed",
          definition: definition.map { String($0.drop { $0 == " " }) }, slots: lines)
      }
    }
  }

  var text: String {
    guard !view.isEmpty else { return "nothing differs" }
    return view.map { change in
      let slots =
        change.slots.isEmpty ? ["no slot changes in \(days) days"] : change.slots
      let lines =
        change.definition + (change.edit == "changed" || !change.slots.isEmpty ? slots : [])
      return (["\(change.job): \(change.edit)"] + lines.map { "  \($0)" }).joined(separator: "\n")
    }.joined(separator: "\n")
  }
}
