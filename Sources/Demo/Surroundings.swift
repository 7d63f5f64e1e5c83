import FoundationEssentials
import Glibc

/// The demo touches nothing but its own. A terminal that was set up for a real desk (a database's
/// address, a broker's, live mode) must not lead it there.
package enum Surroundings {
  /// Takes out of this process's environment, and so of its children's, whatever configures Muhurat
  /// or PostgreSQL. To be called before anything reads it.
  package static func forget() {
    for name in ProcessInfo.processInfo.environment.keys where leadsAway(name) { unsetenv(name) }
  }

  static func leadsAway(_ name: String) -> Bool {
    name.hasPrefix("MUHURAT_") || name.hasPrefix("PG") || name == "DATABASE_URL"
      || name == "CREDENTIALS_DIRECTORY" || name == "NOTIFY_SOCKET"
      || name.hasPrefix("WATCHDOG_")
  }
}
