import ArgumentParser

/// The command line: it wires things and decides nothing.
@main
struct Muhurat: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "muhurat",
    abstract: "Runs a trading desk's scheduled work: each job once, on time, and on record.",
    discussion: """
      First steps:
        muhurat demo            everything in one, on a private database
        muhurat check           what is wrong with the job files
        muhurat why JOB [TIME]  why it ran, did not run, or is not running
      Exit codes: 0 done, 1 the work failed, 64 usage, 65 bad definitions or data, 69 database or
      broker unavailable, 75 busy, 76 outcome unknown, 77 not permitted, 78 bad configuration.
      """,
    version: "0.1.0",
    subcommands: [
      DemoCommand.self, ServeCommand.self, RunCommand.self, CheckCommand.self, NextCommand.self,
      CalendarCommand.self, WhyCommand.self, StatusCommand.self, RunsCommand.self, ShowCommand.self,
      LogsCommand.self, PauseCommand.self, ResumeCommand.self, CancelCommand.self,
      BackfillCommand.self, ApproveCommand.self, AcknowledgeCommand.self, VerifyCommand.self,
      AccountCommand.self, SignInCommand.self, SignOutCommand.self, PositionsCommand.self,
      VaultCommand.self, MigrateCommand.self, PruneCommand.self, ConfigCommand.self,
    ])
}
