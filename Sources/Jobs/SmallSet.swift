/// Numbers from 0 to 63, as a cron field holds them: a word of memory instead of a table, because ten
/// thousand job files have fifty thousand of these.
struct SmallSet: Hashable, Sendable {
  private var bits: UInt64 = 0

  mutating func insert(_ number: Int) { bits |= 1 << UInt64(number) }

  mutating func formUnion(_ other: SmallSet) { bits |= other.bits }

  func contains(_ number: Int) -> Bool { bits >> UInt64(number) & 1 == 1 }

  var isEmpty: Bool { bits == 0 }

  var count: Int { bits.nonzeroBitCount }

  var first: Int? { isEmpty ? nil : bits.trailingZeroBitCount }

  var last: Int? { isEmpty ? nil : 63 - bits.leadingZeroBitCount }

  /// Ascending.
  var numbers: [Int] {
    var numbers: [Int] = []
    numbers.reserveCapacity(count)
    var rest = bits
    while rest != 0 {
      numbers.append(rest.trailingZeroBitCount)
      rest &= rest - 1
    }
    return numbers
  }

  /// The shortest way from one number to the next; nil for fewer than two.
  var narrowestGap: Int? {
    let numbers = numbers
    return zip(numbers.dropFirst(), numbers).map { $0 - $1 }.min()
  }
}
