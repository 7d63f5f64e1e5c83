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
  /// What is left, as `poll` wants it: rounded up, or a wait with 0.4 ms left would spin; a day at
  /// most, because it counts in 32 bits; -1 without a limit.
  var pollTimeout: Int32 {
    guard let remaining else { return -1 }
    let (seconds, attoseconds) = remaining.components
    guard seconds < 86_400 else { return 86_400_000 }
    return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
