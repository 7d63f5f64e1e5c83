/// Both books as one text, equal for equal books in whatever order they came: its digest says
/// whether a comparison would find anything new. When the answers were fetched is part of it only as
/// far as it decided what could be compared.
extension LedgerBooks {
  package func comparisonText(
    with broker: BrokerBooks, notComparable: [ReconciliationLayer]
  ) -> String {
    let ours =
      orders.map { "our order \($0)" } + (fills + earlierFills).map { "our fill \($0)" }
      + positions.map { "our position \($0)" }
      + (holdings?.map { "our holding \($0)" } ?? ["our holdings none"])
    let theirs =
      broker.orders.comparisonLines("order") + broker.positions.comparisonLines("position")
      + broker.holdings.comparisonLines("holding")
    let left = notComparable.map { "not comparable \($0.rawValue)" }
    return (["\(accountID) \(session)"] + ours.sorted() + theirs.sorted() + left.sorted())
      .joined(separator: "\n")
  }
}

extension BookAnswer {
  fileprivate func comparisonLines(_ name: String) -> [String] {
    switch self {
    case .rows(let rows, _): ["their \(name) book"] + rows.map { "their \(name) \($0)" }
    case .missing(let reason): ["their \(name) book missing: \(reason)"]
    }
  }
}
