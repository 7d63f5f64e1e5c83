import FoundationEssentials
import Glibc
import Threads

/// A program that lives no longer than this process.
///
/// Its standard input is a pipe whose other end only we hold: it is closed when we let go, or by the
/// kernel when we die in whatever way. Unlike a parent-death signal this does not depend on which
/// of our threads started the program, and threads come and go. It leads a session of its own, so
/// that Ctrl-C reaches us alone and we decide the order in which things end.
package final class ChildProgram: Sendable {
  package let name: String
  let process: pid_t
  private let lifeline: Locked<Int32>
  private let exitStatus = Locked<Int32?>(nil)

  /// - Parameter log: takes its output and errors; emptied first.
  package init(_ words: [String], log: String) throws(DemoProblem) {
    let program = words.first ?? ""
    name = program.split(separator: "/").last.map(String.init) ?? program
    var pipe: [Int32] = [-1, -1]
    guard Glibc.pipe(&pipe) == 0 else { throw .system("no pipe for \(name)", errno) }
    for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(pipe[0]) }
    let (process, failure) = Self.spawn(words, input: pipe[0], log: log)
    guard failure == 0 else {
      close(pipe[1])
      throw .system("\(program) cannot be started", failure)
    }
    self.process = process
    lifeline = Locked(pipe[1])
  }

  deinit { letGo() }

  /// Tells it to leave.
  package func letGo() {
    lifeline.withLock { end in
      if end >= 0 { close(end) }
      end = -1
    }
  }

  /// Its exit status as a shell gives it; nil while it runs.
  package var ended: Int32? {
    exitStatus.withLock { known in
      if let known { return known }
      var status: Int32 = 0
      let found = waitpid(process, &status, WNOHANG)
      guard found != 0 else { return nil }
      let signal = status & 0x7f
      known = found < 0 ? 127 : signal == 0 ? (status >> 8) & 0xff : 128 + signal
      return known
    }
  }

  /// Waits for the end; nil if it has not come in time.
  package func end(within limit: Duration) async -> Int32? {
    let deadline = Deadline.after(limit)
    while true {
      if let status = ended { return status }
      guard !deadline.hasPassed else { return nil }
      // Cancelled or not: whoever waits for an end needs it.
      try? await SystemClock.sleep(for: .milliseconds(10))
      if Task.isCancelled { await Task.yield() }
    }
  }

  private static func spawn(
    _ words: [String], input: Int32, log: String
  ) -> (process: pid_t, failure: Int32) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What we ignore or block, a child would inherit, and then be deaf to its own end.
    var all = sigset_t()
    sigfillset(&all)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, newSession | defaultSignals | ownMask)
    let arguments = words.map { strdup($0) }
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    let failure = posix_spawn(
      &process, words.first ?? "", &actions, &attributes, arguments + [nil], environ)
    return (process, failure)
  }
}

// `POSIX_SPAWN_…`, of which the Glibc module shows only some, and not as the type the call wants.
private let newSession: Int16 = 0x80
private let defaultSignals: Int16 = 0x04
private let ownMask: Int16 = 0x08
