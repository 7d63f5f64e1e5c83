import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Paused slots` {
  let noon = at("2026-07-09T12:00:00")

  private func pause(_ since: Instant, _ until: Instant) -> Pause {
    Pause(since: since, until: until, by: "asha", reason: "broker maintenance")
  }

  @Test
  func `are told apart from those missed before and after`() {
    let plan = Job(.every(.seconds(600))).plan(noon, after: noon - .seconds(4_200)) {
      $0.pause = pause(noon - .seconds(3_000), noon - .seconds(1_200))
    }
    #expect(
      plan.lines == [
        "missed 11:00: first seen 1h late; misfire latest takes only the newest slot",
        "paused 11:10...11:30 x3: paused by asha: broker maintenance",
        "missed 11:40...11:50 x2: first seen 20m late; misfire latest takes only the newest slot",
        "run 12:00: due",
      ])
  }

  @Test
  func `do not run even on time, nor by misfire`() {
    for policy in Misfire.Policy.allCases {
      let plan = Job(.every(.seconds(600)), Misfire(policy: policy)).plan(
        noon, after: noon - .seconds(600)
      ) { $0.pause = pause(noon - .seconds(60), noon + .seconds(60)) }
      #expect(plan.lines == ["paused 12:00: paused by asha: broker maintenance"])
      #expect(plan.runs.isEmpty && plan.watermark == noon)
    }
  }

  @Test
  func `end with the pause`() {
    let plan = Job(.every(.seconds(600))).plan(noon, after: noon - .seconds(600)) {
      $0.pause = pause(noon - .seconds(3_600), noon)
    }
    #expect(plan.lines == ["run 12:00: due"])
  }
}
