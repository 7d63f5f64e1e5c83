import ArgumentParser
import TradingTime

struct CalendarCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calendar",
    abstract: "The markets' days and hours: what is in force, and newer ones.",
    discussion: """
      A calendar is a file, MARKET.yaml in the folder that `calendars` of the configuration names; the file
      is what is in force, from the daemon's next start or reload on.
      """,
    subcommands: [CalendarShow.self, CalendarCheck.self, CalendarLoad.self])
}

struct CalendarShow: Command {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Days and phases of the calendars in force.",
    discussion: """
      Examples:
        muhurat calendar show
        muhurat calendar show nse-cash --from 2026-08-01 --days 3
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "Only this market, such as nse-cash.")
  var market: String?

  @Option(
    help: "The first date; default: today, in the market's zone.", transform: ArgumentDate.read)
  var from: CivilDate?

  @Option(help: "How many days.")
  var days = 7

  @Flag var json = false

  func validate() throws {
    guard (1...3_700).contains(days) else { throw ValidationError("--days is 1 to 3700") }
  }

  func execute() async throws {
    let calendars = try AlmanacSource(try options.configuration()).readCalendars()
    let chosen = calendars.values.filter { market == nil || $0.market == market }
      .sorted { $0.market < $1.market }
    guard !chosen.isEmpty else {
      throw Refusal(
        .data,
        "no calendar of market '\(market ?? "")'; markets are: "
          + calendars.keys.sorted().joined(separator: ", "))
    }
    let views = chosen.map { CalendarView($0, from: from ?? today($0.zone), days: days) }
    Console.say(
      json ? try JSONOutput.text(views) : views.map(\.text).joined(separator: "\n\n"))
  }
}

struct CalendarCheck: Command {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Say everything that is wrong with calendar files.",
    discussion: """
      Ends with 65 if anything is wrong. Also tells what will be missing soon.
      Examples:
        muhurat calendar check
        muhurat calendar check ~/nse-cash.yaml
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "Calendar files; default: those in force.")
  var files: [String] = []

  @Flag var json = false

  func execute() async throws {
    let source = AlmanacSource(try options.configuration())
    let paths = try files.isEmpty ? source.calendarPaths() : files
    let checks = try paths.map { CalendarFileCheck(try CalendarOnDisk.read($0)) }
    Console.say(json ? try JSONOutput.text(checks) : CalendarFileCheck.text(checks))
  }
}
