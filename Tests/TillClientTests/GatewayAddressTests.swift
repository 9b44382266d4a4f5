import EventLoop
import Testing

@testable import TillClient

@Suite("Gateway address")
struct GatewayAddressTests {
    @Test(
        "hosts, ports, IPv6 addresses and sockets are read",
        arguments: [
            ("gateway.shop.example", ListenAddress.tcp("gateway.shop.example", 7_443)),
            ("10.0.0.7:9000", .tcp("10.0.0.7", 9_000)),
            ("[::1]:7000", .tcp("::1", 7_000)),
            ("[fe80::2]", .tcp("fe80::2", 7_443)),
            ("::1", .tcp("::1", 7_443)),
            ("/run/tillgate/operator.sock", .unixSocket("/run/tillgate/operator.sock")),
        ])
    func good(text: String, address: ListenAddress) {
        #expect(ListenAddress(gateway: text) == address)
    }

    @Test(
        "a name that only looks like this machine's is not",
        arguments: ["127.evil.example", "localhost.example", "10.0.0.1"])
    func elsewhere(host: String) {
        #expect(!ListenAddress.tcp(host, 7_443).isOnThisMachine)
    }

    @Test(
        "what is no address is refused",
        arguments: ["", ":7443", "host:0", "host:70000", "host:x", "a b", "[::1", "[]"])
    func bad(text: String) {
        #expect(ListenAddress(gateway: text) == nil)
    }
}
