import DeskStore
import TradingTime

/// One answer in the vault, as a line, as a page and as JSON.
struct VaultEntryView: Encodable {
  let entry: VaultEntry
  var body: String?

  init(_ entry: VaultEntry) {
    self.entry = entry
  }

  enum CodingKeys: String, CodingKey {
    case id, account, book, request, status
    case requestedAt = "requested_at"
    case receivedAt = "received_at"
    case businessDate = "business_date"
    case sha256, size
    case rowCount = "row_count"
    case body
  }

  func encode(to encoder: any Encoder) throws {
    var keys = encoder.container(keyedBy: CodingKeys.self)
    try keys.encode(entry.id, forKey: .id)
    try keys.encodeIfPresent(entry.accountID, forKey: .account)
    try keys.encode(entry.book, forKey: .book)
    try keys.encode(entry.request, forKey: .request)
    try keys.encode(entry.status, forKey: .status)
    try keys.encode(entry.requestedAt, forKey: .requestedAt)
    try keys.encode(entry.receivedAt, forKey: .receivedAt)
    try keys.encode(entry.session, forKey: .businessDate)
    try keys.encode(entry.sha256, forKey: .sha256)
    try keys.encode(entry.size, forKey: .size)
    try keys.encodeIfPresent(entry.rows, forKey: .rowCount)
    try keys.encodeIfPresent(body, forKey: .body)
  }

  static func table(_ entries: [VaultEntry], _ zone: ZoneRules) -> String {
    var table = Table([
      ("ANSWER", .right), ("RECEIVED", .left), ("ACCOUNT", .left), ("BOOK", .left),
      ("STATUS", .right), ("ROWS", .right), ("BYTES", .right), ("REQUEST", .left),
    ])
    for entry in entries {
      table.add(
        "\(entry.id)", entry.receivedAt.words(in: zone), entry.accountID, entry.book,
        "\(entry.status)", entry.rows.map { "\($0)" }, "\(entry.size)", entry.request)
    }
    return table.text
  }

  func text(_ zone: ZoneRules) -> String {
    let lines = [
      ("answer", "\(entry.id)"), ("account", entry.accountID ?? "everybody"),
      ("book", entry.book), ("request", entry.request), ("status", "\(entry.status)"),
      ("requested", entry.requestedAt.rfc3339(in: zone)),
      ("received", entry.receivedAt.rfc3339(in: zone)), ("session", "\(entry.session)"),
      ("rows", entry.rows.map { "\($0)" } ?? "not read, or it does not read"),
      ("sha256", entry.sha256), ("bytes", "\(entry.size)"),
    ]
    return lines.map { "\($0.0.padded(to: 9)) \($0.1)" }.joined(separator: "\n")
      + (body.map { "\n\n\($0)" } ?? "")
  }
}
