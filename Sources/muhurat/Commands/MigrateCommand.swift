import ArgumentParser
import Postgres

struct MigrateCommand: Command {
  static let configuration = CommandConfiguration(
    commandName: "migrate", abstract: "Bring the database to this version's schema.",
    discussion: "Example: muhurat migrate --database postgresql:///muhurat")

  @OptionGroup var options: GlobalOptions

  func execute() async throws {
    let settings = try House.databaseSettings(try options.configuration())
    if Console.hasPerson { Console.say("database: \(settings)") }
    let pool = Pool(settings, size: 1)
    for migrator in Schemas.migrators {
      do {
        let applied = try await migrator.migrate(pool)
        let names = applied.map { "v\($0.version) \($0.name)" }.joined(separator: ", ")
        Console.say(
          "schema \(migrator.schema): " + (applied.isEmpty ? "nothing to do" : "applied \(names)"))
      } catch let refusal as MigrationRefusal {
        throw Refusal(.configuration, refusal.description)
      }
    }
    await pool.close()
  }
}
