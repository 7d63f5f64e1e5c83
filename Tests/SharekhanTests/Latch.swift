import Desk
import Glibc

/// Holds a thread until it is opened.
final class Latch: Sendable {
  private let ends: (out: Int32, into: Int32)

  init() throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw NothingSent.cancelled }
    self.ends = (ends[0], ends[1])
  }

  deinit {
    close(ends.out)
    close(ends.into)
  }

  func wait() {
    var byte: UInt8 = 0
    _ = read(ends.out, &byte, 1)
  }

  func open() { _ = write(ends.into, [1], 1) }
}
