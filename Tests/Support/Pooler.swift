import Glibc
package import Postgres
import Threads

/// pgbouncer in transaction mode before the test run's server.
///
/// With `MUHURAT_TEST_POOLED=1` everything that a test gives the product to work with goes through
/// it; what the test itself does to the database does not. Each transaction may find another server
/// connection, so that whatever wants to keep a statement, a setting or a lock from one to the next
/// fails.
package final class Pooler: Sendable {
  static let isWanted = getenv("MUHURAT_TEST_POOLED").map { String(cString: $0) } == "1"

  /// One for the test process, started when first asked for; it ends with the process.
  package static var shared: Pooler {
    get async throws { try await sharedStart.value }
  }

  private static let sharedStart = Task {
    let cluster = try await PostgresCluster.shared
    return try await Pooler(before: cluster.folder, as: cluster.owner)
  }

  let folder: String
  /// Held open: its shell ends the pooler when it closes.
  private let life: Int32

  private init(before server: String, as owner: (user: uid_t, group: gid_t)?) async throws {
    folder = try temporaryFolder()
    life = try Shell.start(
      Self.supervisor,
      arguments: [
        folder, server, owner.map { "\($0.user)" } ?? "", owner.map { "\($0.group)" } ?? "",
      ])
    do {
      try await eventually("the pooler answers", within: .seconds(30)) { [folder] in
        guard let settings = try? Self.settings(database: "postgres", in: folder),
          let connection = try? await Connection.open(settings, deadline: .after(.seconds(5)))
        else { return false }
        await connection.close()
        return true
      }
    } catch {
      throw ClusterFailure(text: "no pgbouncer in \(folder):\n\(log)")
    }
  }

  deinit { Glibc.close(life) }

  /// What it has said so far.
  package var log: String { textOfFile("\(folder)/log") }

  package func settings(database: String) throws -> ConnectionSettings {
    try Self.settings(database: database, in: folder)
  }

  private static func settings(database: String, in folder: String) throws -> ConnectionSettings {
    var settings = try ConnectionSettings(
      url: "postgresql:///\(database)?host=\(folder)&port=6432&user=muhurat")
    settings.prepared = .unnamed
    return settings
  }

  /// `$1` folder, `$2` the server's folder, `$3` and `$4` user and group to become, if any:
  /// pgbouncer too refuses to run as root.
  private static let supervisor = """
    folder=$1 server=$2 as=
    if [ -n "$3" ]; then
      chown "$3:$4" "$folder"
      as="setpriv --reuid=$3 --regid=$4 --clear-groups --"
    fi
    cd "$folder" || exit 1
    cat >pgbouncer.ini <<CONFIGURATION
    [databases]
    * = host=$server user=muhurat
    [pgbouncer]
    listen_addr =
    unix_socket_dir = $folder
    unix_socket_mode = 0777
    auth_type = any
    pool_mode = transaction
    default_pool_size = 6
    max_client_conn = 2000
    server_round_robin = 1
    CONFIGURATION
    $as $(PATH=$PATH:/usr/sbin command -v pgbouncer) pgbouncer.ini </dev/null >>log 2>&1 &
    pid=$!
    read -r _
    kill -TERM $pid 2>/dev/null && wait $pid
    rm -rf "$folder"
    """
}
