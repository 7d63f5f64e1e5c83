import Demo
import FoundationEssentials
import Jobs
import Threads
import TradingTime

/// What is said when a played day is over.
struct DemoDayReport {
  let stage: DemoStage
  let playedSince: Duration

  func tell(_ completely: Bool) async throws -> Exit {
    let date = stage.wishes.beginning.session.date
    let summary = try await DaySummary.read(date, from: stage.store)
    let took = (SystemClock.sinceBoot() - playedSince).inTwoUnits
    let lateness = summary.greatestLateness.map(\.roundedWords) ?? "nothing ran"
    Console.say(
      """
      \(date) is over, played in \(took).
        slots     \(DaySummary.words(summary.slots))
        runs      \(DaySummary.words(summary.runs))
        lateness  \(lateness) at most
        breaks    \(summary.openBreaks) open
        report    \(report(date) ?? "none")
      """)
    let states = try await finaleStates()
    if completely && states.allSatisfy({ $0 == RunState.succeeded.rawValue }) { return .done }
    Console.complain(
      completely
        ? "the day's last run ended \(states.joined(separator: ", "))"
        : "the day's last run did not end within two hours of its time; the demo gave up on it")
    return .failed
  }

  private func finaleStates() async throws -> [String] {
    guard let finale = stage.wishes.day.finale(of: stage.wishes.beginning.session) else {
      return []
    }
    return try await DaySummary.states(of: finale, from: stage.store)
  }

  private func report(_ date: CivilDate) -> String? {
    let path = "\(stage.folder.reports)/\(date)/report.html"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }
}
