import Jobs
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Overlapping runs` {
  let noon = at("2026-07-09T12:00:00")

  private func plan(
    _ overlap: Overlap, _ older: [UnfinishedRun], _ misfire: Misfire = Misfire(policy: .latest),
    after: Duration = .seconds(60)
  ) -> DecidingPlan {
    var job = Job(.every(.seconds(60)), misfire)
    job.overlap = overlap
    return job.plan(noon, after: noon - after) { $0.unfinished = older }
  }

  private func run(
    _ id: Int64, _ state: RunState, _ trigger: Trigger = .schedule, item: String? = nil
  ) -> UnfinishedRun {
    let due = noon - .seconds(60)
    return UnfinishedRun(
      id: id, item: item, dueAt: due, state: state, trigger: trigger, since: due)
  }

  @Test(arguments: [RunState.running, .cancelling])
  func `skip names the run and its age`(_ state: RunState) {
    let plan = plan(.skip, [run(7, state)])
    #expect(plan.lines == ["skipped 12:00: run 7 is still \(state.rawValue) after 1m"])
    #expect(plan.runs.isEmpty && plan.superseded.isEmpty && plan.cancelled.isEmpty)
  }

  @Test
  func `queue-one leaves one ready, the newest`() {
    let plan = plan(.queueOne, [run(7, .running), run(8, .ready)])
    #expect(plan.lines == ["run 12:00: due"])
    #expect(plan.superseded == [.init(run: 8, by: noon)] && plan.cancelled.isEmpty)
  }

  @Test
  func `cancel-old cancels what runs and takes the place of what waits`() {
    let plan = plan(.cancelOld, [run(6, .cancelling), run(7, .running), run(8, .ready)])
    #expect(plan.lines == ["run 12:00: due"])
    #expect(plan.cancelled == [7] && plan.superseded == [.init(run: 8, by: noon)])
  }

  @Test(arguments: Overlap.allCases)
  func `a run that waits gives way under every policy`(_ overlap: Overlap) {
    let plan = plan(overlap, [run(8, .ready)])
    #expect(plan.lines == ["run 12:00: due"])
    #expect(plan.superseded == [.init(run: 8, by: noon)])
  }

  @Test(arguments: [Trigger.catchUp, .manual, .slot, .backfill, .approve, .resume])
  func `runs that a person or a catch-up admitted are not superseded`(_ trigger: Trigger) {
    let plan = plan(.skip, [run(8, .ready, trigger)])
    #expect(plan.lines == ["run 12:00: due"] && plan.superseded.isEmpty)
  }

  @Test
  func `a catch-up ignores overlap, the slot on time does not`() {
    let plan = plan(
      .skip, [run(7, .running)], Misfire(policy: .all), after: .seconds(180))
    #expect(
      plan.lines == [
        "run 11:58: 2m late; admitted by misfire all",
        "run 11:59: 1m late; admitted by misfire all",
        "skipped 12:00: run 7 is still running after 1m",
      ])
    #expect(plan.runLines == ["catch-up 11:58 ready", "catch-up 11:59 ready"])
  }

  @Test
  func `each item overlaps only itself, and the blocked one has its row`() {
    var job = Job(.every(.seconds(60)))
    job.forEach = "account"
    let plan = job.plan(noon, after: noon - .seconds(60)) {
      $0.items = ["asha", "ravi"]
      $0.unfinished = [run(7, .running, item: "asha"), run(8, .ready, item: "ravi")]
    }
    #expect(plan.lines == ["run 12:00: due"])
    #expect(
      plan.runLines == [
        "schedule 12:00/asha skipped: run 7 is still running after 1m",
        "schedule 12:00/ravi ready",
      ])
    #expect(plan.superseded == [.init(run: 8, by: noon)])
    let blocked = job.plan(noon, after: noon - .seconds(60)) {
      $0.items = ["asha"]
      $0.unfinished = [run(7, .running, item: "asha")]
    }
    #expect(blocked.lines == ["skipped 12:00: run 7 is still running after 1m"])
    #expect(blocked.runLines == ["schedule 12:00/asha skipped: run 7 is still running after 1m"])
  }
}
