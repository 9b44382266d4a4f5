import Retail

/// Makes a trading day up, with everything that a real one has: walk-ins, regulars, returns, long receipts, names with
/// commas and quotes, prices of nothing.
///
/// It comes as the text of a file, so that it is read the way a real day is.
public enum InventedDay {
    private static let goods: [(sku: String, name: String, pence: Int)] = [
        ("85123A", "WHITE HANGING T-LIGHT HOLDER", 255), ("22423", "CAKESTAND, 3 TIER", 1_275),
        ("84879", "ASSORTED COLOUR BIRD ORNAMENT", 169), ("21212", "PACK OF 72 CAKE CASES", 55),
        ("22086", "PAPER CHAIN KIT \"\"50'S CHRISTMAS\"\"", 295), ("47566", "PARTY BUNTING", 465),
        ("20725", "LUNCH BAG  BLACK SKULL. ", 165), ("22457", "NATURAL SLATE HEART CHALKBOARD", 295),
        ("POST", "POSTAGE", 1_800), ("BANK CHARGES", "Bank Charges", 1_500), ("22720", "", 0),
        ("22961", "JAM MAKING SET PRINTED", 145), ("85099B", "JUMBO BAG RED \"\"RETROSPOT\"\"", 195),
    ]

    /// The text of a file with `receipts` invoices. The same seed gives the same text.
    public static func text(receipts: Int, seed: UInt64) -> String {
        var random = ReplayRandom(seed: seed)
        var text = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        for index in 0..<receipts {
            let isReturn = Int.random(in: 0..<12, using: &random) == 0
            let number = (isReturn ? "C" : "") + "\(600_001 + index)"
            let minute = 8 * 60 + index * 600 / max(1, receipts)
            let time = "2026-03-02 \(twoDigits(minute / 60)):\(twoDigits(minute % 60)):00"
            let isWalkIn = Int.random(in: 0..<3, using: &random) == 0
            let customer = isWalkIn ? "" : "\(12_000 + Int.random(in: 0..<max(1, receipts / 4), using: &random))"
            let isLong = Int.random(in: 0..<40, using: &random) == 0
            for _ in 0..<Int.random(in: isLong ? 80...200 : 1...20, using: &random) {
                let item = goods[Int.random(in: 0..<goods.count, using: &random)]
                let pieces = Int.random(in: 1...24, using: &random) * (isReturn ? -1 : 1)
                let price = "\(item.pence / 100).\(twoDigits(item.pence % 100))"
                text += "\(number),\(item.sku),\"\(item.name)\",\(pieces),\(time),\(price),\(customer),United Kingdom\n"
            }
        }
        return text
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
