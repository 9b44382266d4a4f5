import EventLoop
import LineProtocol
import Retail
import Testing

@testable import TillClient

@Suite("Calls of the shop floor", .timeLimit(.minutes(1)))
struct ShopFloorCallTests {
    private let line = FloorBasketLine(
        BasketLine(sku: "KETTLE", quantity: .one, price: Money(minorUnits: 150_000)), name: "Kettle")
    private let reference = BasketReference(app: "APP1", basket: "b1")

    private func change(_ state: String) -> String {
        #"{"app":"APP1","basket":"b1","till":"T01","state":"\#(state)","at":"2026-11-22T09:30:00Z"}"#
    }

    private static let basket =
        #"{"app":"APP1","basket":"b1","till":"T01","state":"opened","customer_id":null,"lines":["#
        + #"{"sku":"KETTLE","quantity":1,"price":150000,"name":"Kettle"}],"at":"2026-11-22T09:30:00Z"}"#

    @Test("a basket is sent, opened, given back and taken back, each with its verb and its typed answer")
    func baskets() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        async let sent = client.sendBasket(BasketSend(basket: "b1", till: "T01", lines: [line]))
        let send = try await world.gateway.requests.take()
        #expect(send.verb == "BASKET_SEND" && send.has(#""basket":"b1","till":"T01","lines":[{"sku":"KETTLE""#))
        send.ok(#"{"basket":"b1","till":"T01","state":"sent","at":"2026-11-22T09:30:00Z","connected":false}"#)
        #expect(try await sent.isConnected == false)
        async let opened = client.openBasket(BasketOpen(reference))
        let open = try await world.gateway.requests.take()
        #expect(open.verb == "BASKET_OPEN" && open.has(#"{"app":"APP1","basket":"b1"}"#))
        open.ok(Self.basket)
        #expect(try await opened.lines == [line])
        async let returned = client.returnBasket(BasketReturn(reference))
        let giveBack = try await world.gateway.requests.take()
        #expect(giveBack.verb == "BASKET_RETURN")
        giveBack.ok(change("returned"))
        #expect(try await returned.state == .returned)
        async let withdrawn = client.withdrawBasket(BasketWithdraw(basket: "b1"))
        let withdraw = try await world.gateway.requests.take()
        #expect(withdraw.verb == "BASKET_WITHDRAW" && withdraw.has(#"{"basket":"b1"}"#))
        withdraw.ok(change("withdrawn"))
        #expect(try await withdrawn.state == .withdrawn)
    }

    @Test("a basket whose connection breaks before the answer is sent again, the same")
    func lostAnswer() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        async let sent = client.sendBasket(BasketSend(basket: "b1", till: "T01", lines: [line]))
        let first = try await world.gateway.requests.take()
        first.connection.cut()
        let second = try await world.gateway.requests.take()
        #expect(second.verb == "BASKET_SEND" && second.body == first.body)
        second.ok(#"{"basket":"b1","till":"T01","state":"sent","at":"2026-11-22T09:30:00Z","connected":true}"#)
        #expect(try await sent.state == .sent)
    }

    @Test("notes, visits and tasks have their calls")
    func others() async throws {
        let world = try World()
        let client = try await world.connectedClient()
        async let noted = client.addNote(NoteAdd(note: "n1", customer: CustomerID(number: 4), text: "size 41"))
        let note = try await world.gateway.requests.take()
        #expect(note.verb == "NOTE_ADD" && note.has(#""customer_id":"c-4""#))
        note.ok(#"{"note":"n1","received_at":"2026-11-22T09:30:00Z"}"#)
        #expect(try await noted.note == "n1")
        let at = Instant(millisecondsSinceEpoch: 0)
        async let recorded = client.recordVisit(Visit(visit: "v1", reason: "no_size", at: at))
        let visit = try await world.gateway.requests.take()
        #expect(visit.verb == "VISIT" && visit.has(#""reason":"no_size""#))
        visit.ok(#"{"visit":"v1","received_at":"2026-11-22T09:30:00Z"}"#)
        #expect(try await recorded.visit == "v1")
        async let listed = client.tasks(TaskList(limit: 5))
        let tasks = try await world.gateway.requests.take()
        #expect(tasks.verb == "TASKS" && tasks.has(#""limit":5"#))
        tasks.ok(#"{"tasks":[],"next":null}"#)
        #expect(try await listed.tasks.isEmpty)
        async let card = client.customerCard(CustomerID(number: 4))
        let asked = try await world.gateway.requests.take()
        #expect(asked.verb == "CUSTOMER" && asked.has(#"{"customer_id":"c-4"}"#))
        asked.ok(
            #"{"customer_id":"c-4","name":null,"external":null,"segment":null,"programme":"default","tier":{"name":"base"},"#
                + #""points":{"available":0,"held":0,"pending":0},"birthday":false,"consents":[],"offers":[],"phone":null,"#
                + #""burning":[],"purchases":[],"orders":[],"notes":[],"next_step":{"id":"offer","text":"Tea"},"#
                + #""rating":null}"#)
        #expect(try await card.nextStep?.id == "offer")
    }

    @Test("baskets come as events with their content; tasks that change are told as they come, without a number")
    func events() async throws {
        let told = AsyncStream.makeStream(of: TasksChanged.self)
        let world = try World()
        let client = world.client { $0.onTasksChanged = { told.continuation.yield($0) } }
        try await client.connect()
        let connection = try await world.gateway.hellos.take().connection
        connection.send("EVENT 1 basket.offered \(Self.basket)")
        connection.send(#"EVENT 0 tasks.changed {"total":2,"counts":{"order_accept":2}}"#)
        connection.send("EVENT 2 basket.changed \(change("sold"))")
        var events = client.events.makeAsyncIterator()
        guard case .basketOffered(let offered)? = await events.next()?.content else {
            Issue.record("not basket.offered")
            return
        }
        #expect(offered.reference == reference)
        guard case .basketChanged(let changed)? = await events.next()?.content else {
            Issue.record("not basket.changed")
            return
        }
        #expect(changed.state == .sold)
        var changes = told.stream.makeAsyncIterator()
        #expect(await changes.next()?.counts == [.orderAccept: 2])
    }
}
