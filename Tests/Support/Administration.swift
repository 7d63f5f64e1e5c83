import Postgres
import Threads

/// Making and dropping databases, on connections that no test sees.
enum Administration {
  private static let shared = Locked<Pool?>(nil)
  private static let lastNumber = Locked(0)

  /// Its size is the number of tests that may have a database at a time.
  static func pool(of cluster: PostgresCluster) throws -> Pool {
    let settings = try cluster.settings()
    return shared.withLock { shared in
      if let shared { return shared }
      let pool = Pool(settings, size: 16)
      shared = pool
      return pool
    }
  }

  nonisolated(nonsending) static func createDatabase(
    from template: String?, on connection: Connection
  ) async throws -> String {
    let number = lastNumber.withLock { number in
      number += 1
      return number
    }
    let name = "test_\(number)"
    try await connection.execute(
      script: "create database \(name) template \(template ?? "template0")",
      deadline: .after(.seconds(50)))
    return name
  }

  static func drop(_ name: String, on connection: Connection) async throws {
    try await connection.execute(
      script: "drop database \(name) with (force)", deadline: .after(.seconds(50)))
  }
}
