import TradingTime

/// What a market, as one window sees it, does on a date.
struct DayPhases {
  let window: Window
  let calendar: TradingCalendar
  let date: CivilDate
  private let spans: [PhaseSpan]

  init(_ window: Window, _ calendar: TradingCalendar, _ date: CivilDate) {
    (self.window, self.calendar, self.date) = (window, calendar, date)
    spans = calendar.session(on: date)?.phases(of: window.instrumentClass) ?? []
  }

  var session: Session? { calendar.session(on: date) }

  /// The instants at which the phase changes.
  var borders: [Instant] { Set(spans.flatMap { [$0.start, $0.end] }).sorted() }

  /// Steps of a phase are told apart only where they are what differs.
  func name(at instant: Instant) -> String {
    guard !spans.isEmpty else { return dayName }
    let names = spans.filter { $0.contains(instant) }.map(\.name)
    return names.isEmpty ? outside(at: instant).words : names.joined(separator: ", ")
  }

  func kinds(at instant: Instant) -> Set<PhaseKind> {
    Set(spans.filter { $0.contains(instant) }.map(\.kind))
  }

  /// Where in the session's day an instant lies, if in no phase.
  enum Outside: Hashable {
    case beforeOpen, between, afterClose

    var words: String {
      switch self {
      case .beforeOpen: "before the open"
      case .between: "between phases"
      case .afterClose: "after the close"
      }
    }
  }

  func outside(at instant: Instant) -> Outside {
    guard let session else { return .between }
    let open = session.open(class: window.instrumentClass) ?? session.open
    let close = session.close(class: window.instrumentClass) ?? session.close
    return instant < open ? .beforeOpen : instant >= close ? .afterClose : .between
  }

  private var dayName: String {
    switch calendar.day(date) {
    case .session: "no trading of this class"
    case .holiday: "holiday"
    case .weekend: "weekend"
    case .hoursUnknown: "hours not loaded"
    case .outsideCoverage: "beyond the calendar"
    }
  }
}
