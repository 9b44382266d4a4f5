import LineProtocol
import Testing

@Suite("Comparing JSON contents")
struct JSONEqualityTests {
    private func equal(_ one: String, _ other: String) -> Bool {
        let forth = withRawBytes(one) { a in withRawBytes(other) { b in jsonContentsEqual(a, b) } }
        let back = withRawBytes(other) { a in withRawBytes(one) { b in jsonContentsEqual(a, b) } }
        #expect(forth == back, "\(one) and \(other)")
        return forth
    }

    @Test(
        "the order of members, whitespace and the spelling of strings do not matter",
        arguments: [
            (#"{"a":1,"b":[true,null]}"#, #" { "b" : [ true , null ] , "a" : 1 } "#), (#""a/я""#, #""\u0061\/\u044f""#),
            (#"{"\u0061":{"x":1,"y":2}}"#, #"{"a":{"y":2,"x":1}}"#), ("1.50", "1.50"), (#""😀""#, #""\ud83d\ude00""#),
            ("not json", "not json"), ("[]", "[ ]"), ("{}", "{\n}"), ("", ""),
        ])
    func saysTheSame(one: String, other: String) {
        #expect(equal(one, other))
    }

    @Test(
        "values, the order of elements, the spelling of numbers and members that are only in one matter",
        arguments: [
            ("1", "1.0"), ("1e2", "1E2"), ("0", "-0"), ("[1,2]", "[2,1]"), ("[1]", "[1,1]"), ("null", "false"),
            (#"{"a":1}"#, #"{"a":1,"b":null}"#), (#"{"a":1,"b":2}"#, #"{"a":1,"c":2}"#), (#""a""#, #""A""#),
            (#"{"a":1,"b":2}"#, #"{"a":2,"b":1}"#), ("[]", "{}"), ("1", #""1""#),
            (#"{"a":{"b":[1]}}"#, #"{"a":{"b":[2]}}"#),
            ("", "{}"), ("{", "{ "), (#"{"a":1,"a":1}"#, #"{"a":1, "a":1}"#), (#""ab""#, #""a\u0062c""#),
        ])
    func saysSomethingElse(one: String, other: String) {
        #expect(!equal(one, other))
    }
}
