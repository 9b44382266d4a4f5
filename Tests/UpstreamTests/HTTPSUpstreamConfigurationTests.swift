import Testing

@testable import Upstream

@Suite("Setting up an upstream")
struct HTTPSUpstreamConfigurationTests {
    @Test(
        "addresses that are taken",
        arguments: [
            ("https://crm.example", "https://crm.example/v1/events"),
            ("https://crm.example:8443/", "https://crm.example:8443/v1/events"),
            ("https://crm.example/shop/a/", "https://crm.example/shop/a/v1/events"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/events"),
            ("http://[::1]:8080", "http://[::1]:8080/v1/events"),
        ])
    func goodURL(base: String, address: String) throws {
        #expect(try HTTPSUpstream(HTTPSUpstreamConfiguration(baseURL: base)).description == address)
    }

    @Test(
        "addresses that are refused",
        arguments: [
            "", "crm.example", "https://", "http://crm.example", "http://localhost:80", "http://127.0.0.1.example",
            "http://127.0.0.2", "ftp://127.0.0.1", "file:///etc/passwd", "https://user@crm.example",
            "https://user:word@crm.example", "https://crm.example/?a=b", "https://crm.example/#a",
            "https://crm example",
        ])
    func badURL(base: String) {
        #expect {
            try HTTPSUpstream(HTTPSUpstreamConfiguration(baseURL: base))
        } throws: { error in
            guard case .badURL? = error as? HTTPSUpstreamError else { return false }
            return true
        }
    }

    @Test("a file that is not there is named with its field")
    func missingFile() {
        var configuration = HTTPSUpstreamConfiguration(baseURL: "https://crm.example")
        configuration.clientCertificate = .init(chainPath: "/nowhere/chain.pem", privateKeyPath: "/nowhere/key.pem")
        let error = HTTPSUpstreamError.unreadableFile(
            field: "clientCertificate.chainPath", path: "/nowhere/chain.pem")
        #expect(throws: error) { try HTTPSUpstream(configuration) }
    }

    @Test("a token that would begin a header of its own is refused", arguments: ["", "a b", "a\r\nX: y", "é"])
    func badToken(token: String) {
        var configuration = HTTPSUpstreamConfiguration(baseURL: "https://crm.example")
        configuration.bearerToken = token
        #expect(throws: HTTPSUpstreamError.badToken) { try HTTPSUpstream(configuration) }
    }

    @Test("a secret that could be guessed is refused")
    func shortSecret() {
        var configuration = HTTPSUpstreamConfiguration(baseURL: "https://crm.example")
        configuration.signingSecrets = ["sixteen bytes ok", "fifteen bytes -"]
        #expect(throws: HTTPSUpstreamError.shortSecret(limitBytes: 16)) { try HTTPSUpstream(configuration) }
    }

    @Test(
        "proxies that are refused",
        arguments: [
            "proxy:3128", "ftp://proxy", "http://user:word@proxy:3128", "http://", "http://proxy/path",
            "http://proxy?a",
        ])
    func badProxy(proxy: String) {
        var configuration = HTTPSUpstreamConfiguration(baseURL: "https://crm.example")
        configuration.proxy = proxy
        #expect {
            try HTTPSUpstream(configuration)
        } throws: { error in
            guard case .badProxy? = error as? HTTPSUpstreamError else { return false }
            return true
        }
    }

    @Test("a deadline of zero, which libcurl takes for none, is refused")
    func noDeadline() {
        var configuration = HTTPSUpstreamConfiguration(baseURL: "https://crm.example")
        configuration.requestDeadlineMilliseconds = 0
        #expect(throws: HTTPSUpstreamError.notPositive(field: "requestDeadlineMilliseconds")) {
            try HTTPSUpstream(configuration)
        }
    }
}
