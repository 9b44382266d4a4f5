import Testing

@testable import SimulatorKit

@Suite("Latencies")
struct LatenciesTests {
    @Test("a percentile is the smallest value that so many percent do not exceed")
    func percentiles() {
        var latencies = Latencies()
        for value in (1...200).reversed() { latencies.add(.microseconds(value)) }
        #expect(latencies.percentile(50) == 100)
        #expect(latencies.percentile(99) == 198)
        #expect(latencies.percentile(100) == 200)
    }

    @Test("without values every percentile is 0")
    func empty() {
        #expect(Latencies().percentile(99) == 0)
    }
}
