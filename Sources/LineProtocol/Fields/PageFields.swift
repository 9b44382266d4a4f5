/// Where a list goes on and how much of it is wanted: the fields `after` and `limit` of every request that is answered page
/// by page.
enum PageFields {
    /// Longest cursor.
    static let cursorCharacters = 200
}

extension FieldReader {
    /// Where the page before ended, or nil for the first page.
    func pageCursor(_ name: StaticString = "after") throws(FieldError) -> String? {
        try optionalText(name, max: PageFields.cursorCharacters)
    }

    /// How much is wanted at most.
    ///
    /// - Parameter usual: the longest page, which is also what a request without `limit` gets.
    func pageLimit(usual: Int) throws(FieldError) -> Int {
        try optionalInteger("limit", in: 1...Int64(usual)).map { Int($0) } ?? usual
    }
}

extension ByteWriter {
    /// Writes the fields of a request for a page; what is usual is left out.
    func pageFields(after cursor: String?, limit: Int, usual: Int) {
        optionalField("after", cursor)
        if limit != usual { field("limit", limit) }
    }
}
