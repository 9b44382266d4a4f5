import Testing

@testable import Replay

@Suite("What upstream was told of orders")
struct OrderBookTests {
    @Test("Orders are known by what happened to them, and a torn line does not count")
    func states() {
        let text = """
            {"id":"web/1/1","type":"order.state","body":{"store":"S1","transition":{"source":"web","order":"1","state":"new","number":1}}}
            {"id":"web/1/6","type":"order.state","body":{"store":"S1","transition":{"source":"web","order":"1","state":"paid","number":6}}}
            {"id":"web/1/7","type":"order.state","body":{"store":"S1","transition":{"source":"web","order":"1","state":"handed_over","number":7}}}
            {"id":"web/2/6","type":"order.state","body":{"store":"S1","transition":{"source":"web","order":"2","state":"handed_over","number":6}}}
            {"id":"c-1","type":"customer.enrolled","body":{"customer_id":"c-1"}}
            {"id":"web/3/6","type":"order.state","body":{"store":"S1","transition":{"source":"web","order":"3","state":"handed_ov
            """
        let book = OrderBook(events: Array(text.utf8))
        #expect(book.handedOver == ["1", "2"])
        #expect(book.paid == ["1"])
        #expect(book.enrolled == 1)
    }
}
