import FoundationEssentials
import Glibc
import Postgres
import Threads

/// A PostgreSQL server of the demo's own: on a socket that only we may use, on no network, and gone
/// with this process. Its data folder is made once and kept, because that takes a second.
package final class PrivatePostgres: Sendable {
  package let programs: PostgresPrograms
  private let place: PostgresPlace
  private let program: Locked<ChildProgram>

  private init(_ programs: PostgresPrograms, _ place: PostgresPlace, _ program: ChildProgram) {
    self.programs = programs
    self.place = place
    self.program = Locked(program)
  }

  /// Starts it and waits until it answers.
  package static func start(
    _ programs: PostgresPrograms, in folder: DemoFolder
  ) async throws -> PrivatePostgres {
    let place = try await PostgresPlace.prepare(folder)
    try await place.endLeftover()
    let hadData = FileManager.default.fileExists(atPath: place.data)
    let server = PrivatePostgres(programs, place, try place.launch(programs))
    do {
      try await server.untilItAnswers()
    } catch let problem as DemoProblem where hadData {
      // Kept data that no longer starts (another major version, a power cut) is worth nothing here.
      server.current.letGo()
      guard await server.current.end(within: .seconds(20)) != nil else { throw problem }
      try place.removeData()
      let again = try place.launch(programs)
      server.program.withLock { $0 = again }
      try await server.untilItAnswers()
    }
    return server
  }

  /// A database of this start's own: what an earlier demo did is gone.
  package func recreateDatabase() async throws {
    let connection = try await Connection.open(try settings("postgres"))
    try await connection.execute(script: "drop database if exists muhurat with (force)")
    try await connection.execute(script: "create database muhurat template template0")
    await connection.close()
  }

  package var url: String { url(of: "muhurat") }

  /// True once the server is gone.
  package var hasEnded: Bool { current.ended != nil }

  /// Hangs up on everybody and waits for the end.
  package func stop() async {
    let program = current
    program.letGo()
    if await program.end(within: .seconds(5)) != nil { return }
    if let leftover = place.leftover { kill(leftover, SIGQUIT) }
    _ = await program.end(within: .seconds(5))
  }

  private var current: ChildProgram { program.withLock { $0 } }

  private func settings(_ database: String) throws -> ConnectionSettings {
    try ConnectionSettings(url: url(of: database))
  }

  private func url(of database: String) -> String {
    "postgresql:///\(database)?host=\(place.folder.percentEncoded)&port=5432&user=muhurat"
  }

  private func untilItAnswers() async throws {
    let deadline = Deadline.after(.seconds(90))
    while !deadline.hasPassed {
      if hasEnded { break }
      if let connection = try? await Connection.open(
        try settings("postgres"), deadline: .after(.seconds(5)))
      {
        await connection.close()
        return
      }
      try await SystemClock.sleep(for: .milliseconds(20))
    }
    throw DemoProblem(
      .unavailable, "the demo's PostgreSQL did not start; \(place.log) says:\n\(place.logEnd)")
  }
}

extension String {
  /// For a URL's query.
  var percentEncoded: String {
    utf8.map { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F, 0x7E:
        String(UnicodeScalar(byte))
      default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }.joined()
  }
}
