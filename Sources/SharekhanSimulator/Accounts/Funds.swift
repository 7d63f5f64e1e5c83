/// The cash ledger's view of a day. Every morning begins with the same opening balance: what the
/// sessions before earned or cost is taken as paid out or in overnight.
struct Funds: Sendable, Equatable {
  let opening: Paise
  let booked: Paise
  /// Earned on contracts.
  let bookedOnContracts: Paise
  /// Lent against pledged shares: half of their previous close.
  let againstShares: Paise
  /// A fifth of what is open intraday.
  let margin: Paise
  /// Paid for options that are open.
  let premium: Paise
  /// Fifteen percent of futures and of options sold.
  let marginOnContracts: Paise
  /// Set aside for today's deliveries and for orders that still wait.
  let held: Paise

  static let opening = Paise(50_00_000_00)

  var available: Paise {
    opening + booked + bookedOnContracts + againstShares - margin - premium - marginOnContracts
      - held
  }
}
