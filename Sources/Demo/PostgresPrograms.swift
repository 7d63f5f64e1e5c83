import FoundationEssentials
import Glibc

/// Where PostgreSQL's server programs are, and of which version.
package struct PostgresPrograms: Hashable, Sendable {
  package let folder: String

  /// The newest installed one: Debian keeps every version in a folder of its own, out of `PATH`.
  package static func newest(path: String) throws(DemoProblem) -> PostgresPrograms {
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: debianFolder)) ?? []
    let installed = versions.compactMap { Int($0) }.sorted(by: >)
      .map { "\(debianFolder)/\($0)/bin" }
    let folders = installed + path.split(separator: ":").map(String.init)
    let found = folders.first { folder in
      ["initdb", "postgres"].allSatisfy { access("\(folder)/\($0)", X_OK) == 0 }
    }
    guard let found else {
      throw DemoProblem(
        .unavailable,
        """
        the demo needs PostgreSQL's server programs, and initdb and postgres are neither under \
        \(debianFolder) nor in PATH; install them:
          sudo apt-get install postgresql
        The demo starts a server of its own and leaves any other alone.
        """)
    }
    return PostgresPrograms(folder: found)
  }

  private static let debianFolder = "/usr/lib/postgresql"
}
