import Loyalty

/// A document that cannot be used: which one, where in it, and why.
package struct FileRefused: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was expected in the file.
    package enum Content: String, Sendable {
        /// A loyalty programme, or a folder of them.
        case programme
        /// The sentences of a language.
        case texts
        /// The customer of a trial quote.
        case customer
        /// The basket of a trial quote.
        case basket
    }

    /// What was expected.
    package let content: Content
    /// The file, the folder, or the name of a document that never was a file.
    package let file: String
    /// The path inside the document and the reason.
    package let error: ProgrammeError

    /// A refusal of a file.
    package init(_ content: Content, _ file: String, _ error: ProgrammeError) {
        self.content = content
        self.file = file
        self.error = error
    }

    /// One line: `programme shop/grocer.yaml: promotions[2].when.until: is not after the beginning`.
    package var description: String { "\(content.rawValue) \(file): \(error)" }
}
