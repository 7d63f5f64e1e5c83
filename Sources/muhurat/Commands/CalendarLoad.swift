import ArgumentParser
import FoundationEssentials
import JobFiles
import Jobs
import Threads
import TradingTime
import YAML

struct CalendarLoad: Command {
  static let configuration = CommandConfiguration(
    commandName: "load", abstract: "Put a newer calendar in force, after showing what it changes.",
    discussion: """
      Shows which days differ and which slots go and come in the next days, and asks. The file before it stays
      beside it as MARKET.yaml.before. The job files must pass with the new calendar too. The change is on the
      operators' record (jobs.audit); without a database it is made all the same, and said to be missing there.
      Examples:
        muhurat calendar load ~/nse-cash.yaml
        muhurat calendar load ~/nse-cash.yaml --reason "circular 12/2026" --yes && systemctl reload muhurat
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "The new file, MARKET.yaml.")
  var file: String

  @Option(help: "Why, for the record.")
  var reason: String?

  @Flag(help: "Do not ask; for scripts.")
  var yes = false

  func execute() async throws {
    let configuration = try options.configuration()
    let database = try House.databaseSettings(configuration)
    var source = AlmanacSource(configuration)
    let new = try CalendarOnDisk.read(file)
    let place = "\(source.calendars)/\(new.calendar.market).yaml"
    let inForce = FileManager.default.contents(atPath: place).map { [UInt8]($0) }
    guard inForce != new.bytes else {
      return Console.say("\(place) is this file already; nothing to do")
    }
    var old: CalendarOnDisk?
    do {
      old = inForce == nil ? nil : try CalendarOnDisk.read(place)
    } catch {
      // This is when a new one is needed most.
      Console.complain("what is in force does not read, and is compared with nothing: \(error)")
      source.without = place
    }
    Console.say(difference(from: old, to: new))
    let changes = try slotChanges(source, new.calendar)
    if !changes.isEmpty { Console.say("slots of the next 7 days:\n\(changes)") }
    guard try isWanted(place) else {
      Console.complain("nothing was loaded")
      throw Exit.failed.code
    }
    try CalendarInstall(place: place, content: new.bytes, replacing: inForce).run()
    let kept = inForce == nil ? "" : "; the one before is \(place).before"
    Console.say(
      "\(place) has revision \(new.calendar.revision)\(kept)\nreload the daemon: systemctl reload muhurat"
    )
    let record = CalendarRecord(
      old: old?.calendar, new: new.calendar, place: place,
      actor: Operator.name(options.environment), reason: reason)
    if let complaint = await record.write(in: database) {
      Console.complain(complaint)
    }
  }

  private func difference(from old: CalendarOnDisk?, to new: CalendarOnDisk) -> String {
    guard let old else {
      let days = new.calendar.sessionDays(in: new.calendar.coverage).count
      return
        "\(new.calendar.market) is new: covers \(new.calendar.coverage.words), \(days) sessions"
    }
    let found = CalendarDifference(
      from: old.calendar, to: new.calendar, today: today(new.calendar.zone))
    let heading = "\(new.calendar.market): \(old.calendar.revision) → \(new.calendar.revision)"
    let past =
      found.pastLines.isEmpty
      ? []
      : ["changes days that have passed; reports of them would come out otherwise:"]
        + found.pastLines.map { "  \($0)" }
    let lines = found.isEmpty ? ["  the same days and hours; only the text differs"] : []
    return ([heading] + lines + found.lines.map { "  \($0)" } + past).joined(separator: "\n")
  }

  /// What becomes of the jobs; and the refusal if a job names what the new calendar lacks.
  private func slotChanges(_ source: AlmanacSource, _ calendar: TradingCalendar) throws -> String {
    guard let folder = try? options.jobsFolder() else { return "" }
    let before = try CheckedFiles(source)
    var after = before
    after.context.calendars[calendar.market] = calendar
    let jobs: [Job]
    do {
      jobs = try after.jobs(folder)
    } catch {
      throw Refusal(.data, "\(error)\nwith this calendar these job files would be refused")
    }
    let almanac = try source.almanac(for: jobs)
    var coming = almanac
    coming.calendars[calendar.market] = calendar
    let found = PlanDifference(
      from: .init(jobs: jobs, almanac: almanac), to: .init(jobs: jobs, almanac: coming),
      now: Instant(microseconds: SystemClock.microsecondsSinceEpoch()), days: 7)
    return found.changes.map { change in
      (["  \(change.job)"] + change.lines.map { "    \($0)" }).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private func isWanted(_ place: String) throws -> Bool {
    if yes { return true }
    guard Console.hasPerson else {
      throw Refusal(.usage, "nobody is here to ask: look at the difference and add --yes")
    }
    Console.complain("put it in force as \(place)? [y/N]")
    let answer = readLine()?.lowercased() ?? ""
    return answer == "y" || answer == "yes"
  }
}
