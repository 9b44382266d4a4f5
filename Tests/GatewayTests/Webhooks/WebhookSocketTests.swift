import EventLoop
import Journal
import Logging
import Retail
import SimulatedHTTP
import TestSupport
import Testing
import Upstream
import WebhookReceiver

@testable import Gateway

/// The real thing: the sender's own threads, libcurl, a server on a socket.
@Suite("Webhooks over sockets")
struct WebhookSocketTests {
    /// A gateway that posts to a website that listens.
    private final class Shop {
        let world: TestWorld
        let website: TestClient
        let lines = Gathered<String>()
        let inbox: WebhookInbox
        private let server: SimulatedServer
        private let sender: WebhookSender

        init(isSecure: Bool, misbehaviour: WebhookMisbehaviour = WebhookMisbehaviour()) throws {
            let world = try TestWorld()
            let lines = lines
            self.world = world
            website = try world.greeted(.website, "S1", "WEB1")
            inbox = WebhookInbox(
                seal: WebhookSeal(secrets: ["a secret on both sides".replacing(" ", with: "-")]),
                misbehaviour: misbehaviour, now: { [clock = world.clock] in clock.now() },
                note: { lines.add(String(decoding: $0, as: UTF8.self)) })
            let certificates = try DeviceCertificates.shared.get()
            server = try SimulatedServer(
                address: .tcp(host: "127.0.0.1", port: 0),
                tls: isSecure
                    ? try TLSServerContext(
                        configuration: TLSServerConfiguration(
                            certificateChainPath: certificates.server.certificateChainPath,
                            privateKeyPath: certificates.server.privateKeyPath, clientAuthorityPath: nil)) : nil,
                service: inbox)
            var settings = HTTPSWebhookPoster.Settings()
            settings.authorityPath = certificates.server.clientAuthorityPath
            settings.requestDeadlineMilliseconds = 1_000
            sender = WebhookSender(
                journal: world.journal, poster: try HTTPSWebhookPoster(settings), clock: world.clock,
                log: WebhookStage.silence)
            let scheme = isSecure ? "https" : "http"
            let answer = world.localOperator().request(
                "WEBHOOK_PUT",
                #"{"store":"S1","site":"WEB1","url":"\#(scheme)://127.0.0.1:\#(server.boundPort)/hooks","#
                    + #""secret":"a-secret-on-both-sides"}"#)
            #expect(answer.ok != nil)
            sender.start()
        }

        deinit {
            sender.stop()
            server.stop {}
        }

        /// Waits until nothing waits any more; time passes meanwhile, so that pauses end.
        func isDelivered() -> Bool {
            eventually(seconds: 60) {
                world.clock.advance(milliseconds: 20)
                return (try? world.journal.read { try $0.webhookBacklog() }) == 0
            }
        }
    }

    private func trade(_ shop: Shop, orders: Int) throws {
        let till = try shop.world.till()
        for order in 1...orders {
            _ = shop.website.request("ORDER_PUSH", PushText(order: "\(order)").json)
            for verb in ["ORDER_ACK", "ORDER_ACCEPT", "ORDER_READY"] {
                _ = till.request(verb, PushText(order: "\(order)").reference)
            }
        }
    }

    @Test("signed messages arrive over HTTPS, each once, in order", arguments: [true, false])
    func delivered(isSecure: Bool) throws {
        let shop = try Shop(isSecure: isSecure)
        try trade(shop, orders: 5)
        #expect(shop.isDelivered())
        #expect(
            String(decoding: shop.inbox.statistics(), as: UTF8.self)
                == #"{"orders":5,"new":20,"duplicates":0,"gaps":0,"late":0,"failed_on_purpose":0,"not_believed":0}"#)
    }

    @Test("a site that fails, is busy, is silent and cuts its answers short has everything in the end, in order")
    func misbehaving() throws {
        var misbehaviour = WebhookMisbehaviour()
        misbehaviour.failEvery = 5
        misbehaviour.busyEvery = 11
        misbehaviour.silentEvery = 17
        misbehaviour.cutEvery = 7
        let shop = try Shop(isSecure: true, misbehaviour: misbehaviour)
        try trade(shop, orders: 8)
        #expect(shop.isDelivered())
        let counted = try JSONTree(shop.inbox.statistics())
        #expect(counted["new"]?.integer == 32)
        #expect(counted["gaps"]?.integer == 0)
        #expect(counted["late"]?.integer == 0)
        #expect((counted["failed_on_purpose"]?.integer ?? 0) > 0)
        #expect(counted["not_believed"]?.integer == 0)
    }
}
