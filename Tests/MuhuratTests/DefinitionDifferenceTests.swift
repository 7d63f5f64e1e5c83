import Jobs
import Testing
import TradingTime

@testable import muhurat

@Suite(.timeLimit(.minutes(10)))
struct `The difference between two definitions` {
  private func job(_ change: (inout Job) -> Void = { _ in }) -> Job {
    var job = Job(
      name: "reconcile", work: .unit("reconcile"), timeout: .seconds(1_200), idempotent: true)
    job.schedule = Schedule(
      timing: .at(.businessDayStart), during: Window(market: "nse-cash"), timezone: "Asia/Kolkata")
    change(&job)
    return job
  }

  @Test
  func `is nothing for equal ones`() {
    #expect(DefinitionDifference.lines(from: job(), to: job()) == [])
  }

  @Test
  func `names the shortest keys that differ, with both values`() {
    let other = job {
      $0.timeout = .seconds(600)
      $0.schedule?.timing = .atMarket(MarketMoment(edge: .close, offset: .seconds(900)))
      $0.schedule?.during?.phases = [.continuous]
      $0.description = "once a day"
    }
    #expect(
      DefinitionDifference.lines(from: job(), to: other) == [
        #"  description: nothing in force, "once a day" in the file"#,
        #"  schedule.during.phases: [] in force, ["continuous"] in the file"#,
        #"  schedule.timing.at: "06:00" in force, "close+15m" in the file"#,
        #"  timeout: "20m" in force, "10m" in the file"#,
      ])
  }

  @Test
  func `says whose the values are`() {
    let other = job { $0.timeout = .seconds(600) }
    #expect(
      DefinitionDifference.lines(from: job(), to: other, named: .init(old: "before", new: "now"))
        == [#"  timeout: "20m" before, "10m" now"#])
  }

  @Test
  func `shows the first line that differs of a long text`() {
    let head = (1...20).map { "select \($0);" }.joined(separator: "\n")
    let old = job { $0.work = .sql(path: "a.sql", text: head + "\nselect 21;") }
    let new = job { $0.work = .sql(path: "a.sql", text: head + "\nselect 22;\nselect 23;") }
    #expect(
      DefinitionDifference.lines(from: old, to: new) == [
        #"  work.text, line 21: "select 21;" in force, "select 22;" in the file"#
      ])
  }
}
