import FoundationEssentials
import Glibc
import Threads

/// Starting the server in its place, and clearing away what a dead demo left there.
extension PostgresPlace {
  var data: String { "\(folder)/data" }
  var log: String { "\(folder)/log" }

  func launch(_ programs: PostgresPrograms) throws(DemoProblem) -> ChildProgram {
    try ChildProgram(
      [
        "/bin/sh", "-c", Self.supervisor, "muhurat-postgres", folder, programs.folder,
        owner.map { "\($0.user)" } ?? "", owner.map { "\($0.group)" } ?? "",
      ], log: log)
  }

  /// The server of the data folder if one is alive: a postmaster works in its data folder, so a
  /// number that another process has meanwhile is told apart.
  var leftover: pid_t? {
    guard let content = FileManager.default.contents(atPath: "\(data)/postmaster.pid"),
      let process = pid_t(String(decoding: content.prefix { $0 != 0x0A }, as: UTF8.self)),
      let place = try? FileManager.default.destinationOfSymbolicLink(
        atPath: "/proc/\(process)/cwd"),
      place == data
    else { return nil }
    return process
  }

  /// We hold the demo's lock, so whatever still serves this folder has lost its demo.
  func endLeftover() async throws {
    for signal in [SIGINT, SIGQUIT] {
      guard let process = leftover else { break }
      kill(process, signal)
      let deadline = Deadline.after(.seconds(10))
      while leftover != nil, !deadline.hasPassed {
        try await SystemClock.sleep(for: .milliseconds(20))
      }
    }
    guard leftover == nil else {
      throw DemoProblem(
        .unavailable, "a PostgreSQL that an earlier demo left in \(data) does not end; kill it")
    }
    unlink("\(data)/postmaster.pid")
  }

  func removeData() throws {
    try FileManager.default.removeItem(atPath: data)
  }

  var logEnd: String {
    let content = FileManager.default.contents(atPath: log) ?? Data()
    let lines = String(decoding: content.suffix(4096), as: UTF8.self).split(separator: "\n")
    return lines.suffix(8).map { "  \($0)" }.joined(separator: "\n")
  }

  /// `$1` folder, `$2` programs, `$3` and `$4` user and group to become, if any.
  ///
  /// The shell ends with the server. The server ends when the shell's standard input does, that is
  /// with the demo, and also, by its parent-death signal, with the shell. What it keeps need not
  /// outlive a power cut, so it does not wait for the disk.
  private static let supervisor = """
    folder=$1 programs=$2
    as="setpriv --pdeathsig INT"
    [ -n "$3" ] && as="$as --reuid=$3 --regid=$4 --clear-groups"
    exec 3<&0 </dev/null
    cd "$folder" || exit 1
    major=$("$programs/postgres" --version | sed 's/[^0-9]*\\([0-9]*\\).*/\\1/')
    if [ "$(cat data/PG_VERSION 2>/dev/null)" != "$major" ]; then
      rm -rf data data.new
      $as "$programs/initdb" -D data.new -U muhurat -A trust -E UTF8 --locale=C --no-sync \
        --no-instructions && mv data.new data || exit 1
    fi
    $as "$programs/postgres" -D "$folder/data" -k "$folder" -p 5432 -c listen_addresses= \
      -c unix_socket_permissions=0700 -c fsync=off -c full_page_writes=off \
      -c synchronous_commit=off -c wal_level=minimal -c max_wal_senders=0 -c shared_buffers=64MB \
      3<&- &
    server=$!
    (cat <&3 >/dev/null; kill -INT $server) &
    exec 3<&-
    wait $server
    status=$?
    exit $status
    """
}
