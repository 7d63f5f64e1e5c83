package import TradingTime

/// How one layer went.
package struct LayerOutcome: Hashable, Sendable {
  package enum State: Hashable, Sendable {
    case compared(matched: Int, broken: Int)
    /// No data worth comparing: neither a match nor a break, and it blocks signing off.
    case notComparable(reason: String)
    /// Nothing to expect yet, or shown for information only.
    case informational(reason: String)
  }

  package let layer: ReconciliationLayer
  package let state: State
}

/// The first line of the day's end.
package enum ReconciliationVerdict: Hashable, Sendable {
  case clean
  /// Only differences that their class explains.
  case explained(Int)
  case breaks(critical: Int, high: Int, medium: Int)
  case notComparable([ReconciliationLayer])

  package var line: String {
    switch self {
    case .clean: "CLEAN"
    case .explained(let count): "EXPLAINED \(count)"
    case .breaks(let critical, let high, let medium):
      "BREAKS \(critical + high + medium) ("
        + [(critical, "critical"), (high, "high"), (medium, "medium")].filter { $0.0 > 0 }
        .map { "\($0.0) \($0.1)" }.joined(separator: ", ") + ")"
    case .notComparable(let layers):
      "NOT COMPARABLE: \(layers.map(\.rawValue).joined(separator: ", "))"
    }
  }

  /// The verdict of a set of open breaks: real breaks first, since a missing layer must not hide
  /// them; then missing data; then what is merely explained.
  package init(_ open: some Sequence<(DiscrepancyIdentity, DiscrepancyType, Severity)>) {
    let open = Array(open)
    let missing = open.filter { $0.1 == .notComparable }
    let real = open.filter { $0.1 != .notComparable && $0.2 > .info }
    if !real.isEmpty {
      self = .breaks(
        critical: real.count { $0.2 == .critical }, high: real.count { $0.2 == .high },
        medium: real.count { $0.2 == .medium })
    } else if !missing.isEmpty {
      self = .notComparable(
        missing.compactMap { ReconciliationLayer(rawValue: $0.0.key) }
          .sorted { $0.rawValue < $1.rawValue })
    } else {
      self = open.isEmpty ? .clean : .explained(open.count)
    }
  }
}

/// What one comparison of both books found.
package struct ReconciliationResult: Hashable, Sendable {
  package let accountID: String
  package let layers: [LayerOutcome]
  /// Worst first.
  package let discrepancies: [Discrepancy]
  /// What was looked at in the order and fill layers and agrees.
  package let matched: Set<DiscrepancyIdentity>

  package var verdict: ReconciliationVerdict {
    ReconciliationVerdict(discrepancies.map { ($0.identity, $0.type, $0.severity) })
  }

  /// Whether this comparison shows that a break is gone. Silence is enough where a whole book was
  /// compared; an order or a fill of an earlier day is gone only if it was looked at and agrees.
  package func confirmsGone(_ identity: DiscrepancyIdentity) -> Bool {
    guard identity.accountID == accountID,
      !discrepancies.contains(where: { $0.identity == identity })
    else { return false }
    switch identity.layer {
    case .completeness: return isCompared(ReconciliationLayer(rawValue: identity.key))
    case .orders, .fills: return matched.contains(identity)
    case .positions, .holdings, .cash: return isCompared(identity.layer)
    }
  }

  /// Layers of which neither a match nor a break is known.
  package var notComparable: [ReconciliationLayer] {
    layers.compactMap { outcome in
      if case .notComparable = outcome.state { outcome.layer } else { nil }
    }
  }

  /// Whether an order of ours that only lagged behind is of no interest any more: a later session's
  /// orders were compared, and no book will ever show it again.
  package func isPast(
    _ identity: DiscrepancyIdentity, _ type: DiscrepancyType, lastSeenOn: CivilDate,
    comparing session: CivilDate
  ) -> Bool {
    identity.layer == .orders && type == .timing && lastSeenOn < session && isCompared(.orders)
  }

  private func isCompared(_ layer: ReconciliationLayer?) -> Bool {
    layers.contains {
      guard $0.layer == layer, case .compared = $0.state else { return false }
      return true
    }
  }
}

extension LedgerBooks {
  /// Compares our books with the broker's: completeness first, then layer by layer. `marks` price
  /// what a difference is worth; a missing one leaves the worth open and hides nothing.
  package func reconcile(
    with broker: BrokerBooks, marks: [InstrumentKey: Money] = [:]
  ) -> ReconciliationResult {
    let comparisons: [(ReconciliationLayer, LayerComparison)] = [
      (.orders, compare(.orders, broker.orders, isHeld: holdsOrders) { compareOrders($0) }),
      (
        .fills,
        compare(.fills, broker.orders, isHeld: holdsOrders) {
          compareFills(ExecutedTotal.ofOrders($0))
        }
      ),
      (
        .positions,
        compare(.positions, broker.positions, isHeld: expectsPositions) {
          comparePositions($0, marks: marks)
        }
      ),
      (.holdings, compareHoldings(broker.holdings)),
    ]
    let layers = comparisons.map { LayerOutcome(layer: $0.0, state: $0.1.state) }
    return ReconciliationResult(
      accountID: accountID,
      layers: layers + [LayerOutcome(layer: .cash, state: cashState(broker.funds))],
      discrepancies: comparisons.flatMap(\.1.found).sorted(by: Discrepancy.worstFirst),
      matched: Set(comparisons.flatMap(\.1.matched)))
  }

  private func cashState(_ funds: BookAnswer<BrokerFunds>) -> LayerOutcome.State {
    switch funds {
    case .rows(let rows, _):
      .informational(reason: "\(rows.count) limit statements; no cash journal to compare with")
    case .missing(let reason): .informational(reason: reason)
    }
  }
}
