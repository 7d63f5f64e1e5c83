import Threads

/// One step of a schema's history.
package struct Migration: Hashable, Sendable {
  package let version: Int
  package let name: String
  package let sql: String

  package init(version: Int, name: String, sql: String) {
    self.version = version
    self.name = name
    self.sql = sql
  }
}

/// Brings one schema to the version this program knows, however many processes try at once.
///
/// Each script runs in a transaction of its own that first takes an advisory lock and records the
/// script's number: a second migrator waits there, and then finds nothing to do. The lock ends with
/// the transaction, so this works through a pooler and leaves nothing behind after a crash.
package struct Migrator: Sendable {
  package let schema: String
  package let migrations: [Migration]

  package init(schema: String, migrations: [Migration]) {
    let versions = migrations.map(\.version)
    precondition(
      versions == Array(Set(versions)).sorted(), "migrations of \(schema) are out of order")
    self.schema = schema
    self.migrations = migrations
  }

  private var known: Int { migrations.last?.version ?? 0 }

  /// Applies what is missing, in order, and says what that was.
  @discardableResult
  package nonisolated(nonsending) func migrate(_ pool: Pool) async throws -> [Migration] {
    try await pool.withConnection(deadline: .never) { try await migrate($0) }
  }

  @discardableResult
  package nonisolated(nonsending) func migrate(
    _ connection: Connection
  ) async throws -> [Migration] {
    var applied: [Migration] = []
    for migration in try await pending(on: connection) {
      let isOurs = try await connection.transaction { transaction in
        try await lock(transaction)
        guard try await record(migration, in: transaction) else { return false }
        try await transaction.execute(script: migration.sql, deadline: .never)
        return true
      }
      if isOurs { applied.append(migration) }
    }
    return applied
  }

  /// What `migrate` would apply. Refuses a database that is newer than this program.
  package nonisolated(nonsending) func pending(
    on database: some Queryable
  ) async throws -> [Migration] {
    let applied = try await versions(on: database)
    if let newest = applied.max(), newest > known {
      throw MigrationRefusal.newer(schema: schema, found: newest, known: known)
    }
    return migrations.filter { !applied.contains($0.version) }
  }

  private nonisolated(nonsending) func versions(
    on database: some Queryable
  ) async throws -> Set<Int> {
    let exists: Bool = try await database.query(
      "select to_regclass($1) is not null as exists", "\(quotedSchema).schema_version"
    ).one["exists"]
    guard exists else { return [] }
    let rows = try await database.query(
      "select version from \(quotedSchema).schema_version where schema = $1", schema)
    return Set(try rows.map { try $0.decode("version", as: Int.self) })
  }

  /// `create … if not exists` alone fails when two do it at once, so the lock comes first. A
  /// migrator may wait long for another one's script: no deadline.
  private nonisolated(nonsending) func lock(_ transaction: Transaction) async throws {
    try await transaction.query(
      "select pg_advisory_xact_lock(hashtextextended('migration of ' || $1, 0))", schema,
      deadline: .never)
    try await transaction.execute(
      script: """
        set local client_min_messages = warning;
        create schema if not exists \(quotedSchema);
        create table if not exists \(quotedSchema).schema_version (
          schema text not null,
          version integer not null,
          name text not null,
          applied_at timestamptz not null default clock_timestamp(),
          primary key (schema, version)
        );
        """)
  }

  /// False if another migrator was here first.
  private nonisolated(nonsending) func record(
    _ migration: Migration, in transaction: Transaction
  ) async throws -> Bool {
    try await transaction.query(
      """
      insert into \(quotedSchema).schema_version (schema, version, name)
      values ($1, $2, $3)
      on conflict do nothing
      """, schema, Int32(migration.version), migration.name
    ).affected == 1
  }

  /// The only name that statements here cannot take as a parameter; it is ours, never a user's.
  private var quotedSchema: String { quoted(identifier: schema) }
}

package enum MigrationRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  case newer(schema: String, found: Int, known: Int)

  package var description: String {
    switch self {
    case .newer(let schema, let found, let known):
      "database is at \(schema) \(numbered(found)), this muhurat knows up to "
        + "\(numbered(known)); install the newer muhurat or restore a \(numbered(known)) database"
    }
  }

  private func numbered(_ version: Int) -> String { version < 10 ? "v0\(version)" : "v\(version)" }
}
