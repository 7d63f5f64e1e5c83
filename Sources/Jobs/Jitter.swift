package import TradingTime

extension Job {
  /// How long after its slot a run may first start (`jitter`): a function of job and slot, so that
  /// two deciders agree. It moves the start, never the slot, and stays short of the next slot and of
  /// the run's own end of validity.
  package func delay(of slot: Instant, in almanac: Almanac) -> Duration {
    guard let schedule, let jitter, jitter > .zero else { return .zero }
    var longest = min(jitter, expiresAfter ?? jitter)
    let next = schedule.slots(after: slot, through: slot + longest, in: almanac, limit: 1)
    if let next = next.spans.first { longest = min(longest, next.first - slot) }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "\(name)@\(slot.microseconds)".utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return .microseconds(Int64(hash % UInt64(max(1, longest.microseconds))))
  }
}

extension Duration {
  /// For a sentence: whole seconds from a second on, milliseconds below.
  package var roundedWords: String {
    self >= .seconds(1) || self <= .zero
      ? Duration.seconds(max(0, components.seconds)).spelled
      : Duration.milliseconds(components.attoseconds / 1_000_000_000_000_000).spelled
  }
}
