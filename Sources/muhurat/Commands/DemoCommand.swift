import ArgumentParser
import Demo
import TradingTime

struct DemoCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Everything in one: private PostgreSQL, broker simulator, scheduler and page.",
    discussion: """
      All of it is on paper, in .muhurat/ of this folder, and gone with Ctrl-C.
      Examples:
        muhurat demo
        muhurat demo --once
        muhurat demo --day 2026-07-09 --speed 60
      """)

  @Option(help: "Play this trading day, from its opening to its report.")
  var day: String?

  @Option(help: "The day's seconds in each real one, at most: a number, or max. With --day: 60.")
  var speed: String?

  @Flag(help: "Run each job once, print what came of it, and leave: 0 only if all succeeded.")
  var once = false

  @Option(help: "Folder of job files. Default: jobs, then /etc/muhurat/jobs.")
  var jobs: String?

  @Option(help: "trace, debug, info, notice, warning, error or critical.")
  var logLevel = LogLevel.warning

  @Option(help: "text or json.")
  var logFormat = LogFormat.text

  func validate() throws {
    if let day, CivilDate(day) == nil {
      throw ValidationError("--day '\(day)' is no date such as 2026-07-09")
    }
    if let speed, DemoSpeed(speed) == nil {
      throw ValidationError("--speed '\(speed)' is neither a number from 0.01 to 100000 nor max")
    }
    if once && speed != nil { throw ValidationError("--once takes no --speed") }
  }

  func execute() async throws {
    do {
      let wishes = try DemoWishes(self)
      let stage = try await DemoStage.build(wishes)
      let exit: Exit
      do {
        exit = once ? try await DemoOnce(stage).run() : try await DemoPlay(stage).run()
      } catch {
        await stage.strike()
        throw error
      }
      await stage.strike()
      guard exit == .done else { throw exit.code }
    } catch let problem as DemoProblem {
      throw Refusal(problem)
    }
  }
}

extension Refusal {
  init(_ problem: DemoProblem) {
    switch problem.kind {
    case .unavailable: self.init(.unavailable, problem.description)
    case .busy: self.init(.busy, problem.description)
    case .configuration: self.init(.configuration, problem.description)
    }
  }
}
