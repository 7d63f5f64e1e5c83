/// What an operator asked for cannot be done as things stand: place, value, way out.
package struct OperatorRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
