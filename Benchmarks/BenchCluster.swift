import FoundationEssentials
import Postgres
import Subprocess
import SystemPackage
import Threads

/// The server that `Benchmarks/run` started for this measurement, with fsync on as a desk has it.
struct BenchCluster: Sendable {
  /// The folder of its socket.
  let socket: String
  /// Where pgbench is.
  let programs: String

  static func fromEnvironment() throws -> BenchCluster {
    let environment = ProcessInfo.processInfo.environment
    guard let socket = environment["MUHURAT_BENCH_SOCKET"],
      let programs = environment["MUHURAT_BENCH_PROGRAMS"]
    else { throw BenchProblem("no server: start this through `make bench`") }
    return BenchCluster(socket: socket, programs: programs)
  }

  func pool(_ database: String, size: Int = 6) throws -> Pool {
    Pool(try ConnectionSettings(url: url(database)), size: size)
  }

  /// A database of its own, empty.
  func freshDatabase(_ name: String) async throws -> Pool {
    let connection = try await Connection.open(try ConnectionSettings(url: url("postgres")))
    try await connection.execute(script: "drop database if exists \(name) with (force)")
    try await connection.execute(script: "create database \(name) template template0")
    await connection.close()
    return try pool(name)
  }

  /// - Returns: seconds, the process's start and end included, as the runner's side includes its own.
  func pgbench(
    database: String, script: String, clients: Int, transactions: Int
  ) async throws -> Double {
    let file = "\(socket)/floor.sql"
    try script.write(toFile: file, atomically: true, encoding: .utf8)
    let began = SystemClock.sinceBoot()
    let outcome = try await run(
      .path(FilePath("\(programs)/pgbench")),
      arguments: [
        "--no-vacuum", "--protocol=prepared", "--client=\(clients)", "--jobs=\(clients)",
        "--transactions=\(transactions)", "--file=\(file)", url(database),
      ], output: .string(limit: 65_536), error: .string(limit: 65_536))
    guard outcome.terminationStatus.isSuccess else {
      throw BenchProblem("pgbench: \(outcome.standardError)")
    }
    return (SystemClock.sinceBoot() - began) / .seconds(1)
  }

  private func url(_ database: String) -> String {
    "host=\(socket) port=5432 user=bench dbname=\(database)"
  }
}

struct BenchProblem: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
