package import Jobs
package import Postgres
package import TradingTime

/// Everything this process can run and read, by the names job files use.
///
/// The runner knows no unit, item or gate by itself: the desk wing fills this in, and a runner
/// claims only runs whose unit is on its shelves.
package struct Workshop: Sendable {
  package private(set) var catalogue = UnitCatalogue()
  private var units: [String: any WorkUnit] = [:]
  private var items: [String: ItemSource] = [:]
  private var freshness: [String: Gate] = [:]
  private var gates: [String: Gate] = [:]
  private var signedIn: Gate?

  package init() {}

  package mutating func add(_ unit: any WorkUnit, as description: UnitDescription) {
    units[description.name] = unit
    catalogue.units.append(description)
  }

  package mutating func add(_ source: ItemSource) {
    items[source.name] = source
    catalogue.items.append(source.name)
  }

  package mutating func add(freshness gate: Gate) {
    freshness[gate.name] = gate
    catalogue.freshness.append(gate.name)
  }

  package mutating func add(gate: Gate) {
    gates[gate.name] = gate
    catalogue.gates.append(gate.name)
  }

  package mutating func set(signedIn gate: Gate) { signedIn = gate }

  package func unit(named name: String) -> (any WorkUnit)? { units[name] }
  package func source(named name: String) -> ItemSource? { items[name] }

  /// What is wrong with the item a run is asked for: such a run could never be prepared, and would
  /// wait for ever. Nil where nothing is.
  package func objection(
    toItem item: String?, of job: Job, on pool: Pool
  ) async throws -> String? {
    guard let kind = job.forEach else {
      return item.map { "'\($0)': job '\(job.name)' has no for_each" }
    }
    guard let source = items[kind] else { return "this muhurat cannot list '\(kind)'" }
    guard let item else { return "job '\(job.name)' runs once for each \(kind)" }
    let known = try await source.list(pool)
    guard !known.contains(item) else { return nil }
    return known.isEmpty
      ? "no enabled \(kind); run: muhurat \(kind) add"
      : "no enabled \(kind) '\(item)'; there are: \(known.joined(separator: ", "))"
  }

  /// What is wrong with a parameter of that name; nil where nothing is, or nobody knows.
  package func objection(toParameter key: String, of job: Job) -> String? {
    guard case .unit(let name) = job.work, let unit = catalogue.unit(name),
      !unit.parameters.contains(where: { $0.name == key })
    else { return nil }
    let known = unit.parameters.map(\.name).joined(separator: ", ")
    return "\(key): '\(name)' takes \(known.isEmpty ? "no parameters" : known)"
  }

  /// Whether this process can do a job's work at all.
  package func knows(_ job: Job) -> Bool {
    if let source = job.forEach, items[source] == nil { return false }
    guard case .unit(let name) = job.work else { return true }
    return units[name] != nil
  }

  /// The first condition of `needs` that is closed, with the value seen; nil if all are open.
  package func closedNeed(of job: Job, item: String?, on database: any Queryable) async throws
    -> String?
  {
    for (gate, within) in try wanted(by: job.needs) {
      let question = GateQuestion(job: job.name, item: item, within: within)
      if case .closed(let seen) = try await gate.read(question, database) { return seen }
    }
    return nil
  }

  /// Why an item is not signed in; nil if it is, or if nobody here can tell.
  ///
  /// - Parameter end: until when the sign-in has to last; nil: it is asked about now.
  package func notSignedIn(
    job: String, item: String?, through end: Instant? = nil, on database: any Queryable
  ) async throws -> String? {
    let question = GateQuestion(job: job, item: item, through: end)
    guard let signedIn, case .closed(let seen) = try await signedIn.read(question, database) else {
      return nil
    }
    return seen
  }

  private func wanted(by needs: Needs) throws -> [(Gate, Duration?)] {
    var wanted: [(Gate, Duration?)] = []
    if needs.signedIn { wanted.append((try known(signedIn, "signed_in"), nil)) }
    for fresh in needs.fresh {
      wanted.append((try known(freshness[fresh.of], "fresh: \(fresh.of)"), fresh.within))
    }
    for name in needs.gates { wanted.append((try known(gates[name], "gate \(name)"), nil)) }
    return wanted
  }

  /// A condition that cannot be read is not open.
  private func known(_ gate: Gate?, _ name: String) throws -> Gate {
    guard let gate else { throw UnitFailure("this muhurat cannot read '\(name)'") }
    return gate
  }
}
