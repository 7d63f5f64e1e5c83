import FoundationEssentials
import Glibc

/// Where the private server keeps its data and its socket, and as whom it runs.
struct PostgresPlace: Hashable, Sendable {
  struct Owner: Hashable, Sendable {
    let user: uid_t
    let group: gid_t
  }

  let folder: String
  /// nil: as ourselves.
  let owner: Owner?

  /// The longest path a socket can have, less its end.
  static let longestFolder = 107 - "/.s.PGSQL.5432".utf8.count

  /// Inside the demo's folder where that will do. Where the server's user may not go there (below
  /// `/root`), or the path is too long for a socket, a private folder under /var/tmp takes its place
  /// and the demo's folder links to it.
  static func prepare(_ folder: DemoFolder) async throws(DemoProblem) -> PostgresPlace {
    let owner = try serverUser()
    let wanted = owner?.user ?? getuid()
    if let linked = try? FileManager.default.destinationOfSymbolicLink(atPath: folder.postgres) {
      if isPrivate(linked, of: wanted) { return PostgresPlace(folder: linked, owner: owner) }
      try remove(folder.postgres)
    } else if FileManager.default.fileExists(atPath: folder.postgres),
      !isPrivate(folder.postgres, of: wanted)
    {
      try remove(folder.postgres)
    }
    let near = PostgresPlace(folder: folder.postgres, owner: owner)
    if near.folder.utf8.count <= longestFolder {
      try near.make()
      if try await near.isReachable { return near }
      try remove(near.folder)
    }
    let far = PostgresPlace(folder: try temporaryFolder(), owner: owner)
    try far.giveAway()
    guard symlink(far.folder, folder.postgres) == 0 else {
      throw .system("\(folder.postgres) cannot be made", errno)
    }
    return far
  }

  /// PostgreSQL refuses to run as root; whoever else we are, it runs as us.
  private static func serverUser() throws(DemoProblem) -> Owner? {
    guard geteuid() == 0 else { return nil }
    for name in ["postgres", "nobody"] {
      if let entry = getpwnam(name) {
        return Owner(user: entry.pointee.pw_uid, group: entry.pointee.pw_gid)
      }
    }
    throw DemoProblem(
      .configuration,
      "PostgreSQL does not run as root and there is no user 'postgres' or 'nobody' to run it as; "
        + "start the demo as an ordinary user")
  }

  /// A folder, not a link, that this user owns and nobody else may enter.
  private static func isPrivate(_ path: String, of user: uid_t) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      && status.st_uid == user && status.st_mode & 0o077 == 0
  }

  private func make() throws(DemoProblem) {
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
      throw .system("\(folder) cannot be made", errno)
    }
    try giveAway()
  }

  private func giveAway() throws(DemoProblem) {
    guard let owner else { return }
    guard chown(folder, owner.user, owner.group) == 0 else {
      throw .system("\(folder) cannot be given to user \(owner.user)", errno)
    }
  }

  /// Asked by going there: mode bits alone do not tell.
  private var isReachable: Bool {
    get async throws(DemoProblem) {
      guard let owner else { return true }
      let probe = try ChildProgram(
        [
          "/bin/sh", "-c", "exec setpriv --reuid=$1 --regid=$2 --clear-groups test -w \"$3\"", "sh",
          "\(owner.user)", "\(owner.group)", folder,
        ], log: "/dev/null")
      return await probe.end(within: .seconds(30)) == 0
    }
  }

  private static func remove(_ path: String) throws(DemoProblem) {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw DemoProblem(.configuration, "\(path) is not ours to use; remove it")
    }
  }

  private static func temporaryFolder() throws(DemoProblem) -> String {
    var template = Array("/var/tmp/muhurat-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw .system("no folder under /var/tmp", errno) }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
