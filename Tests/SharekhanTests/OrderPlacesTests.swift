import Testing

@testable import Sharekhan

@Suite(.timeLimit(.minutes(10)))
struct `The rate of orders` {
  private let asha = OrderPlaces.Segment(account: "asha", exchange: "NC")

  @Test func `is three a second after five, for each account and exchange, and two to cancel`() {
    var places = OrderPlaces(perSecond: 3)
    let now = Duration.seconds(100)
    func take(
      _ segment: OrderPlaces.Segment, cancel: Bool = false, at: Duration
    ) -> OrderPlaces.Place {
      places.take(segment, isCancellation: cancel, at: at, before: at)
    }
    for _ in 0..<5 { #expect(take(asha, at: now) == .at(now)) }
    let third = Duration.seconds(1) / 3
    for _ in 0..<2 { #expect(take(asha, at: now) == .notBefore(now + third)) }
    for _ in 0..<2 { #expect(take(asha, cancel: true, at: now) == .at(now)) }
    #expect(take(asha, cancel: true, at: now) == .notBefore(now + third))
    #expect(take(asha, at: now) == .notBefore(now + third * 3))
    #expect(take(.init(account: "asha", exchange: "NF"), at: now) == .at(now))
    #expect(take(.init(account: "ravi", exchange: "NC"), at: now) == .at(now))
    #expect(take(asha, at: now + third * 3) == .at(now + third * 3))
  }

  /// Above ten a second a program must be registered with the exchange.
  @Test(arguments: 1...10)
  func `never lets more than ten out in any second`(_ rate: Int) {
    var places = OrderPlaces(perSecond: rate)
    var sent: [Duration] = []
    var random = SeededBytes(seed: UInt64(rate))
    var now = Duration.seconds(100)
    for _ in 0..<4000 {
      now += .milliseconds(Int(random.next()) / 8)
      let isCancellation = random.next() % 3 == 0
      if case .at(let due) = places.take(
        asha, isCancellation: isCancellation, at: now, before: now)
      {
        sent.append(due)
      }
    }
    let most = sent.indices.map { first in
      sent[first...].prefix { $0 < sent[first] + .seconds(1) }.count
    }.max()
    #expect((most ?? 0) <= 10)
    #expect(sent.count > 50)
  }

  @Test(arguments: [0, 11, -1, 1000])
  func `above the ceiling is refused`(_ rate: Int) {
    #expect(
      throws: SharekhanSettings.Problem(
        description: "\(rate) orders a second; allowed are 1 to 10, "
          + "more needs the exchange's registration")
    ) { try SharekhanSettings(ordersPerSecond: rate).check() }
  }
}
