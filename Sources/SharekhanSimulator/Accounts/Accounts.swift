/// The customers the broker knows: 1000001, 1000002, …
struct Accounts: Sendable {
  let count: Int

  static let first = 1_000_001

  func index(of customer: String) -> Int? {
    guard let number = Int(customer), customer == String(number),
      (Accounts.first..<Accounts.first + count).contains(number)
    else { return nil }
    return number - Accounts.first
  }

  static func customer(_ index: Int) -> Int {
    first + index
  }

  static func login(_ index: Int) -> String {
    "SIM\(customer(index))"
  }
}
