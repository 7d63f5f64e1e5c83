/// A type as the server knows it: its object identifier, with a name for messages.
package struct PostgresType: Hashable, Sendable, CustomStringConvertible {
  package let oid: UInt32

  package init(oid: UInt32) {
    self.oid = oid
  }

  package static let bool = PostgresType(oid: 16)
  package static let bytea = PostgresType(oid: 17)
  package static let char = PostgresType(oid: 18)
  package static let name = PostgresType(oid: 19)
  package static let int8 = PostgresType(oid: 20)
  package static let int2 = PostgresType(oid: 21)
  package static let int4 = PostgresType(oid: 23)
  package static let text = PostgresType(oid: 25)
  package static let json = PostgresType(oid: 114)
  package static let float4 = PostgresType(oid: 700)
  package static let float8 = PostgresType(oid: 701)
  package static let unknown = PostgresType(oid: 705)
  package static let bpchar = PostgresType(oid: 1042)
  package static let varchar = PostgresType(oid: 1043)
  package static let date = PostgresType(oid: 1082)
  package static let timestamp = PostgresType(oid: 1114)
  package static let timestamptz = PostgresType(oid: 1184)
  package static let interval = PostgresType(oid: 1186)
  package static let numeric = PostgresType(oid: 1700)
  package static let uuid = PostgresType(oid: 2950)
  package static let jsonb = PostgresType(oid: 3802)

  /// The type of an array of this; `nil` for types we never put into one.
  package var array: PostgresType? {
    Self.known[oid]?.array.map(PostgresType.init(oid:))
  }

  package var description: String {
    if let known = Self.known[oid] { return known.name }
    if let element = Self.elementNames[oid] { return element + "[]" }
    return "type \(oid)"
  }

  /// Types made in the database, enumerations among them, are numbered from here.
  var isUserDefined: Bool { oid >= 16_384 }

  private static let elementNames: [UInt32: String] = Dictionary(
    uniqueKeysWithValues: known.values.compactMap { type in type.array.map { ($0, type.name) } })

  private static let known: [UInt32: (name: String, array: UInt32?)] = [
    16: ("bool", 1000), 17: ("bytea", 1001), 18: ("char", 1002), 19: ("name", 1003),
    20: ("int8", 1016), 21: ("int2", 1005), 23: ("int4", 1007), 25: ("text", 1009),
    114: ("json", 199), 700: ("float4", 1021), 701: ("float8", 1022), 705: ("unknown", nil),
    1042: ("bpchar", 1014), 1043: ("varchar", 1015), 1082: ("date", 1182), 1083: ("time", 1183),
    1114: ("timestamp", 1115), 1184: ("timestamptz", 1185), 1186: ("interval", 1187),
    1700: ("numeric", 1231), 2278: ("void", nil), 2950: ("uuid", 2951), 3802: ("jsonb", 3807),
  ]
}
