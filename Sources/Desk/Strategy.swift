package import TradingTime

/// The position a strategy wants, signed, in units. Asking twice for the same target changes
/// nothing, which is why strategies propose targets and never orders. 0 means flat; an instrument
/// that is not named keeps its position.
package struct Target: Hashable, Sendable {
  package let key: InstrumentKey
  package let quantity: Quantity
  package let limit: Money?
  package let why: String

  package init(key: InstrumentKey, quantity: Quantity, limit: Money? = nil, why: String) {
    self.key = key
    self.quantity = quantity
    self.limit = limit
    self.why = why
  }
}

/// Everything a strategy may look at: complete bars only, prices with their age, positions held.
package struct StrategyTick: Sendable {
  package let at: Instant
  package let universe: [InstrumentKey]
  package let positions: [InstrumentKey: Quantity]
  package let prices: [InstrumentKey: Price]
  /// Closes of completed bars, oldest first.
  package let closes: [InstrumentKey: [Money]]
  /// Where bars have stopped coming: when the newest one ended.
  package let closesOfThePast: [InstrumentKey: Instant]
  package let staleAfter: Duration

  package init(
    at: Instant, universe: [InstrumentKey], positions: [InstrumentKey: Quantity],
    prices: [InstrumentKey: Price], closes: [InstrumentKey: [Money]],
    closesOfThePast: [InstrumentKey: Instant] = [:], staleAfter: Duration = .seconds(45)
  ) {
    self.at = at
    self.universe = universe
    self.positions = positions
    self.prices = prices
    self.closes = closes
    self.closesOfThePast = closesOfThePast
    self.staleAfter = staleAfter
  }

  /// The price to act on, or why there is none.
  func usablePrice(of key: InstrumentKey) -> Result<Price, NoOpinion> {
    guard let price = prices[key] else { return .failure(NoOpinion("no price")) }
    guard !price.isStale(at: at, limit: staleAfter) else {
      return .failure(NoOpinion("price is \((at - price.at).components.seconds) s old"))
    }
    return .success(price)
  }
}

/// Why a strategy said nothing about an instrument.
package struct NoOpinion: Error, Hashable, Sendable {
  package let reason: String

  init(_ reason: String) {
    self.reason = reason
  }
}

package struct StrategyAnswer: Hashable, Sendable {
  package let targets: [Target]
  package let withheld: [InstrumentKey: String]
}

/// The strategies built in: examples for paper trading and tests, without any claim of profit.
package enum BuiltInStrategy: Hashable, Sendable {
  case smaCross(SMACross)
  case rsiRevert(RSIRevert)

  package static let names = ["rsi-revert", "sma-cross"]

  /// Parameters come as text from a job file; an unknown one is refused, because a mistyped name
  /// would leave the default in force.
  package init(named name: String, parameters: [String: String] = [:]) throws(StrategyError) {
    switch name {
    case "sma-cross": self = .smaCross(try SMACross(StrategyParameters(parameters, of: name)))
    case "rsi-revert": self = .rsiRevert(try RSIRevert(StrategyParameters(parameters, of: name)))
    default: throw .unknownStrategy(name)
    }
  }

  package var name: String {
    switch self {
    case .smaCross: "sma-cross"
    case .rsiRevert: "rsi-revert"
    }
  }

  /// How many completed closes it needs; computed from its parameters.
  package var warmUp: Int {
    switch self {
    case .smaCross(let strategy): strategy.slow
    case .rsiRevert(let strategy): strategy.trend
    }
  }

  package func answer(to tick: StrategyTick) -> StrategyAnswer {
    var targets: [Target] = []
    var withheld: [InstrumentKey: String] = [:]
    for key in tick.universe.sorted() {
      switch opinion(on: key, tick) {
      case .success(let target): targets.append(target)
      case .failure(let none): withheld[key] = none.reason
      }
    }
    return StrategyAnswer(targets: targets, withheld: withheld)
  }

  private func opinion(on key: InstrumentKey, _ tick: StrategyTick) -> Result<Target, NoOpinion> {
    let closes = tick.closes[key] ?? []
    guard closes.count >= warmUp else {
      return .failure(NoOpinion("\(closes.count) of \(warmUp) closes"))
    }
    if let end = tick.closesOfThePast[key] {
      return .failure(NoOpinion("its bars end \((tick.at - end).components.seconds) s ago"))
    }
    return tick.usablePrice(of: key).flatMap { price in
      switch self {
      case .smaCross(let strategy): strategy.opinion(on: price, closes: closes)
      case .rsiRevert(let strategy):
        strategy.opinion(on: price, closes: closes, held: tick.positions[key] ?? 0)
      }
    }
  }
}
