import ArgumentParser
import DeskUnits
import Jobs
import Threads
import TradingTime

struct NextCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "next", abstract: "Coming slots, in words, from the job files alone.",
    discussion: """
      Examples:
        muhurat next
        muhurat next reconcile --count 5 --from 2026-07-09T00:00:00+05:30
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: "Only this job.")
  var job: String?

  @Option(help: "How many slots of each job.")
  var count = 1

  @Option(help: "From this time on; default: now.")
  var from: String?

  @Flag var json = false

  func execute() async throws {
    let source = AlmanacSource(try options.configuration())
    let jobs = try JobFilesReading.jobs(options.jobsFolder(), DeskUnits.catalogue, source)
    let chosen = jobs.filter { job == nil || $0.name == job }
    guard !chosen.isEmpty else {
      throw Refusal(
        .data, "no job named '\(job ?? "")'; jobs are: \(jobs.map(\.name).joined(separator: ", "))")
    }
    let almanac = try source.almanac(for: chosen)
    let start = try start()
    let coming = chosen.flatMap { slots(of: $0, after: start, almanac) }.sorted {
      let (one, other) = ($0.dueAt ?? .distantFuture, $1.dueAt ?? .distantFuture)
      return one == other ? $0.job < $1.job : one < other
    }
    if json { return Console.say(try JSONOutput.text(coming)) }
    var table = Table([("JOB", .left), ("NEXT", .left), ("IN", .right), ("SCHEDULE", .left)])
    for slot in coming {
      table.add(slot.job, slot.localLabel, slot.wait(from: start), slot.schedule)
    }
    Console.say(table.text)
  }

  private func start() throws -> Instant {
    guard let from else { return Instant(microseconds: SystemClock.microsecondsSinceEpoch()) }
    guard let start = Instant(rfc3339: from) else {
      throw Refusal(.usage, "--from '\(from)' is no time such as 2026-07-09T00:00:00+05:30")
    }
    return start
  }

  private func slots(of job: Job, after start: Instant, _ almanac: Almanac) -> [ComingSlot] {
    guard let schedule = job.schedule else {
      return [ComingSlot(job: job.name, dueAt: nil, localLabel: "by hand only", schedule: "none")]
    }
    let horizon = start + .seconds(370 * 86_400)
    var found: [ComingSlot] = []
    var after = start
    while found.count < max(1, count),
      let next = schedule.next(after: after, before: horizon, in: almanac)
    {
      let label = next.rfc3339(in: almanac.zone(of: schedule))
      found.append(
        ComingSlot(job: job.name, dueAt: next, localLabel: label, schedule: schedule.words))
      after = next
    }
    guard found.isEmpty else { return found }
    let due = schedule.slots(after: start, through: horizon, in: almanac, limit: 1)
    let why = due.holds ?? "none within a year"
    return [ComingSlot(job: job.name, dueAt: nil, localLabel: why, schedule: schedule.words)]
  }
}

/// One coming slot of a listing.
struct ComingSlot: Encodable {
  let job: String
  let dueAt: Instant?
  let localLabel: String
  let schedule: String

  enum CodingKeys: String, CodingKey {
    case job
    case dueAt = "due_at"
    case localLabel = "local_label"
    case schedule
  }

  func wait(from start: Instant) -> String? { dueAt.map { ($0 - start).roundedWords } }
}

extension Instant {
  fileprivate static let distantFuture = Instant(microseconds: .max)
}
