import ArgumentParser
import JobStore
import Jobs
import TradingTime

struct ApproveCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "Run the late slots that 'misfire: ask' holds for a person, or decline them.",
    discussion: """
      Without a plan it lists what waits. A plan's name stands for exactly the slots listed: where
      one has been held since, the plan has another name and the old one is refused.
      Examples:
        muhurat approve
        muhurat approve 4f2a91c0 --reason "books were checked"
        muhurat approve 4f2a91c0 --decline --reason "prices are stale by now"
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The plan's name, as the listing shows it.")
  var plan: String?

  @Option(help: "Why, for the record.")
  var reason: String?

  @Flag(help: "Never run them; the answer is on record and nobody is asked again.")
  var decline = false

  @Flag(help: "The plans as an array; with a plan, one object.")
  var json = false

  func validate() throws {
    if plan == nil, decline || reason != nil {
      throw ValidationError("which plan? muhurat approve lists them")
    }
  }

  func execute() async throws {
    let house = try await House.open(options)
    guard let plan else { return try await list(house) }
    house.announce()
    let done = try await house.control.approve(
      plan, declining: decline, actor: house.actor, reason: reason,
      workshop: house.workshop)
    if json { return Console.say(try JSONOutput.text(done)) }
    for run in done.slots where !run.willRun {
      Console.say("  \(run.words) does not run: \(run.reason)")
    }
    guard let batch = done.batch else { return Console.say("nothing to run") }
    guard !decline else {
      return Console.say(
        "declined: \(done.heldSlots) slots of \(done.job) never run; they are on record")
    }
    Console.say(batch.words(of: "approval"))
    try await house.complainWithoutDaemon()
  }

  private func list(_ house: House) async throws {
    let plans = try await house.control.heldPlans()
    if json { return Console.say(try JSONOutput.text(plans)) }
    guard !plans.isEmpty else { return Console.say("no slot is held for a person") }
    var table = Table([
      ("PLAN", .left), ("JOB", .left), ("SLOT", .left), ("DATE", .left), ("WHY", .left),
    ])
    for plan in plans {
      for slot in plan.slots {
        table.add(plan.plan, plan.job, slot.localLabel, "\(slot.businessDate)", slot.reason)
      }
    }
    Console.say(table.text)
    Console.say("next: muhurat approve PLAN --reason …, or with --decline")
  }
}
