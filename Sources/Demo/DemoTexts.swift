/// What the demo writes down for `muhurat` and for a second terminal.
package struct DemoTexts: Sendable {
  package var folder: DemoFolder
  package var databaseURL: String
  package var brokerURL: String
  package var port: UInt16
  /// Absolute paths.
  package var calendars: String
  package var jobs: String
  package var programs: String
  package var postgresPrograms: String

  package init(
    folder: DemoFolder, databaseURL: String, brokerURL: String, port: UInt16, calendars: String,
    jobs: String, programs: String, postgresPrograms: String
  ) {
    self.folder = folder
    self.databaseURL = databaseURL
    self.brokerURL = brokerURL
    self.port = port
    self.calendars = calendars
    self.jobs = jobs
    self.programs = programs
    self.postgresPrograms = postgresPrograms
  }

  /// `.muhurat/muhurat.yaml`.
  package var configuration: String {
    """
    # Written by `muhurat demo` at each start.
    mode: paper
    timezone: Asia/Kolkata
    calendars: \(quoted(calendars))
    database:
      url: \(quoted(databaseURL))
    runner:
      drain: 2s
    status:
      listen: "127.0.0.1:\(port)"
    broker:
      url: \(quoted(brokerURL))
      reads_per_second: 50             # the simulator minds no haste; the broker would
    credentials: \(quoted(folder.credentials))
    runtime: \(quoted(folder.runtime))
    reports:
      directory: \(quoted(folder.reports))

    """
  }

  /// `.muhurat/env`, to be sourced by a shell.
  package var environment: String {
    """
    # source this: muhurat and psql then talk to the demo
    export PATH=\(shell(programs)):"$PATH":\(shell(postgresPrograms))
    export DATABASE_URL=\(shell(databaseURL))
    export MUHURAT_CONFIG=\(shell(folder.configuration))
    export MUHURAT_JOBS=\(shell(jobs))
    export PGTZ=Asia/Kolkata

    """
  }

  /// A YAML text whatever is in it.
  private func quoted(_ text: String) -> String {
    let escaped = text.map { character -> String in
      switch character {
      case "\\", "\"": "\\\(character)"
      case "\n": "\\n"
      case "\t": "\\t"
      default: String(character)
      }
    }
    return "\"\(escaped.joined())\""
  }

  private func shell(_ text: String) -> String {
    "'\(text.replacing("'", with: "'\\''"))'"
  }
}
