import Desk

/// Which connection follows what. A connection bears 1,000 instruments, so many instruments need
/// several; each account has one at least, because its acknowledgements come only by its own
/// sign-in.
struct FeedPlan: Sendable, Equatable {
  struct Line: Hashable, Sendable {
    let account: Account
    /// Of the account's lines, from 1. The first follows its orders too.
    let number: Int
  }

  static let instrumentsPerLine = 1000
  /// A broker would take more for an attack.
  static let mostLines = 64

  private(set) var lines: [Line: Set<InstrumentKey>] = [:]
  /// How many instruments and accounts no line could be found for.
  private(set) var instrumentsLeftOut = 0
  private(set) var accountsLeftOut = 0

  init() {}

  /// The plan for a wish. What a line follows already stays with it, so that nothing that goes well
  /// is interrupted by something else coming or going.
  func changed(to wish: FeedWish) -> FeedPlan {
    var plan = FeedPlan()
    let accounts = wish.accounts.prefix(Self.mostLines)
    plan.accountsLeftOut = wish.accounts.count - accounts.count
    guard !accounts.isEmpty else {
      plan.instrumentsLeftOut = wish.keys.count
      return plan
    }
    let needed = (wish.keys.count + Self.instrumentsPerLine - 1) / Self.instrumentsPerLine
    let count = min(max(accounts.count, needed), Self.mostLines)
    var missing = wish.keys
    let order = (0..<count).map { index in
      Line(
        account: accounts[index % accounts.count], number: index / accounts.count + 1)
    }
    for line in order {
      plan.lines[line] = lines[line]?.intersection(missing) ?? []
      missing.subtract(plan.lines[line] ?? [])
    }
    var left = missing.sorted()[...]
    for line in order {
      let room = Self.instrumentsPerLine - (plan.lines[line]?.count ?? 0)
      plan.lines[line]?.formUnion(left.prefix(room))
      left = left.dropFirst(room)
    }
    plan.instrumentsLeftOut = left.count
    return plan
  }
}
