import FoundationEssentials
import Glibc
@testable import JobStore
import Jobs
import Postgres
import Runner
import Support
import Threads
import TradingTime

/// One attempt at a program, without a database: none is asked for.
struct ProgramBench: Sendable {
  var job: Job
  var inherited = ["PATH": "/usr/bin:/bin"]
  var timeout = Duration.seconds(60)
  var isDryRun = false
  let transcript: Transcript
  private let killing = Locked<(@Sendable () -> Void)?>(nil)

  init(_ words: String..., outputLimit: Int = 65_536) {
    job = Job(name: "export-ledger", work: .command(words), timeout: .seconds(60))
    transcript = Transcript(limit: outputLimit)
  }

  static func shell(_ script: String, outputLimit: Int = 65_536) -> ProgramBench {
    ProgramBench("/bin/sh", "-c", script, outputLimit: outputLimit)
  }

  func run() async throws -> RunResult {
    try await ProgramUnit(
      output: transcript, inherited: inherited,
      whenOutOfTime: { [killing] kill in killing.withLock { $0 = kill } }
    ).run(attempt())
  }

  /// As if its lease were over.
  func kill() { killing.withLock { $0 }?() }

  /// What the run's record would say.
  func ending() async -> Ending {
    do {
      return .succeeded(try await run())
    } catch {
      return FailureWords.ending(of: error, isIdempotent: false) ?? Ending(.abandoned)
    }
  }

  private func attempt() throws -> Attempt {
    let pool = Postgres.Pool(try ConnectionSettings(url: "postgresql:///none?host=/nowhere"))
    var claim = Claim.sample(job: job)
    claim.isDryRun = isDryRun
    return Attempt(
      claim: claim, job: job, store: JobStore(pool: pool, holder: "bench"),
      deadline: .after(timeout), transcript: transcript)
  }
}

extension Claim {
  static func sample(job: Job, item: String? = "family", dueAt: String? = "2026-07-09T10:50:00Z")
    -> Claim
  {
    Claim(
      run: 8123, job: job.name, revision: "r1", item: item,
      dueAt: dueAt.flatMap { Instant(rfc3339: $0) },
      businessDate: CivilDate("2026-07-09") ?? CivilDate(daysSinceEpoch: 0), trigger: .schedule,
      attempt: 2, lock: "account/family", fence: 17, parameters: [:],
      isIdempotent: job.idempotent, expiresAt: nil, readyAt: Instant(microseconds: 0),
      lateness: nil)
  }
}

/// A folder of one test, gone with it.
final class ProgramFolder: Sendable {
  let path: String

  init() throws {
    var template = Array("/tmp/muhurat-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw NoFolder() }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  struct NoFolder: Error {}

  func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws -> String {
    let file = "\(path)/\(name)"
    try Data(text.utf8).write(to: URL(filePath: file))
    chmod(file, mode)
    untilNobodyWrites(to: file)
    return file
  }

  /// A process that was forked while the file was being written holds it open until its own exec, and
  /// a program that is open for writing cannot be started. A lease to read is granted once it is not.
  private func untilNobodyWrites(to file: String) {
    let setLease: Int32 = 1024
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    for _ in 1...1_000_000 {
      if fcntl(descriptor, setLease, F_RDLCK) == 0 || errno != EAGAIN { break }
      sched_yield()
    }
    _ = fcntl(descriptor, setLease, F_UNLCK)
  }

  /// A named pipe that a program waits at until it is told to go on.
  func gate(_ name: String) throws -> ProgramGate { try ProgramGate("\(path)/\(name)") }

  func read(_ name: String) -> String? {
    FileManager.default.contents(atPath: "\(path)/\(name)").map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// Process numbers that programs wrote there, one a line, once there are so many.
  func processes(_ name: String, count: Int) async throws -> [pid_t] {
    var found: [pid_t] = []
    try await eventually("\(count) processes wrote their number into \(name)") {
      found = (read(name) ?? "").split(separator: "\n").compactMap { pid_t($0) }
      return found.count == count
    }
    return found
  }
}

/// A program that says `read _ < gate` stops there until `open`.
final class ProgramGate: Sendable {
  private let descriptor: Int32

  init(_ path: String) throws {
    mkfifo(path, 0o600)
    // Held for reading too, so that neither side waits for the other.
    descriptor = Glibc.open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw ProgramFolder.NoFolder() }
  }

  deinit { close(descriptor) }

  func open() { _ = Glibc.write(descriptor, "\n", 1) }
}

/// Alive, and not merely unburied.
func isAlive(_ process: pid_t) -> Bool {
  guard let facts = FileManager.default.contents(atPath: "/proc/\(process)/stat") else {
    return false
  }
  let state = String(decoding: facts, as: UTF8.self).split(separator: ")").last?.first { $0 != " " }
  return state != "Z" && state != "X"
}
