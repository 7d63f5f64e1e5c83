/// What job files may name, as values: the runner and the lint learn it here and know no unit by name.
package struct UnitCatalogue: Sendable {
  package var units: [UnitDescription]
  /// What `for_each` may name, such as `account`.
  package var items: [String]
  /// What `needs: { fresh: … }` may name, such as `positions`.
  package var freshness: [String]
  /// What `needs: { gates: … }` may name, such as `kill-switch-off`.
  package var gates: [String]

  package init(
    units: [UnitDescription] = [], items: [String] = [], freshness: [String] = [],
    gates: [String] = []
  ) {
    self.units = units
    self.items = items
    self.freshness = freshness
    self.gates = gates
  }

  package func unit(_ name: String) -> UnitDescription? { units.first { $0.name == name } }
}

/// A built-in unit as a job file sees it.
package struct UnitDescription: Hashable, Sendable {
  package enum ParameterKind: String, Sendable {
    case text, integer, decimal, boolean, duration, list
  }

  package struct Parameter: Hashable, Sendable {
    package var name: String
    package var kind: ParameterKind
    package var summary: String
    package var isRequired: Bool

    package init(
      _ name: String, _ kind: ParameterKind, _ summary: String, isRequired: Bool = false
    ) {
      self.name = name
      self.kind = kind
      self.summary = summary
      self.isRequired = isRequired
    }
  }

  package var name: String
  package var summary: String
  package var isIdempotent: Bool
  package var resultKind: String
  package var parameters: [Parameter]

  package init(
    name: String, summary: String, isIdempotent: Bool, resultKind: String,
    parameters: [Parameter] = []
  ) {
    self.name = name
    self.summary = summary
    self.isIdempotent = isIdempotent
    self.resultKind = resultKind
    self.parameters = parameters
  }
}
