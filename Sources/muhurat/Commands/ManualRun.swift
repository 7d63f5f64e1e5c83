import JobStore
import Jobs
import Runner
import Threads

/// How a run that was asked for went: its number, if it came to have one.
struct RunTold: Sendable {
  var exit: Exit
  var run: Int64?

  init(_ exit: Exit, run: Int64? = nil) {
    self.exit = exit
    self.run = run
  }
}

/// One manual run, from the request to its exit code.
struct ManualRun: Sendable {
  let command: RunCommand
  let house: House
  let runner: Runner

  func run(_ request: RunRequest) async throws -> RunTold {
    if command.enqueue {
      let run = try await enqueue(request)
      if !command.json { Console.say("\(run)") }
      return RunTold(.done, run: run)
    }
    while true {
      let askedAt = SystemClock.sinceBoot()
      switch try await house.control.start(request) {
      case .claimed(let claim):
        let end = try await runner.finish(
          claim, askedAt: askedAt, saying: { Console.complain($0) })
        return RunTold(tell(end, claim), run: claim.run)
      case .slotHasRun(let run):
        Console.complain("\(SlotHasRun(run: run))")
        return RunTold(.data)
      case .busy(let holder):
        guard command.wait else {
          Console.complain(
            "busy: \(holder.what) is held by run \(holder.run) of \(holder.job) since "
              + "\(holder.since) (\(holder.holder)); --wait waits, --enqueue leaves it to a daemon")
          return RunTold(.busy)
        }
        guard !runner.isInterrupted else {
          Console.complain("interrupted while waiting; nothing was started")
          return RunTold(.busy)
        }
        try await SystemClock.sleep(for: .milliseconds(300))
      }
    }
  }

  private func enqueue(_ request: RunRequest) async throws -> Int64 {
    do {
      return try await house.control.enqueue(request)
    } catch let taken as SlotHasRun {
      throw Refusal(.data, taken.description)
    }
  }

  private func tell(_ end: Runner.ForegroundEnd, _ claim: Claim) -> Exit {
    let item = claim.item.map { " (\($0))" } ?? ""
    switch end {
    case .takenOver:
      Console.complain("run \(claim.run)\(item) was taken over by another process")
      return .unknown
    case .ended(let state, let reason, let result):
      let verdict = result.map { ", verdict \($0.verdict.rawValue)" } ?? ""
      let why = reason.map { ": \($0)" } ?? ""
      let text = "run \(claim.run)\(item) \(state.rawValue)\(verdict)\(why)"
      switch state {
      case .succeeded:
        if command.json { return .done }
        Console.say(text + (command.dryRun ? " (dry run: nothing was kept)" : ""))
        return .done
      case .unknown:
        Console.complain(
          text + "; look at the broker and the books, then: muhurat acknowledge \(claim.run)")
        return .unknown
      case .gated:
        Console.complain(text)
        return .notPermitted
      default:
        Console.complain(text)
        return .failed
      }
    }
  }
}
