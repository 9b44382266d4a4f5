import Testing

@testable import Replay

@Suite("From the push to a till's screen")
struct ScreenTimesTests {
    private func lines(_ event: String, _ orders: (String, Int)...) -> [UInt8] {
        Array(orders.map { #"{"event":"\#(event)","order":"\#($0.0)","at_us":\#($0.1)}"# + "\n" }.joined().utf8)
    }

    @Test("an order counts from its first push to the first till that shows it; one that nobody shows does not count")
    func pairs() {
        let times = ScreenTimes(
            website: lines("pushed", ("1", 100), ("2", 200), ("1", 150), ("3", 300)),
            tills: [lines("offered", ("1", 900), ("2", 210)), lines("offered", ("1", 400), ("9", 1))])
        #expect(times.microseconds == [10, 300])
        #expect(times.percentile(50) == 10)
        #expect(times.percentile(99) == 300)
    }

    @Test("other lines and a torn one are passed over")
    func others() {
        let torn = lines("offered", ("1", 400)) + Array(#"{"event":"offered","order":"2","at"#.utf8)
        let times = ScreenTimes(website: lines("pushed", ("1", 100), ("2", 100)), tills: [torn, Array("what?".utf8)])
        #expect(times.microseconds == [300])
        #expect(ScreenTimes(website: [], tills: []).percentile(50) == nil)
    }
}
