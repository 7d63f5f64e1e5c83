import ArgumentParser
import FoundationEssentials
import Logging
import YAML

/// What every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(help: "Configuration file. Default: config/muhurat.yaml, then /etc/muhurat/muhurat.yaml.")
  var config: String?

  @Option(help: "Folder of job files. Default: jobs, then /etc/muhurat/jobs.")
  var jobs: String?

  @Option(help: "PostgreSQL, as URL or conninfo. Default: the configuration, then PG… variables.")
  var database: String?

  @Option(help: "trace, debug, info, notice, warning, error or critical.")
  var logLevel = LogLevel.notice

  @Option(help: "text or json.")
  var logFormat = LogFormat.text

  var environment: [String: String] { ProcessInfo.processInfo.environment }

  func configuration() throws -> Configuration {
    do {
      var configuration = try ConfigurationSearch(environment: environment).configuration(config)
      if let database {
        configuration.database.url = database
        configuration.origins["database.url"] = "--database"
      }
      return configuration
    } catch let problems as Problems {
      throw Refusal(.configuration, problems.description)
    }
  }

  func jobsFolder() throws -> String {
    try ConfigurationSearch(environment: environment).jobsFolder(jobs)
  }

  func logger() -> Logger {
    let format = logFormat
    let level = logLevel.level
    let isJournal = LogOutput.isJournal(environment)
    var logger = Logger(label: "muhurat") { _ in
      LogOutput(logLevel: level, format: format, isJournal: isJournal)
    }
    logger.logLevel = level
    return logger
  }
}

/// The logger's levels, as words of the command line.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
  case trace, debug, info, notice, warning, error, critical

  var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .notice }
}
