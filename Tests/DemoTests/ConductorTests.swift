import Demo
import Testing
import TradingTime

@Suite(.timeLimit(.minutes(10)))
struct `Leading a day that is played` {
  struct Case: Sendable, CustomTestStringConvertible {
    let id: String
    var now = "10:00:00"
    var stopsAt: String? = "10:00:00"
    var isBusy = false
    var due: String?
    var ready: String?
    var isOver = false
    var end: String? = "18:45:00"
    let step: Conductor.Step

    var testDescription: String { id }
  }

  static let cases = [
    Case(
      id: "a clock that stands goes on to the next slot", due: "10:00:15",
      step: .go(until: at("10:00:15"))),
    Case(
      id: "but only to a retry that comes before it", due: "10:05:00", ready: "10:00:07",
      step: .go(until: at("10:00:07"))),
    Case(
      id: "it stands while anything is under way", isBusy: true, due: "10:00:15", step: .stay),
    Case(
      id: "it is stopped where it is when something begins on the way", now: "10:00:04",
      stopsAt: "10:00:15", isBusy: true, due: "10:00:15", step: .hold),
    Case(
      id: "on the way it is left alone", now: "10:00:04", stopsAt: "10:00:15", due: "10:00:15",
      step: .stay),
    Case(
      id: "a slot that is owed is waited for", due: "10:00:00", step: .stay),
    Case(
      id: "also by a clock that would go on", stopsAt: "10:00:30", due: "10:00:00", step: .hold),
    Case(
      id: "a clock without a stop gets one", stopsAt: nil, due: "10:00:15",
      step: .go(until: at("10:00:15"))),
    Case(
      id: "a stop that lies beyond a new slot is drawn in", now: "10:00:04", stopsAt: "10:05:00",
      due: "10:00:15", step: .go(until: at("10:00:15"))),
    Case(
      id: "it never goes beyond the day's end", now: "18:00:00", stopsAt: "18:00:00", due: nil,
      step: .go(until: at("18:45:00"))),
    Case(
      id: "with nothing in sight it goes on by the hour", due: nil, end: nil,
      step: .go(until: at("11:00:00"))),
    Case(
      id: "the day is over when its last run is", due: "10:00:15", isOver: true,
      step: .finish(completely: true)),
    Case(
      id: "but not before what runs beside it", isBusy: true, isOver: true, step: .stay),
    Case(
      id: "at its end the day is over whatever is missing", now: "18:45:00", stopsAt: "18:45:00",
      ready: "18:45:01", step: .finish(completely: false)),
  ]

  @Test(arguments: cases)
  func `the next step follows from what is owed`(_ this: Case) {
    let conductor = Conductor(end: this.end.map { at($0) })
    let facts = Conductor.Facts(
      now: at(this.now), notAfter: this.stopsAt.map { at($0) }, isBusy: this.isBusy,
      nextDueAt: this.due.map { at($0) }, nextReadyAt: this.ready.map { at($0) },
      isOver: this.isOver)
    #expect(conductor.step(facts) == this.step, "\(this.id)")
  }

  /// A desk of one job whose runs take from nothing to four looks, on a clock so fast that it is at
  /// its stop whenever somebody looks.
  @Test func `however slow the work, each slot begins at its own moment`() {
    let conductor = Conductor()
    let slots = (1...200).map { at("10:00:00") + .seconds(15 * $0) }
    var desk = (next: 0, left: 0, began: [Instant]())
    var clock = (now: at("10:00:00"), stop: at("10:00:00"))
    for look in 0..<2000 where desk.next < slots.count || desk.left > 0 {
      if desk.left > 0 { desk.left -= 1 }
      // Whoever decides does not come by at every look.
      if desk.next < slots.count, slots[desk.next] <= clock.now, look % 3 != 0 {
        desk.began.append(clock.now)
        desk.left = desk.next % 5
        desk.next += 1
      }
      let facts = Conductor.Facts(
        now: clock.now, notAfter: clock.stop, isBusy: desk.left > 0,
        nextDueAt: desk.next < slots.count ? slots[desk.next] : nil)
      if case .go(let until) = conductor.step(facts) { clock = (until, until) }
    }
    #expect(desk.began == slots)
  }
}
