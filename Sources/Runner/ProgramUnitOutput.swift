import Glibc
import JobStore
import SystemPackage
import Threads

/// The reading end of a program's output.
///
/// Its end is not the program's: a grandchild may hold the pipe open for ever. So whoever knows that
/// the program is gone says `finish`, and what lies in the pipe is still read.
actor ProgramOutput {
  private let descriptor: Int32
  private static let thread = PollThread.shared
  private nonisolated let isFinished = Locked(false)

  nonisolated var unownedExecutor: UnownedSerialExecutor { Self.thread.asUnownedSerialExecutor() }

  private init(reading descriptor: Int32) { self.descriptor = descriptor }

  isolated deinit {
    close(descriptor)
  }

  /// The reader, and the end that the program is to write to.
  static func open() throws -> (ProgramOutput, FileDescriptor) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw UnitFailure("no pipe for the program's output: too many open files", isTransient: true)
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    return (ProgramOutput(reading: ends[0]), FileDescriptor(rawValue: ends[1]))
  }

  /// Ends with the last writer, or soon after `finish`.
  func copy(into transcript: Transcript) async {
    while !isFinished.withLock({ $0 }) {
      _ = await Self.thread.wait(fd: descriptor, read: true, write: false, until: .never)
      if readOnce(into: transcript) == .ended { return }
    }
    // Sixteen times what a pipe holds: all that was written before the finish, and no more than that
    // of a writer without end.
    for _ in 0..<256 where readOnce(into: transcript) != .some { return }
  }

  nonisolated func finish() {
    isFinished.withLock { $0 = true }
    Self.thread.interrupt()
  }

  private enum Reading { case some, nothingYet, ended }

  private func readOnce(into transcript: Transcript) -> Reading {
    var room = [UInt8](repeating: 0, count: 65_536)
    let count = read(descriptor, &room, room.count)
    if count > 0 {
      transcript.append(Array(room[..<count]))
      return .some
    }
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothingYet : .ended
  }
}
