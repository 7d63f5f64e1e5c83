import TradingTime

/// Everything that trades beside the well-known shares: contracts on them, and made-up shares for
/// those who need thousands.
extension Listing {
  /// Everyone's that trade on `day`: three futures and 720 options of each.
  static func contracts(on day: Int, _ days: SessionDays) -> [Listing] {
    Expiries.months(on: day, days).flatMap { month in
      ([nifty] + all).indices.flatMap { underlying in
        (0...2 * strikes).compactMap { contract(month, underlying, $0, days) }
      }
    }
  }

  static func contract(code: Int, _ days: SessionDays) -> Listing? {
    let rest = code - contractCodes
    guard rest >= 0, rest < 12 * 100 * 100_000 else { return nil }
    return contract(rest / 100_000, rest % 100_000 / 1000, rest % 1000, days)
  }

  /// - Parameter place: 0 is the future; then come calls and puts by turns, strike by strike.
  private static func contract(
    _ month: Int, _ underlying: Int, _ place: Int, _ days: SessionDays
  ) -> Listing? {
    let underlyings = [nifty] + all
    guard underlyings.indices.contains(underlying), place <= 2 * strikes else { return nil }
    let share = underlyings[underlying]
    let step = share.strikeStep
    let nearest = (share.basePrice.count + step / 2) / step * step
    let strike = nearest + Int64((place - 1) / 2 - strikes / 2) * step
    var listing = share
    listing.nseCode = contractCodes + month * 100_000 + underlying * 1000 + place
    listing.isIndex = false
    listing.contract = Contract(
      underlying: share.nseCode, isOnIndex: share.isIndex, expiry: Expiries.last(of: month, days),
      option: place == 0
        ? nil : Contract.Option(right: place % 2 == 1 ? .call : .put, strike: Paise(strike)),
      lot: share.lotOfContracts)
    return listing
  }

  private static let contractCodes = 10_000_000
  private static let strikes = 120

  /// Steps of two fifths of a percent or so, as round as exchanges make them.
  private var strikeStep: Int64 {
    let steps: [Int64] = [50, 1_00, 2_50, 5_00, 10_00, 20_00, 50_00, 100_00]
    return steps.first { $0 * 250 >= basePrice.count } ?? 200_00
  }

  private var lotOfContracts: Int {
    isIndex ? 65 : max(25, Int(6_00_000_00 / basePrice.count) / 25 * 25)
  }

  // MARK: - Made-up shares

  static let mostMadeUp = 9_999

  /// The n-th company that does not exist, from 1 on.
  static func madeUp(_ number: Int) -> Listing? {
    guard (1...mostMadeUp).contains(number) else { return nil }
    let digits = String(10_000 + number).dropFirst()
    return Listing(
      symbol: "MADE\(digits)", company: "MADE UP COMPANY \(number) LTD", nseCode: 100_000 + number,
      bseCode: 700_000 + number, isin: "INX00000\(digits)", industry: "Sundry",
      basePrice: Paise(Int64(20 + number * 7919 % 4981) * 100))
  }
}
