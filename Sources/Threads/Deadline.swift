/// A moment by which something must be over, on the clock that neither jumps nor stops.
///
/// Handed down unchanged from call to call, so that waiting in a queue, connecting and asking share
/// one limit instead of each having its own.
package struct Deadline: Sendable, Hashable, Comparable {
  /// `nil` means never.
  package let sinceBoot: Duration?

  package static let never = Deadline(sinceBoot: nil)

  package init(sinceBoot: Duration?) {
    self.sinceBoot = sinceBoot
  }

  package static func after(_ span: Duration) -> Deadline {
    Deadline(sinceBoot: SystemClock.sinceBoot() + span)
  }

  /// What is left, never negative; `nil` if there is no limit.
  package var remaining: Duration? {
    sinceBoot.map { max(.zero, $0 - SystemClock.sinceBoot()) }
  }

  package var hasPassed: Bool { remaining == .zero }

  package static func < (left: Deadline, right: Deadline) -> Bool {
    switch (left.sinceBoot, right.sinceBoot) {
    case (let left?, let right?): left < right
    case (.some, nil): true
    case (nil, _): false
    }
  }
}

extension Deadline {
  /// What is left, in nanoseconds, as `clinux_poll` wants it: a day at most, and -1 without a limit.
  var nanosecondsLeft: Int64 {
    guard let remaining else { return -1 }
    return Int64(min(remaining, .seconds(86_400)) / .nanoseconds(1))
  }
}
