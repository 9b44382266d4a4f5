extension TextBook {
    /// Checks a document whole: one bad text and there is no book.
    ///
    /// - Throws: the first thing that is wrong, with its path, for example `sentences.earning: does not say {points}`.
    public convenience init(validating document: TextDocument) throws(ProgrammeError) {
        guard TextBook.isTag(document.language) else {
            throw ProgrammeError(path: "language", reason: .notALanguage)
        }
        for (name, words) in [("points", document.points), ("points_up_to", document.pointsUpTo)] {
            for form in document.plural.forms { try TextBook.check(words[form], "\(name).\(form)", needs: []) }
        }
        guard document.decimalSeparator.count == 1, document.decimalSeparator.first?.isNumber == false else {
            throw ProgrammeError(path: "decimal_separator", reason: .badCount(minimum: 1, maximum: 1))
        }
        try TextBook.check(document.date, "date", needs: [.day, .month, .year])
        try TextBook.check(document.amount, "amount", needs: [.amount, .currency])
        for (code, name) in document.currencies.sorted(by: { $0.key < $1.key }) {
            try TextBook.check(name, "currencies.\(code)", needs: [])
        }
        for sentence in TextDocument.Sentence.allCases {
            try TextBook.check(
                document.sentences[sentence], "sentences.\(sentence.rawValue)", needs: sentence.placeholders)
        }
        self.init(document)
    }

    private static func check(
        _ text: String?, _ path: String, needs placeholders: [Placeholder]
    ) throws(ProgrammeError) {
        guard let text else { throw ProgrammeError(path: path, reason: .missing) }
        if let problem = Template.problem(text, needs: placeholders) {
            throw ProgrammeError(path: path, reason: problem)
        }
    }

    /// Two or three letters, then parts of two to eight letters or digits: `de`, `pt-BR`.
    private static func isTag(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let language = parts.first, (2...3).contains(language.utf8.count) else { return false }
        return language.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
            && parts.dropFirst().allSatisfy { part in
                (2...8).contains(part.utf8.count)
                    && part.unicodeScalars.allSatisfy { $0.isASCII && $0.properties.isAlphanumeric }
            }
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isAlphanumeric: Bool { isAlphabetic || numericType == .decimal }
}
