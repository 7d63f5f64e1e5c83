/// What a client says on the socket: `{"action": …, "key": […], "value": […]}`. Values may be one
/// string with commas, several strings, or numbers; all are in use.
enum StreamMessage: Sendable, Equatable {
  /// The modules that answers and ticks belong to.
  case subscribe([String])
  case watch([QuoteRow.Mode], [String])
  case acknowledge([String])
  case unsubscribe([String], [String])
  /// A word or an action that means nothing here, such as the Python library's own `fetch`, or a
  /// `heartbeat`: passed over in silence.
  case nothing
  case unreadable

  init(_ text: String) {
    if text == "heartbeat" || text == "ping" {
      self = .nothing
      return
    }
    guard let json = JSON(reading: text.utf8), case .object = json,
      let keys = StreamMessage.words(json["key"]), let values = StreamMessage.words(json["value"])
    else {
      self = JSON(reading: text.utf8)?["action"] == nil ? .unreadable : .nothing
      return
    }
    switch json["action"]?.scalarText {
    case "subscribe": self = .subscribe(keys)
    case "feed": self = .watch(keys.compactMap(QuoteRow.Mode.init), values)
    case "ack": self = .acknowledge(values)
    case "unsubscribe": self = .unsubscribe(keys, values)
    case nil: self = .unreadable
    default: self = .nothing
    }
  }

  private static func words(_ json: JSON?) -> [String]? {
    let items: [JSON]
    switch json {
    case nil, .null: items = []
    case .array(let several): items = several
    case .some(let one): items = [one]
    }
    var words: [String] = []
    for item in items {
      guard let text = item.scalarText else { return nil }
      words += text.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    }
    return words
  }
}
