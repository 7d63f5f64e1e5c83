import Demo
import DeskUnits
import FoundationEssentials
import Jobs
import Threads
import TradingTime

/// What this demo is to be: its jobs, and the moment its clock begins at. Found out before anything
/// is started, so that a wrong option costs nothing.
struct DemoWishes: Sendable {
  let command: DemoCommand
  let jobsFolder: String
  let calendars: String
  let jobs: [Job]
  let day: DemoDay
  let beginning: Beginning
  let speed: DemoSpeed

  enum Beginning: Sendable {
    /// The machine's own time.
    case now(Session)
    case shifted(to: Instant, Session)

    var session: Session {
      switch self {
      case .now(let session), .shifted(_, let session): session
      }
    }
  }

  init(_ command: DemoCommand) throws {
    Surroundings.forget()
    self.command = command
    jobsFolder = try Self.jobsFolder(command.jobs)
    calendars = try Self.calendars(beside: jobsFolder)
    var configuration = Configuration()
    configuration.calendars = calendars
    let source = AlmanacSource(configuration)
    jobs = try JobFilesReading.jobs(jobsFolder, DeskUnits.catalogue, source)
    day = DemoDay(try source.almanac(for: jobs), jobs)
    beginning = try Self.beginning(command, day)
    let ordinary = command.day == nil ? DemoSpeed.one : .day
    speed = command.once ? .one : command.speed.flatMap { DemoSpeed($0) } ?? ordinary
  }

  /// A day was asked for: it ends with its report.
  var endsWithTheDay: Bool { command.day != nil && !command.once }

  /// The clock runs by itself only where it may be late like any other.
  var isConducted: Bool {
    guard case .shifted = beginning, !command.once else { return false }
    return endsWithTheDay || speed != .one
  }

  private static func beginning(_ command: DemoCommand, _ day: DemoDay) throws -> Beginning {
    let now = Instant(microseconds: SystemClock.microsecondsSinceEpoch())
    let wanted = try command.day.flatMap { CivilDate($0) }.map { try day.session(on: $0) }
    if command.once {
      // While it is open: a strategy refuses the prices of a market that has closed.
      let session = try wanted ?? day.lastSession(before: now)
      return .shifted(to: session.close - .seconds(30 * 60), session)
    }
    if let wanted { return .shifted(to: day.opening(of: wanted), wanted) }
    if command.speed == nil, let open = try day.openSession(at: now) { return .now(open) }
    let session = try day.lastSession(before: now)
    return .shifted(to: session.open - .seconds(30), session)
  }

  private static func jobsFolder(_ option: String?) throws -> String {
    try ConfigurationSearch(environment: [:]).jobsFolder(option).absolute
  }

  private static func calendars(beside jobs: String) throws -> String {
    let places = [
      "config/calendars".absolute, "\(jobs)/../config/calendars", "/etc/muhurat/calendars",
    ]
    guard let found = places.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      throw Refusal(
        .configuration, "no calendars: none of \(places.joined(separator: ", ")) is there")
    }
    return found
  }
}

extension String {
  /// From the working directory.
  fileprivate var absolute: String {
    resolved(in: FileManager.default.currentDirectoryPath)
  }
}
