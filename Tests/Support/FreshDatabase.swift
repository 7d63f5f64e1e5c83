package import Postgres
package import Testing
import Threads

/// Gives each test a database of its own and drops it afterwards.
///
///     @Suite(.freshDatabase(jobsTemplate)) struct `Claiming a slot` {
///       @Test func `two workers claim it once`() async throws {
///         let pool = try TestDatabase.current.pool()
///
/// A test holds one of a bounded number of connections to the cluster while it runs, so however
/// many tests run at once, the server's connections suffice.
package struct FreshDatabase: TestTrait, SuiteTrait, TestScoping {
  let template: DatabaseTemplate?

  package var isRecursive: Bool { true }

  package static func template(
    named name: String, prepare: @escaping @Sendable (Connection) async throws -> Void
  ) -> DatabaseTemplate {
    DatabaseTemplate(name: name, prepare: prepare)
  }

  package func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let cluster = try await PostgresCluster.shared
    let template = try await template?.ready()
    try await Administration.pool(of: cluster).withConnection(deadline: .never) { connection in
      let name = try await Administration.createDatabase(from: template, on: connection)
      let outcome: Result<Void, any Error>
      do {
        let pooler = Pooler.isWanted ? try await Pooler.shared : nil
        try await TestDatabase.$bound.withValue(
          TestDatabase(name: name, cluster: cluster, pooler: pooler), operation: function)
        outcome = .success(())
      } catch {
        outcome = .failure(error)
      }
      // Not the test's own connection settings nor its cancelled task: the database goes anyway.
      let dropping = Task { try await Administration.drop(name, on: connection) }
      try await dropping.value
      try outcome.get()
    }
  }
}

extension Trait where Self == FreshDatabase {
  package static var freshDatabase: Self { FreshDatabase(template: nil) }

  package static func freshDatabase(_ template: DatabaseTemplate) -> Self {
    FreshDatabase(template: template)
  }
}

/// A database that others are cloned from, prepared once per test process and name.
package struct DatabaseTemplate: Sendable {
  let name: String
  let prepare: @Sendable (Connection) async throws -> Void

  private static let made = Locked<[String: Task<String, any Error>]>([:])

  /// The name of the prepared database.
  func ready() async throws -> String {
    let task = Self.made.withLock { made in
      if let task = made[name] { return task }
      let task = Task { try await make() }
      made[name] = task
      return task
    }
    return try await task.value
  }

  private func make() async throws -> String {
    let cluster = try await PostgresCluster.shared
    let database = try await Administration.pool(of: cluster).withConnection(deadline: .never) {
      try await Administration.createDatabase(from: nil, on: $0)
    }
    let connection = try await Connection.open(cluster.settings(database: database))
    try await prepare(connection)
    // Nobody may be connected to a database while it is being cloned.
    await connection.close()
    try await eventually("the template is left alone") {
      let left: Int64 = try await Administration.pool(of: cluster).query(
        "select count(*) as n from pg_stat_activity where datname = $1", database
      ).one["n"]
      return left == 0
    }
    return database
  }
}

/// The database of the running test.
package struct TestDatabase: Sendable {
  @TaskLocal static var bound: TestDatabase?

  package static var current: TestDatabase {
    guard let bound else { fatalError("mark the test or its suite with .freshDatabase") }
    return bound
  }

  package let name: String
  package let cluster: PostgresCluster
  let pooler: Pooler?

  package var url: String { cluster.url(database: name) }

  /// What the product is given to work with: through the pooler, if the run wants one.
  package func settings() throws -> ConnectionSettings {
    try pooler?.settings(database: name) ?? ConnectionSettings(url: url)
  }

  package func pool(size: Int = 4) throws -> Pool {
    Pool(try settings(), size: size)
  }

  /// The test's own hand, always directly on the server.
  package func connection() async throws -> Connection {
    try await Connection.open(ConnectionSettings(url: url))
  }
}
