import JobStore
import Jobs
import TradingTime

/// Runs as a table: what it was, when it was due, how it ended and why.
struct RunsView {
  let runs: [RunView]
  let clock: ClockView

  var text: String {
    var table = Table([
      ("RUN", .right), ("JOB", .left), ("ITEM", .left), ("DUE", .left), ("STATE", .left),
      ("VERDICT", .left), ("LATE", .right), ("TOOK", .right), ("WHY", .left),
    ])
    for run in runs {
      table.add(
        "\(run.id)", run.job, run.item, run.dueAt.map(clock.wall) ?? "by hand", run.state.rawValue,
        run.verdict?.rawValue, run.latenessSeconds.map(Self.span),
        run.durationSeconds.map(Self.span), Self.why(run))
    }
    return table.text
  }

  static func span(_ seconds: Double) -> String {
    Duration.milliseconds(Int64((seconds * 1000).rounded())).inTwoUnits
  }

  /// One line, however long the error was; `show` has the rest.
  private static func why(_ run: RunView) -> String? {
    let reason = run.state == .ready ? run.waitingFor ?? run.reason : run.reason
    guard
      let line = (reason ?? run.requestReason)?.split(whereSeparator: \.isNewline).first
    else { return nil }
    return line.count > 100 ? line.prefix(99) + "…" : String(line)
  }
}
