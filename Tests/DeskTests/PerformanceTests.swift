import Testing

@testable import Desk

@Suite(.timeLimit(.minutes(10))) struct `Return and risk` {
  static let results = [
    "12000", "-5000", "8000", "-15000", "4000", "0", "9000", "-3000", "6000", "-2000",
  ].map(rupees)
  static let equity = results.reduce(into: [rupees("1000000")]) { curve, result in
    curve.append((curve.last ?? .zero) + result)
  }

  private func near(_ value: Double?, _ expected: Double, _ tolerance: Double = 1e-6) -> Bool {
    value.map { abs($0 - expected) < tolerance } ?? false
  }

  @Test func `the worked month gives the known figures`() {
    let returns = Performance.dailyReturns(Self.equity)
    #expect(Self.equity.last == rupees("1014000"))
    #expect(near(Performance.sharpe(returns, fewest: 2), 2.822522))
    #expect(near(Performance.sharpe(returns, sessionsPerYear: 246, fewest: 2), 2.788719))
    #expect(near(Performance.sortino(returns, fewest: 2), 4.459991))
    #expect(near(Performance.annualVolatility(returns), 0.126781))
    let drawdown = Drawdown.deepest(in: Self.equity)
    #expect(drawdown?.amount == rupees("15000"))
    #expect(near(drawdown?.fraction, 0.0147783251, 1e-10))
    #expect(drawdown?.peakIndex == 3 && drawdown?.troughIndex == 4)
  }

  @Test func `wins and losses of the worked month`() {
    let days = TradeStatistics(Self.results)
    #expect(near(days.profitFactor, 1.56))
    #expect(near(days.winRate, 0.555556))
    #expect(days.averageWin == rupees("7800"))
    #expect(days.averageLoss == rupees("-6250"))
    #expect(days.scratches == 1)
  }

  @Test func `a loss on the first day is a drawdown`() {
    let fall = Drawdown.deepest(in: ["1000000", "995000", "998000"].map(rupees))
    #expect(near(fall?.fraction, 0.005))
    #expect(Drawdown.deepest(in: ["1", "2", "3"].map(rupees)) == nil)
  }

  @Test func `too few days, no variation and no losses have no figure`() {
    let returns = Performance.dailyReturns(Self.equity)
    #expect(Performance.sharpe(returns) == nil)
    #expect(Performance.sharpe(Array(repeating: 0, count: 30)) == nil)
    #expect(Performance.sortino(Array(repeating: 0.01, count: 30)) == nil)
    #expect(TradeStatistics([rupees("5")]).profitFactor == nil)
    #expect(TradeStatistics([]).winRate == nil)
  }

  @Test func `money brought in is no profit`() {
    let gain = Performance.dailyReturn(
      equity: rupees("150"), previous: rupees("100"), flow: rupees("50"))
    #expect(near(gain, 0))
  }
}
