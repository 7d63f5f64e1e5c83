import FoundationEssentials
import Glibc
import Threads

/// Small files that only their owner may read: written whole or not at all, and refused when anyone
/// else could have read or written them.
enum PrivateFile {
  struct Problem: Error, Equatable, CustomStringConvertible {
    var description: String

    init(path: String, problem: String) {
      description = "\(path) \(problem)"
    }

    /// With the system's words for the call that has just failed.
    init(path: String, call: String) {
      description = "\(path) \(call): \(String(cString: strerror(errno)))"
    }
  }

  /// What changes whenever a file is replaced or written to.
  struct Mark: Sendable, Equatable {
    var device: UInt64
    var inode: UInt64
    var size: Int
    var modifiedSeconds: Int
    var modifiedNanoseconds: Int

    fileprivate init(_ status: stat) {
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
      size = Int(status.st_size)
      modifiedSeconds = status.st_mtim.tv_sec
      modifiedNanoseconds = status.st_mtim.tv_nsec
    }
  }

  /// nil: there is no such file. The rights are looked at every time, because `chmod` leaves no
  /// mark.
  static func mark(of path: String) throws -> Mark? {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      guard errno == ENOENT else { throw Problem(path: path, call: "cannot be looked at") }
      return nil
    }
    try check(status, path)
    return Mark(status)
  }

  static func read(_ path: String) throws -> (bytes: [UInt8], mark: Mark)? {
    let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else {
      guard errno == ENOENT else { throw Problem(path: path, call: "cannot be opened") }
      return nil
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw Problem(path: path, call: "cannot be looked at") }
    try check(status, path)
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 16 << 10)
    while bytes.count <= largest {
      let count = Glibc.read(file, &room, room.count)
      guard count >= 0 else { throw Problem(path: path, call: "cannot be read") }
      if count == 0 { return (bytes, Mark(status)) }
      bytes += room[..<count]
    }
    throw Problem(path: path, problem: "is too large")
  }

  /// A new file beside the old one, on the disk before it takes the old one's name.
  static func replace(_ path: String, with bytes: [UInt8]) throws {
    let temporary = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Problem(path: path, call: "cannot be written") }
    defer { close(file) }
    guard fchmod(file, 0o600) == 0, write(bytes, to: file), fsync(file) == 0,
      rename(temporary, path) == 0
    else {
      let problem = Problem(path: path, call: "cannot be written")
      unlink(temporary)
      throw problem
    }
    syncDirectory(of: path)
  }

  /// What a process left behind that was killed while it wrote: files with a token in them.
  ///
  /// - Parameter age: in seconds; younger ones may be somebody's who is writing now.
  static func removeLeftovers(of path: String, olderThan age: Int) {
    guard let slash = path.lastIndex(of: "/") else { return }
    let (directory, name) = (String(path[..<slash]), path[path.index(after: slash)...])
    for other in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    where other.hasPrefix("\(name).") {
      var status = stat()
      guard lstat("\(directory)/\(other)", &status) == 0,
        SystemClock.microsecondsSinceEpoch() / 1_000_000 - Int64(status.st_mtim.tv_sec) >= age
      else { continue }
      unlink("\(directory)/\(other)")
    }
  }

  private static let largest = 64 << 10

  private static func check(_ status: stat, _ path: String) throws {
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Problem(path: path, problem: "is no plain file; delete it and sign in again")
    }
    guard status.st_uid == geteuid() else {
      throw Problem(
        path: path,
        problem: "belongs to user \(status.st_uid), not to us (\(geteuid())); sign in as that user")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw Problem(
        path: path,
        problem: "may be read by others (mode \(String(status.st_mode & 0o777, radix: 8))); "
          + "run chmod 600, and sign in again if others use this machine")
    }
  }

  private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0 { return false }
      written += count
    }
    return true
  }

  /// Without it a power cut could bring yesterday's file back; a failure costs no more than that.
  private static func syncDirectory(of path: String) {
    let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let directory = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return }
    fsync(directory)
    close(directory)
  }
}
