/// Why an order cannot be what was asked for. All reasons at once: a single one hides the cause.
/// The text names limits, never the order's own terms.
package struct OrderProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package let reasons: [String]

  package var description: String { "no such order: " + reasons.joined(separator: "; ") }

  /// - Throws: if any of the reasons given is one.
  static func check(_ reasons: [String?]) throws(OrderProblem) {
    let reasons = reasons.compactMap(\.self)
    guard reasons.isEmpty else { throw OrderProblem(reasons: reasons) }
  }
}

/// What the exchange's contract allows; lot, tick and freeze quantity are read from the day's
/// master and never computed.
struct ContractRules {
  let instrument: Instrument
  /// The most that one order may hold; nil where the exchange sets none.
  let freezeQuantity: Quantity?

  func objections(
    quantity: Quantity, disclosed: Quantity, limit: Money, trigger: Money?
  ) -> [String?] {
    [
      quantity > 0 ? nil : "the quantity is not positive",
      quantity % max(instrument.lotSize, 1) == 0
        ? nil : "the quantity is no multiple of the lot of \(instrument.lotSize)",
      freezeQuantity.map { quantity <= $0 } ?? true
        ? nil : "the quantity is above the freeze quantity of \(freezeQuantity ?? 0)",
      (0...max(quantity, 0)).contains(disclosed)
        ? nil : "the disclosed quantity is not within the quantity",
      objection(to: limit, "limit"), trigger.flatMap { objection(to: $0, "trigger") },
    ]
  }

  private func objection(to price: Money, _ name: String) -> String? {
    guard price.isPositive else { return "the \(name) is not positive" }
    guard let tick = instrument.tickSize, tick.isPositive else {
      return "the tick of \(instrument.key) is not known; load the master first"
    }
    return price.isMultiple(of: tick) ? nil : "the \(name) is no multiple of the tick of \(tick)"
  }

  /// Whether the exchange trades the instrument in this way at all.
  func objections(typeCode: String?) -> [String?] {
    switch (instrument.kind, instrument.key.isCash) {
    case (.equity, true):
      return [typeCode == nil ? nil : "\(instrument.key) is a share and has no contract type"]
    case (.future, false), (.option, false): break
    default:
      return [
        "\(instrument.key) is no share of a cash exchange and no contract of a derivatives exchange"
      ]
    }
    let isOption = instrument.kind == .option
    return [
      typeCode.map { fits($0, isOption) } ?? false
        ? nil : "\"\(typeCode ?? "")\" is no contract type of \(instrument.key)",
      instrument.expiresOn == nil ? "the expiry of \(instrument.key) is not known" : nil,
      isOption && (instrument.strike == nil || instrument.right == nil)
        ? "strike or right of \(instrument.key) is not known" : nil,
    ]
  }

  private func fits(_ typeCode: String, _ isOption: Bool) -> Bool {
    switch instrument.key.exchange {
    case "NF", "BF": isOption ? ["OI", "OS"].contains(typeCode) : ["FI", "FS"].contains(typeCode)
    case "RN", "RB": typeCode == (isOption ? "OPTCUR" : "FUTCUR")
    // The codes of commodities are the master's; none was ever seen in an order.
    default: typeCode.hasPrefix(isOption ? "O" : "F") && typeCode.allSatisfy(\.isLetter)
    }
  }

  func contract(typeCode: String?) -> ContractTerms? {
    guard let typeCode, let expiresOn = instrument.expiresOn else { return nil }
    var option: ContractTerms.Option?
    if let strike = instrument.strike, let right = instrument.right {
      option = ContractTerms.Option(strike: strike, right: right)
    }
    return ContractTerms(typeCode: typeCode, expiresOn: expiresOn, option: option)
  }
}

extension Account {
  /// The broker wants the number as a number.
  var customerObjection: String? {
    let isNumber =
      (1...18).contains(customerID.utf8.count)
      && customerID.utf8.allSatisfy { (0x30...0x39).contains($0) } && customerID.utf8.first != 0x30
    return isNumber ? nil : "the customer of \(id) is no number of the broker's"
  }
}
