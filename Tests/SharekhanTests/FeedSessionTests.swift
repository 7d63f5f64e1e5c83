import Desk
import Testing
import TradingTime

@testable import Sharekhan

@Suite(.timeLimit(.minutes(10))) struct `A connection's conversation` {
  private func keys(_ codes: Int64...) -> Set<InstrumentKey> {
    Set(codes.map { InstrumentKey(exchange: "NC", scripCode: $0) })
  }

  private let subscription = FeedSession.Action.send(
    #"{"action":"subscribe","key":["feed","ack"],"value":[""]}"#)

  private func feed(_ value: String, _ action: String = "feed") -> FeedSession.Action {
    .send(#"{"action":"\#(action)","key":["ltp"],"value":["\#(value)"]}"#)
  }

  private let orders = FeedSession.Action.send(
    #"{"action":"ack","key":[""],"value":["1000001"]}"#)

  @Test func `it asks for everything once it is subscribed`() {
    var session = FeedSession(wanted: keys(2885, 22), customerID: "1000001")
    #expect(session.opened(at: .seconds(1)) == [subscription])
    #expect(session.heard(.connected, at: .seconds(1)) == [])
    #expect(
      session.heard(.subscribed([.feed, .ack]), at: .seconds(2)) == [orders, feed("NC22,NC2885")])
    #expect(session.heard(.subscribed([.feed, .ack]), at: .seconds(3)) == [], "asked twice")
  }

  @Test func `a quote counts as the answer, and so does patience`() {
    var early = FeedSession(wanted: keys(1), customerID: nil)
    #expect(
      early.opened(at: .zero) == [.send(#"{"action":"subscribe","key":["feed"],"value":[""]}"#)])
    #expect(early.heard(.items([]), at: .seconds(1)) == [feed("NC1")])

    var patient = FeedSession(wanted: keys(1), customerID: "1000001")
    _ = patient.opened(at: .zero)
    #expect(patient.passed(to: .seconds(4)) == [])
    #expect(
      patient.passed(to: .seconds(5)) == [
        .remark("the subscription was not answered"), orders, feed("NC1"),
      ])
    #expect(patient.passed(to: .seconds(6)) == [])
  }

  @Test func `orders that are not followed are remarked upon`() {
    var session = FeedSession(wanted: [], customerID: "1000001")
    _ = session.opened(at: .zero)
    #expect(
      session.heard(.subscribed([.feed]), at: .zero) == [
        .remark("the broker did not subscribe us to acknowledgements"), orders,
      ])
  }

  @Test func `many instruments go in pieces, changes as changes`() {
    var limits = FeedSession.Limits()
    limits.chunk = 2
    var session = FeedSession(wanted: keys(1, 2, 3), customerID: nil, limits: limits)
    _ = session.opened(at: .zero)
    #expect(session.follow(keys(1, 2, 3, 4, 5)) == [], "nothing is asked before the answer")
    #expect(
      session.heard(.subscribed([.feed]), at: .zero) == [
        feed("NC1,NC2"), feed("NC3,NC4"), feed("NC5"),
      ])
    #expect(session.follow(keys(2, 3, 4, 5, 6)) == [feed("NC1", "unsubscribe"), feed("NC6")])
    #expect(session.follow(keys(2, 3, 4, 5, 6)) == [])
  }

  @Test func `depth is asked for beside quotes, and missed where it does not come`() {
    var session = FeedSession(wanted: keys(1, 2), customerID: nil, modes: [.quotes, .depth])
    _ = session.opened(at: .zero)
    func depth(_ value: String, _ action: String = "feed") -> FeedSession.Action {
      .send(#"{"action":"\#(action)","key":["depth"],"value":["\#(value)"]}"#)
    }
    #expect(session.heard(.subscribed([.feed]), at: .zero) == [feed("NC1,NC2"), depth("NC1,NC2")])
    #expect(
      session.follow(keys(2, 3)) == [
        feed("NC1", "unsubscribe"), depth("NC1", "unsubscribe"), feed("NC3"), depth("NC3"),
      ])
    #expect(session.passed(to: .seconds(29)) == [], "no quote came either")
    let odd = #"{"data":{"scripCode":2,"book":["an","unforeseen","form"]}}"#
    for spelled in ["{}", odd, "{}"] {
      _ = session.heard(
        .items([quote(levels: false)]), spelled: Array(spelled.utf8), at: .seconds(29))
    }
    let noDepth = FeedSession.Action.remark(
      "no depth that we can read came for 60 s, though asked for; the longest message was: \(odd)")
    #expect(!session.passed(to: .seconds(88)).contains(noDepth))
    var lucky = session
    #expect(session.passed(to: .seconds(89)) == [noDepth])
    #expect(!session.passed(to: .seconds(100)).contains(noDepth), "said twice")
    _ = lucky.heard(.items([quote(levels: true)]), at: .seconds(88))
    #expect(!lucky.passed(to: .seconds(100)).contains(noDepth), "it came")
  }

  private func quote(levels: Bool) -> FeedItem {
    let now = Instant(secondsSinceEpoch: 0)
    var tick = Tick(key: InstrumentKey(exchange: "NC", scripCode: 2), receivedAt: now)
    tick.depth = Depth(
      bids: DepthSide(levels: [], toldAt: now, levelsToldAt: levels ? now : nil), asks: nil)
    return .quote(tick)
  }

  @Test func `it pings, and gives a silent connection up`() {
    var session = FeedSession(wanted: [], customerID: nil)
    _ = session.opened(at: .seconds(100))
    _ = session.heard(.subscribed([.feed]), at: .seconds(100))
    #expect(session.passed(to: .seconds(129)) == [])
    #expect(session.passed(to: .seconds(130)) == [.ping])
    #expect(session.passed(to: .seconds(131)) == [])
    _ = session.heard(.heartbeat, at: .seconds(150))
    #expect(session.passed(to: .milliseconds(239_999)) == [.ping])
    #expect(session.passed(to: .seconds(240)) == [.leave("nothing came for 90 s")])
  }

  @Test func `waiting grows, by chance, to a limit, and shrinks after a good connection`() {
    var backoff = FeedBackoff()
    #expect(
      (1...8).map { _ in backoff.next(chance: 0) }
        == [0.5, 1, 2, 4, 8, 16, 30, 30].map(Duration.seconds))
    #expect(backoff.next(chance: 1) == .seconds(60))
    backoff.ended(after: .seconds(59))
    #expect(backoff.next(chance: 1) == .seconds(60))
    backoff.ended(after: .seconds(60))
    #expect(backoff.next(chance: 1) == .seconds(1))
  }
}

@Suite(.timeLimit(.minutes(10))) struct `Which connection follows what` {
  private func account(_ id: String) -> Account {
    Account(id: id, customerID: "1000001", name: id, mode: .paper)
  }

  private func keys(_ range: Range<Int64>) -> Set<InstrumentKey> {
    Set(range.map { InstrumentKey(exchange: "NF", scripCode: $0) })
  }

  private func shown(_ plan: FeedPlan) -> [String] {
    plan.lines.map { "\($0.key.account.id)/\($0.key.number) \($0.value.count)" }.sorted()
  }

  @Test func `each account has a connection, and each connection at most a thousand instruments`() {
    let two = [account("asha"), account("ravi")]
    let plan = FeedPlan().changed(to: FeedWish(accounts: two, keys: keys(0..<2500)))
    #expect(shown(plan) == ["asha/1 1000", "asha/2 500", "ravi/1 1000"])
    #expect(Set(plan.lines.values.flatMap { $0 }) == keys(0..<2500))
    let few = FeedPlan().changed(to: FeedWish(accounts: two, keys: keys(0..<3)))
    #expect(shown(few) == ["asha/1 3", "ravi/1 0"])
    #expect(shown(few.changed(to: FeedWish())) == [])
  }

  @Test func `what is followed stays where it is`() {
    let wish = FeedWish(accounts: [account("asha")], keys: keys(0..<1500))
    let before = FeedPlan().changed(to: wish)
    let after = before.changed(
      to: FeedWish(accounts: wish.accounts, keys: keys(100..<1500).union(keys(5000..<5010))))
    for (line, keys) in before.lines {
      let kept = keys.subtracting(self.keys(0..<100))
      #expect(after.lines[line]?.isSuperset(of: kept) == true)
    }
    #expect(after.lines.values.reduce(0) { $0 + $1.count } == 1410)
  }

  @Test func `what finds no connection is counted`() {
    let crowd = (0..<70).map { account("a\($0)") }
    let plan = FeedPlan().changed(to: FeedWish(accounts: crowd, keys: keys(0..<64_007)))
    #expect(plan.accountsLeftOut == 6 && plan.instrumentsLeftOut == 7 && plan.lines.count == 64)
    #expect(
      FeedPlan().changed(to: FeedWish(accounts: [], keys: keys(0..<5))).instrumentsLeftOut == 5)
  }
}

@Suite(.timeLimit(.minutes(10))) struct `The address of the feed` {
  @Test(arguments: [
    ("wss://stream.example.com/a", "stream.example.com:443 /a true"),
    ("wss://stream.example.com:8443", "stream.example.com:8443 / true"),
    ("ws://127.0.0.1:80/x/y", "127.0.0.1:80 /x/y false"), ("ws://[::1]:7/x", "::1:7 /x false"),
    ("ws://stream.example.com/a", "-"), ("wss://a/b?c=d", "-"), ("wss://user:pass@a/b", "-"),
    ("https://a/b", "-"), ("wss://", "-"), ("", "-"),
  ]) func `only an address that keeps the token secret is used`(
    _ url: String, _ expected: String
  ) {
    let address = try? FeedAddress(url)
    #expect(
      (address.map { "\($0.host):\($0.port) \($0.path) \($0.isSecure)" } ?? "-") == expected)
  }
}
