import FoundationEssentials
import Glibc

/// Puts a calendar's file in its place in one step: whoever reads the folder finds the old one or the
/// new one, whole. The old one stays beside it, under a name that nobody takes for a calendar.
struct CalendarInstall {
  let place: String
  let content: [UInt8]
  /// What the difference was shown against; nil: there was no file.
  let replacing: [UInt8]?

  /// - Throws: `Refusal` with 75 if the file has changed since it was looked at, with 78 if it cannot be
  ///   written.
  func run() throws {
    let target = resolved(place)
    let draft = "\(target).\(getpid())"
    try write(to: draft, mode: mode(of: target))
    defer { unlink(draft) }
    if let replacing {
      guard FileManager.default.contents(atPath: target).map({ [UInt8]($0) }) == replacing else {
        throw Refusal(.busy, "\(place) has changed meanwhile; look at the difference again")
      }
      // By a second name, so that there is no moment without a calendar.
      let kept = "\(draft).before"
      defer { unlink(kept) }
      guard link(target, kept) == 0, rename(kept, "\(target).before") == 0 else {
        throw failure("\(target).before")
      }
    }
    guard rename(draft, target) == 0 else { throw failure(target) }
    syncFolder(of: target)
  }

  /// A link to the real file is followed, and stays.
  private func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private func mode(of path: String) -> mode_t {
    var facts = stat()
    return stat(path, &facts) == 0 ? facts.st_mode & 0o777 : 0o644
  }

  private func write(to path: String, mode: mode_t) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
    guard file >= 0 else { throw failure(path) }
    defer { close(file) }
    var rest = content[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(path) }
      rest = rest.dropFirst(count)
    }
    guard fchmod(file, mode) == 0, fsync(file) == 0 else { throw failure(path) }
  }

  /// So that the new name survives a loss of power.
  private func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private func failure(_ path: String) -> Refusal {
    Refusal(.configuration, "\(path) cannot be written: \(String(cString: strerror(errno)))")
  }
}
