extension Listing {
  /// What is listed: large companies, under the names and codes the exchanges publish.
  static let all: [Listing] = [
    .init("ASIANPAINT", "ASIAN PAINTS LTD", 236, 500820, "INE021A01026", "Consumer", 2668_80),
    .init("AXISBANK", "AXIS BANK LTD", 5900, 532215, "INE238A01034", "Banks", 1223_00),
    .init("BHARTIARTL", "BHARTI AIRTEL LTD", 10604, 532454, "INE397D01024", "Telecom", 1931_00),
    .init("CIPLA", "CIPLA LTD", 694, 500087, "INE059A01026", "Pharmaceuticals", 1393_00),
    .init("COALINDIA", "COAL INDIA LTD", 20374, 533278, "INE522F01014", "Mining", 427_00),
    .init("HCLTECH", "HCL TECHNOLOGIES LTD", 7229, 532281, "INE860A01027", "IT", 1244_00),
    .init("HDFCBANK", "HDFC BANK LTD", 1333, 500180, "INE040A01034", "Banks", 747_00),
    .init("HINDALCO", "HINDALCO INDUSTRIES LTD", 1363, 500440, "INE038A01020", "Metals", 955_00),
    .init(
      "HINDUNILVR", "HINDUSTAN UNILEVER LTD", 1394, 500696, "INE030A01027", "Consumer", 2161_00),
    .init("ICICIBANK", "ICICI BANK LTD", 4963, 532174, "INE090A01021", "Banks", 1434_00),
    .init("INFY", "INFOSYS LTD", 1594, 500209, "INE009A01021", "IT", 1047_00),
    .init("ITC", "ITC LTD", 1660, 500875, "INE154A01025", "Consumer", 281_00),
    .init("LT", "LARSEN AND TOUBRO LTD", 11483, 500510, "INE018A01030", "Construction", 3792_00),
    .init(
      "MARUTI", "MARUTI SUZUKI INDIA LTD", 10999, 532500, "INE585B01010", "Automobiles", 13403_00),
    .init("NTPC", "NTPC LTD", 11630, 532555, "INE733E01010", "Power", 348_00),
    .init("ONGC", "OIL AND NATURAL GAS CORP", 2475, 500312, "INE213A01029", "Oil and gas", 252_00),
    .init("POWERGRID", "POWER GRID CORP OF INDIA", 14977, 532898, "INE752E01010", "Power", 289_00),
    .init(
      "RELIANCE", "RELIANCE INDUSTRIES LTD", 2885, 500325, "INE002A01018", "Oil and gas", 1272_00),
    .init("SBIN", "STATE BANK OF INDIA", 3045, 500112, "INE062A01020", "Banks", 1012_00),
    .init(
      "SUNPHARMA", "SUN PHARMACEUTICAL IND LTD", 3351, 524715, "INE044A01036", "Pharmaceuticals",
      1954_00),
    .init("TATASTEEL", "TATA STEEL LTD", 3499, 500470, "INE081A01020", "Metals", 184_00),
    .init("TCS", "TATA CONSULTANCY SERVICES", 11536, 532540, "INE467B01029", "IT", 2242_00),
    .init("TITAN", "TITAN COMPANY LTD", 3506, 500114, "INE280A01028", "Consumer", 4697_00),
    .init("ULTRACEMCO", "ULTRATECH CEMENT LTD", 11532, 532538, "INE481G01011", "Cement", 11908_00),
    .init("WIPRO", "WIPRO LTD", 3787, 507685, "INE075A01022", "IT", 174_00),
  ]

  /// The one index that is quoted.
  static let nifty: Listing = {
    var index = Listing("NIFTY", "NA", 20000, 20000, "NA", "NA", 24_350_00)
    index.isIndex = true
    return index
  }()

  static func find(code: Int, at venue: Venue, _ days: SessionDays) -> Listing? {
    guard (0..<1_000_000_000).contains(code) else { return nil }
    return switch venue {
    case .derivatives: contract(code: code, days)
    case .nse: all.first { $0.nseCode == code } ?? madeUp(code - 100_000)
    case .bse: all.first { $0.bseCode == code } ?? madeUp(code - 700_000)
    }
  }

  private init(
    _ symbol: String, _ company: String, _ nseCode: Int, _ bseCode: Int, _ isin: String,
    _ industry: String, _ base: Int64
  ) {
    self.init(
      symbol: symbol, company: company, nseCode: nseCode, bseCode: bseCode, isin: isin,
      industry: industry, basePrice: Paise(base))
  }
}
