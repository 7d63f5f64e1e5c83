import FoundationEssentials
import Glibc

/// One demo in a folder at a time. The kernel keeps the lock, so it ends with its process, however
/// that ends.
package final class DemoLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `busy`, naming the process that has it.
  package init(_ folder: DemoFolder) throws(DemoProblem) {
    try folder.make()
    descriptor = open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw .system("\(folder.lock) cannot be opened", errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let holder = Self.holder(folder)
      close(descriptor)
      throw DemoProblem(
        .busy,
        "a demo runs in \(folder.path) already, as process \(holder); use it, or stop it with Ctrl-C "
          + "or: kill \(holder)")
    }
    let text = Array("\(getpid())\n".utf8)
    guard ftruncate(descriptor, 0) == 0, write(descriptor, text, text.count) == text.count else {
      throw .system("\(folder.lock) cannot be written", errno)
    }
  }

  deinit { close(descriptor) }

  private static func holder(_ folder: DemoFolder) -> String {
    let content = FileManager.default.contents(atPath: folder.lock) ?? Data()
    let digits = String(decoding: content, as: UTF8.self).filter { $0.isNumber }
    return digits.isEmpty ? "?" : digits
  }
}
