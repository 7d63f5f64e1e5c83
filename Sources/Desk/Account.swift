/// One person's account at the broker. `id` is the short name used in job files, tables and
/// messages; `customerID` is the number the broker knows and appears only in requests to it.
package struct Account: Hashable, Sendable, Codable {
  package let id: String
  package let customerID: String
  package let name: String
  package let mode: Mode
  package let isEnabled: Bool

  package init(
    id: String, customerID: String, name: String = "", mode: Mode, isEnabled: Bool = true
  ) {
    self.id = id
    self.customerID = customerID
    self.name = name.isEmpty ? id : name
    self.mode = mode
    self.isEnabled = isEnabled
  }

  /// The broker's customer numbers go into the paths of requests.
  package static func isUsable(customerID: String) -> Bool {
    (1...20).contains(customerID.utf8.count)
      && customerID.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  /// Short names end up in lock names, file names and URLs: lower-case letters, digits and inner
  /// hyphens, 32 characters at most.
  package static func isUsable(id: String) -> Bool {
    let bytes = Array(id.utf8)
    guard (1...32).contains(bytes.count), bytes.first != UInt8(ascii: "-"),
      bytes.last != UInt8(ascii: "-")
    else { return false }
    return bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"):
        true
      default: false
      }
    }
  }
}
