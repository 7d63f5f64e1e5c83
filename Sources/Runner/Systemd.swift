import Glibc
import Threads

/// What the daemon tells the service manager, by the notify protocol; silent where nobody listens.
///
/// Written by hand: the protocol is one datagram, and libsystemd would be a dependency of every machine.
/// A message that the manager does not take within a quarter of a second is dropped, because a stuck
/// manager must not hold up the desk.
package struct Systemd: Sendable {
  /// How often `watchdog` is to be called: half of the manager's limit. Nil: no watchdog wanted.
  ///
  /// Call it from the loop that does the work, after it did some; a thread of its own would report
  /// health that nobody has.
  package let watchdogInterval: Duration?
  private let address: SystemdAddress?

  /// Reads `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`; `WATCHDOG_PID` naming another process
  /// means that the watchdog is not ours to feed.
  package init(environment: [String: String], process: Int32 = getpid()) {
    address = environment["NOTIFY_SOCKET"].flatMap(SystemdAddress.init)
    let isOurs = environment["WATCHDOG_PID"].map { $0 == "\(process)" } ?? true
    let limit = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
    watchdogInterval = isOurs && limit > 0 ? .microseconds(limit / 2) : nil
  }

  /// For the program's start, before there are threads: takes the words out of the environment, so
  /// that no child can speak in our name.
  package static func takeOver() -> Systemd {
    let names = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]
    var environment: [String: String] = [:]
    for name in names {
      environment[name] = getenv(name).map { String(cString: $0) }
      unsetenv(name)
    }
    return Systemd(environment: environment)
  }

  /// Somebody listens.
  package var isPresent: Bool { address != nil }

  /// The start, or a reload, is complete.
  package func ready(_ status: String? = nil) { tell(["READY=1"] + line(status)) }

  /// One line for `systemctl status`: "3 running, next reconcile 16:20 IST".
  package func status(_ text: String) { tell(line(text)) }

  package func watchdog() { tell(["WATCHDOG=1"]) }

  /// Opens a reload; `ready` closes it. The manager wants to know that this is an answer to its
  /// signal, so the time is the present: the boot clock is never behind the monotonic one it reads.
  package func reloading(_ status: String? = nil) {
    let now = SystemClock.sinceBoot() / .microseconds(1)
    tell(["RELOADING=1", "MONOTONIC_USEC=\(Int64(now))"] + line(status))
  }

  package func stopping(_ status: String? = nil) { tell(["STOPPING=1"] + line(status)) }

  /// Asks for more time to start or stop, counted from now; to be said again before it is over.
  package func extendTimeout(by span: Duration) {
    tell(["EXTEND_TIMEOUT_USEC=\(max(1, Int64(span / .microseconds(1))))"])
  }

  /// A line break would begin another assignment.
  private func line(_ status: String?) -> [String] {
    guard let status else { return [] }
    let oneLine = status.split(whereSeparator: \.isNewline).joined(separator: " ")
    return ["STATUS=\(FailureWords.shortened(oneLine, to: 500))"]
  }

  private func tell(_ lines: [String]) {
    address?.send(Array(lines.joined(separator: "\n").utf8))
  }
}
