package import Postgres

/// The schema's history, oldest first; the files are embedded in the binary.
package enum DeskMigrations {
  package static let schema = "desk"

  package static let all: [Migration] = [
    Migration(
      version: 1, name: "accounts_and_vault",
      sql: text(PackageResources.v01_accounts_and_vault_sql)),
    Migration(version: 2, name: "books", sql: text(PackageResources.v02_books_sql)),
    Migration(version: 3, name: "market", sql: text(PackageResources.v03_market_sql)),
    Migration(version: 4, name: "day_end", sql: text(PackageResources.v04_day_end_sql)),
    Migration(
      version: 5, name: "kill_switch_and_deliveries",
      sql: text(PackageResources.v05_kill_switch_and_deliveries_sql)),
    Migration(version: 6, name: "vault_words", sql: text(PackageResources.v06_vault_words_sql)),
    Migration(
      version: 7, name: "feed_and_masters", sql: text(PackageResources.v07_feed_and_masters_sql)),
    Migration(
      version: 8, name: "rows_that_differ", sql: text(PackageResources.v08_rows_that_differ_sql)),
    Migration(version: 9, name: "depth", sql: text(PackageResources.v09_depth_sql)),
  ]

  package static var migrator: Migrator { Migrator(schema: schema, migrations: all) }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
