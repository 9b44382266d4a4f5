import Foundation

#if canImport(FoundationXML)
import FoundationXML
#endif

/// XML as an independent reader understands it.
final class XMLTree {
    let name: String
    let attributes: [String: String]
    fileprivate(set) var children: [XMLTree] = []
    fileprivate(set) var text = ""

    fileprivate init(name: String, attributes: [String: String]) {
        self.name = name
        self.attributes = attributes
    }

    /// Reads a document; nil when it is not well-formed.
    static func read(_ data: Data) -> XMLTree? {
        let collector = Collector()
        let parser = XMLParser(data: data)
        parser.delegate = collector
        return parser.parse() ? collector.root : nil
    }

    /// The first element on the way, by names.
    subscript(path: String...) -> XMLTree? {
        var found: XMLTree? = self
        for name in path { found = found?.children.first { $0.name == name } }
        return found
    }

    /// All elements of a name below this one, at any depth.
    func all(_ name: String) -> [XMLTree] {
        children.flatMap { child in (child.name == name ? [child] : []) + child.all(name) }
    }

    private final class Collector: NSObject, XMLParserDelegate {
        var root: XMLTree?
        private var open: [XMLTree] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            let element = XMLTree(name: name, attributes: attributes)
            open.last?.children.append(element)
            if root == nil { root = element }
            open.append(element)
        }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            open.removeLast()
        }

        func parser(_ parser: XMLParser, foundCharacters text: String) { open.last?.text += text }
    }
}

extension String {
    /// The text behind the form that XML writers give to what XML cannot hold (ECMA-376, ST_Xstring).
    var unescapedXString: String {
        var result = ""
        var rest = Substring(self)
        while let start = rest.range(of: #"_x[0-9A-Fa-f]{4}_"#, options: .regularExpression) {
            result += rest[..<start.lowerBound]
            let digits = rest[start].dropFirst(2).dropLast()
            if let number = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(number) {
                result.unicodeScalars.append(scalar)
            }
            rest = rest[start.upperBound...]
        }
        return result + rest
    }
}
