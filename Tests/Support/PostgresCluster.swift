import Glibc
package import Postgres
import Threads

/// A PostgreSQL server of the test run's own, in a temporary folder, on a unix socket.
///
/// Its life hangs on a pipe: a small shell holds the reading end, starts and stops the server, and
/// when the pipe closes, because the cluster was let go or the test process ended in whatever way,
/// it kills the server and removes the folder. Unlike a parent-death signal this does not depend on
/// which thread started it.
package final class PostgresCluster: Sendable {
  /// One for the whole test process, started when first asked for.
  package static var shared: PostgresCluster {
    get async throws { try await sharedStart.value }
  }

  private static let sharedStart = Task { try await PostgresCluster.start() }

  package let folder: String
  /// Whom the server runs as, if not as us.
  let owner: (user: uid_t, group: gid_t)?
  private let commands: Int32

  private init(folder: String, owner: (user: uid_t, group: gid_t)?, commands: Int32) {
    self.folder = folder
    self.owner = owner
    self.commands = commands
  }

  deinit { Glibc.close(commands) }

  /// Makes a cluster and waits until it answers.
  package static func start() async throws -> PostgresCluster {
    let programs = try newestPrograms()
    let owner = try folderOwner()
    let folder = try temporaryFolder()
    let commands = try Shell.start(
      supervisor,
      arguments: [
        folder, programs, owner.map { "\($0.user)" } ?? "",
        owner.map { "\($0.group)" } ?? "",
      ])
    let cluster = PostgresCluster(folder: folder, owner: owner, commands: commands)
    try cluster.tell("start")
    try await cluster.untilItAnswers()
    return cluster
  }

  package func url(database: String = "postgres") -> String {
    "postgresql:///\(database)?host=\(folder)&user=muhurat"
  }

  package func settings(database: String = "postgres") throws -> ConnectionSettings {
    try ConnectionSettings(url: url(database: database))
  }

  /// Stops the server as an administrator would, hanging up on everybody.
  package func stop() async throws {
    try tell("stop")
    try await eventually("the server stops") { await !self.answers() }
  }

  /// Stops it as a power cut would.
  package func crash() async throws {
    try tell("crash")
    try await eventually("the server dies") { await !self.answers() }
  }

  package func startAgain() async throws {
    try tell("start")
    try await untilItAnswers()
  }

  private func untilItAnswers() async throws {
    do {
      try await eventually("the server answers", within: .seconds(50)) { await self.answers() }
    } catch {
      throw ClusterFailure(text: "no PostgreSQL in \(folder):\n\(textOfFile("\(folder)/log"))")
    }
  }

  private func answers() async -> Bool {
    guard let settings = try? settings(),
      let connection = try? await Connection.open(settings, deadline: .after(.seconds(5)))
    else { return false }
    await connection.close()
    return true
  }

  private func tell(_ command: String) throws {
    let line = Array((command + "\n").utf8)
    guard write(commands, line, line.count) == line.count else {
      throw ClusterFailure(text: "the supervisor of \(folder) is gone")
    }
  }
}

package struct ClusterFailure: Error, CustomStringConvertible {
  package let text: String
  package var description: String { text }
}

/// `$1` folder, `$2` programs, `$3` and `$4` user and group to become, if any.
private let supervisor = """
  folder=$1 programs=$2 as=
  if [ -n "$3" ]; then
    chown "$3:$4" "$folder"
    as="setpriv --reuid=$3 --regid=$4 --clear-groups --"
  fi
  cd "$folder" || exit 1
  $as "$programs/initdb" -D "$folder/data" -U muhurat -A trust -E UTF8 --locale=C --no-sync \
    --no-instructions </dev/null >>log 2>&1
  pid=
  while read -r command; do
    case $command in
    start)
      $as "$programs/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= \
        -c max_connections=200 -c fsync=off -c full_page_writes=off -c synchronous_commit=off \
        -c shared_buffers=64MB -c wal_level=minimal -c max_wal_senders=0 \
        -c unix_socket_permissions=0777 </dev/null >>log 2>&1 &
      pid=$!
      ;;
    stop) kill -INT $pid && wait $pid ;;
    crash) kill -QUIT $pid && wait $pid ;;
    esac
  done
  [ -n "$pid" ] && kill -QUIT $pid 2>/dev/null && wait $pid
  rm -rf "$folder"
  """

private func newestPrograms() throws -> String {
  let installed = namesInFolder("/usr/lib/postgresql").compactMap { Int($0) }.sorted(by: >)
    .map { "/usr/lib/postgresql/\($0)/bin" }
  let path = getenv("PATH").map { String(cString: $0) } ?? ""
  let folders = installed + path.split(separator: ":").map(String.init)
  guard let found = folders.first(where: { access($0 + "/initdb", X_OK) == 0 }) else {
    throw ClusterFailure(text: "no initdb under /usr/lib/postgresql or in PATH; install postgresql")
  }
  return found
}

/// The server refuses to run as root; whoever else we are, it runs as us.
private func folderOwner() throws -> (user: uid_t, group: gid_t)? {
  guard getuid() == 0 else { return nil }
  for name in ["postgres", "nobody"] {
    if let entry = getpwnam(name) { return (entry.pointee.pw_uid, entry.pointee.pw_gid) }
  }
  throw ClusterFailure(text: "no user 'postgres' or 'nobody' to run PostgreSQL as")
}

/// Under /tmp and short: the path of a socket has room for 107 bytes.
func temporaryFolder() throws -> String {
  var template = Array("/tmp/muhurat-pg-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else {
    throw ClusterFailure(text: "no temporary folder under /tmp: errno \(errno)")
  }
  return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
}

private func namesInFolder(_ folder: String) -> [String] {
  guard let directory = opendir(folder) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    names.append(
      withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      })
  }
  return names
}

func textOfFile(_ path: String) -> String {
  guard let file = fopen(path, "re") else { return "(no log)" }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 65_536)
  let count = fread(&bytes, 1, bytes.count, file)
  return String(decoding: bytes[..<count], as: UTF8.self)
}
