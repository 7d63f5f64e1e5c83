import Glibc
import Subprocess
import SystemPackage
import Threads

/// Kills the programs of a runner that died.
///
/// A small shell in a session of its own reads from us which groups are alive. When its line ends,
/// because this process ended in whatever way, it kills those that were not taken back. A parent-death
/// signal would do the same for the program alone, not for what the program started, and it goes by
/// threads.
///
/// It stands ready before a program starts. A runner that dies between that start and the word about
/// it leaves a program that no word names; such a one is known by the mark in its environment.
final class ProgramGuardian: Sendable {
  static let shared = ProgramGuardian()
  static let markName = "MUHURAT_GUARDIAN"

  /// In the environment of every program of this process, and of no other's.
  let mark = String(UInt64.random(in: .min ... .max), radix: 36)

  private struct State {
    var line: Int32?
    var groups: Set<pid_t> = []
    var isUp = false
  }

  private let state = Locked(State())

  init() {}

  deinit { state.withLock { _ = $0.line.map { close($0) } } }

  /// Returns once the shell is up, so that no program starts before somebody stands by to end it.
  func standReady() async {
    let line = state.withLock { state -> Int32? in
      if state.line == nil { state.line = start(watching: state.groups) }
      return state.isUp ? nil : state.line
    }
    guard let line else { return }
    let limit = Deadline.after(.seconds(5))
    while !hasSaidSo(line), !limit.hasPassed {
      try? await SystemClock.sleep(for: .milliseconds(2))
      if Task.isCancelled { return }
    }
    state.withLock { $0.isUp = true }
  }

  private func hasSaidSo(_ line: Int32) -> Bool {
    if state.withLock({ $0.isUp }) { return true }
    var byte: UInt8 = 0
    return recv(line, &byte, 1, Int32(MSG_DONTWAIT)) == 1
  }

  func watch(_ group: pid_t) {
    state.withLock { state in
      state.groups.insert(group)
      guard let line = state.line, say("watch \(group)\n", on: line) else {
        state.line.map { _ = close($0) }
        state.line = start(watching: state.groups)
        return
      }
    }
  }

  func forget(_ group: pid_t) {
    state.withLock { state in
      state.groups.remove(group)
      if let line = state.line { _ = say("forget \(group)\n", on: line) }
    }
  }

  private func start(watching groups: Set<pid_t>) -> Int32? {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { return nil }
    let theirs = FileDescriptor(rawValue: ends[1])
    Task.detached { [mark] in
      var options = PlatformOptions()
      options.createSession = true
      _ = try? await Subprocess.run(
        .path("/bin/sh"),
        arguments: ["-c", guardianScript, "muhurat-guardian", "\(Self.markName)=\(mark)"],
        environment: .custom(["PATH": "/usr/bin:/bin"]), workingDirectory: "/",
        platformOptions: options,
        input: .fileDescriptor(theirs, closeAfterSpawningProcess: true), output: .discarded,
        error: .discarded)
    }
    // The line holds what is said before the shell is up.
    for group in groups { _ = say("watch \(group)\n", on: ends[0]) }
    return ends[0]
  }

  /// A socket, not a pipe: writing to one whose reader died must not raise SIGPIPE.
  private func say(_ text: String, on line: Int32) -> Bool {
    let bytes = Array(text.utf8)
    let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
    return send(line, bytes, bytes.count, flags) == bytes.count
  }
}

private let guardianScript = """
  trap '' HUP INT TERM
  echo up >&0
  groups=
  while read -r word group; do
    case $word in
    watch) groups="$groups $group" ;;
    forget)
      kept=
      for one in $groups; do
        [ "$one" = "$group" ] || kept="$kept $one"
      done
      groups=$kept
      ;;
    esac
  done
  for group in $groups; do
    kill -s KILL -- "-$group"
  done
  # Twice: between fork and exec a program still looks like its dead parent.
  for _ in 1 2; do
    for found in $(grep -lszxF -- "$1" /proc/[0-9]*/environ); do
      found=${found#/proc/}
      kill -s KILL "${found%/environ}"
    done
    sleep 1
  done
  """
