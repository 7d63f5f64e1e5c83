import Glibc

/// What keeps the demo from starting, with the way out.
package struct DemoProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Kind: Sendable {
    /// A program or a server is missing, or died.
    case unavailable
    /// Another demo has the folder.
    case busy
    /// The machine, or what was asked for, does not allow it.
    case configuration
  }

  package let kind: Kind
  package let description: String

  package init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// With the system's words for the call that has just failed.
  static func system(_ what: String, _ number: Int32) -> DemoProblem {
    DemoProblem(.configuration, "\(what): \(String(cString: strerror(number)))")
  }
}
