import Desk

/// What an answer to an order means. Only what proves acceptance is `accepted`, only what is known
/// to mean no is `rejected`, and everything else is `unclear`: a guess in either direction loses an
/// order or makes a second one.
enum OrderAnswer {
  static func outcome(status: Int, body: [UInt8]) -> OrderOutcome {
    guard let json = try? JSONReader.read(body), case .object = json else {
      return .unclear(why: "HTTP \(status) with \(Answer.described(body))")
    }
    if let refusal = KnownRefusal.all.first(where: { $0.fits(status, json) }) {
      return .rejected(reason: refusal.reason(json))
    }
    let inner = json["status"]?.scalar
    let kind = ["errorType", "error_type", "errorcode"].lazy.compactMap { json[$0]?.scalar }.first
    let isSuccess =
      (200...299).contains(status) && kind == nil
      && inner.map { Int($0).map((200...299).contains) ?? false } ?? true
    guard isSuccess else {
      let words = [json["message"]?.scalar, kind, json["detail"]?.scalar].compactMap(\.self)
      let text = words.isEmpty ? " without a reason" : ": " + words.joined(separator: ", ")
      return .unclear(why: Shown.text("HTTP \(status)\(text)"))
    }
    guard let data = json["data"], case .object = data else {
      return .unclear(why: "HTTP \(status) without an order in it")
    }
    return outcome(data, status)
  }

  private static func outcome(_ data: JSON, _ status: Int) -> OrderOutcome {
    if let id = data["orderId"]?.scalar, isOrderID(id) {
      return .accepted(
        orderID: id, rmsCode: data["rmscode"]?.scalar ?? data["rmsCode"]?.scalar ?? "")
    }
    let text = data["errormsg"]?.scalar ?? data["errorMsg"]?.scalar
    guard let text, !text.lowercased().contains("success") else {
      return .unclear(why: "HTTP \(status) without an order number and without a reason")
    }
    guard ["", "0"].contains(data["orderId"]?.scalar ?? "") else {
      return .unclear(why: Shown.text("HTTP \(status) with an odd order number: \(text)"))
    }
    return .rejected(reason: Shown.text(text))
  }
}

/// A refusal that was seen and is known to leave nothing at the exchange. Elsewhere an order was
/// placed eight seconds after an answer of 400, so no status means no by itself: a new kind is
/// added here when its answer has been seen and understood.
struct KnownRefusal {
  let status: Int
  let field: String
  let start: String

  static let all = [
    // The token is missing, wrong or over: the door, before any order is looked at.
    KnownRefusal(status: 403, field: "errorType", start: "Access Denied"),
    // The product is not enabled for the account.
    KnownRefusal(status: 400, field: "message", start: "User don't have rights for"),
    // The body could not be bound, so there was no order.
    KnownRefusal(status: 400, field: "detail", start: "Failed to read request"),
  ]

  func fits(_ status: Int, _ body: JSON) -> Bool {
    let inner = body["status"]?.scalar.flatMap { Int($0) } ?? status
    // The status may stand inside an answer of 200.
    guard inner == self.status, status == inner || status == 200 else { return false }
    return body[field]?.scalar?.hasPrefix(start) == true && (body["data"] ?? .null) == .null
  }

  func reason(_ body: JSON) -> String {
    Shown.text("\(status): \(body[field]?.scalar ?? start)")
  }
}
