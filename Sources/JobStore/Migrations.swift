package import Postgres

/// The schema's history, oldest first; the files are embedded in the binary.
package enum JobMigrations {
  package static let schema = "jobs"

  package static let all: [Migration] = [
    Migration(version: 1, name: "jobs", sql: PackageResources.text(PackageResources.v01_jobs_sql)),
    Migration(
      version: 2, name: "operators", sql: PackageResources.text(PackageResources.v02_operators_sql)),
    Migration(
      version: 3, name: "alarms", sql: PackageResources.text(PackageResources.v03_alarms_sql)),
    Migration(
      version: 4, name: "pools_and_pruning",
      sql: PackageResources.text(PackageResources.v04_pools_and_pruning_sql)),
    Migration(
      version: 5, name: "pruned_through",
      sql: PackageResources.text(PackageResources.v05_pruned_through_sql)),
    Migration(
      version: 6, name: "one_index_for_claiming",
      sql: PackageResources.text(PackageResources.v06_one_index_for_claiming_sql)),
    Migration(
      version: 7, name: "guard", sql: PackageResources.text(PackageResources.v07_guard_sql)),
    Migration(
      version: 8, name: "dry_runs", sql: PackageResources.text(PackageResources.v08_dry_runs_sql)),
  ]
}

extension PackageResources {
  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
