import JobStore
import Jobs

/// Slots of the past, each with what would be decided about it.
struct PastRunsView {
  let runs: [PastRun]

  var text: String {
    var table = Table([
      ("SLOT", .left), ("ITEM", .left), ("DATE", .left), ("RUNS", .left), ("DEFINITION", .left),
      ("WHY", .left),
    ])
    for run in runs {
      table.add(
        run.slot.words, run.item, "\(run.slot.businessDate)", run.willRun ? "yes" : "no",
        run.slot.revision, run.reason)
    }
    return table.text
  }

  /// `12 would run, 3 not`
  func sum(_ verb: String) -> String {
    let running = runs.count { $0.willRun }
    let others = runs.reduce(0) { $0 + ($1.willRun ? 0 : $1.slot.count) }
    return "\(running) \(verb), \(others) not"
  }
}

extension PastSlot {
  var words: String {
    guard let through else { return label }
    return "\(label) to \(through) (\(count) slots)"
  }
}

extension PastRun {
  var words: String { slot.words + (item.map { " (\($0))" } ?? "") }
}

extension Batch {
  func words(of act: String) -> String {
    let which = runs == 1 ? "run \(firstRun)" : "runs \(firstRun) to \(lastRun)"
    return
      "\(which) \(runs == 1 ? "is" : "are") ready, as batch \(id): oldest first, one at a time per "
      + "lock, behind the schedule's own\nnext: muhurat runs --batch \(id); to call the \(act) off: "
      + "muhurat cancel \(firstRun) --batch"
  }
}

extension House {
  /// Ready runs of a batch need a daemon; where none lives, nobody would say so.
  func complainWithoutDaemon() async throws {
    let seen = try await control.runnersSeen()
    guard !seen.contains(where: { $0.kind == "serve" && $0.isAlive }) else { return }
    Console.complain("no daemon is alive to run them; start: muhurat serve")
  }
}
