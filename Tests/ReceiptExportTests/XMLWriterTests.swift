import Foundation
import LineProtocol
import Testing

@testable import ReceiptExport

@Suite("XML that any reader takes")
struct XMLWriterTests {
    private func written(_ text: String) -> Data {
        let writer = ByteWriter()
        let xml = XMLWriter(writer)
        xml.open("a", ["b": text])
        xml.element("c", text)
        xml.close()
        return Data(writer.bytes)
    }

    @Test("every character that XML can hold comes back as it went in, in elements and in attributes")
    func comesBack() throws {
        var text = ""
        for scalar in (0x20...0x2FF).compactMap(Unicode.Scalar.init) { text.unicodeScalars.append(scalar) }
        text += "\t\n\r\r\n]]> &amp; <![CDATA[ щ € 𝄞 \u{FFFD} \u{10FFFF} _x _x00 x001D_ "
        let read = try #require(XMLTree.read(written(text)))
        #expect(read.attributes["b"] == text)
        #expect(read.children.first?.text == text)
    }

    @Test("what XML cannot hold has a form of its own, and a text that looks like it is not taken for it")
    func unrepresentable() throws {
        var text = ""
        for scalar in (0...0x1F).compactMap(Unicode.Scalar.init) { text.unicodeScalars.append(scalar) }
        text += "\u{FFFE}\u{FFFF}_x001D_ _x005F_ _x001d_ _xZZZZ_ _x12 _x0041_"
        let read = try #require(XMLTree.read(written(text)))
        let found = try #require(read.children.first?.text)
        #expect(found.contains("_x001D_") && found.contains("_xFFFE_") && found.contains("_x0000_"))
        #expect(found.contains("_x005F_x001D_ _x005F_x005F_ _x005F_x001d_ _xZZZZ_"))
        #expect(found.unescapedXString == text)
        #expect(read.attributes["b"]?.unescapedXString == text)
    }

    @Test("a text that looks like the beginning of such a form, right before one, is not taken for it")
    func beginnings() throws {
        let texts = ["_x005F", "_x001D", "__x0041", "_x0041_x0042", "_x005", "_x005F_"].flatMap { beginning in
            ["\u{1D}", "\u{0}", "\u{FFFE}", "\u{FFFF}", "_", "\t", "\u{FFFD}", "_x001D_", ""].map {
                beginning + $0 + "x_"
            }
        }
        for text in texts {
            let read = try #require(XMLTree.read(written(text)))
            #expect(read.children.first?.text.unescapedXString == text, "\(Array(text.unicodeScalars))")
            #expect(read.attributes["b"]?.unescapedXString == text)
        }
    }
}
