import CCurl

/// Why a request has no answer.
enum TransferError: Error, Hashable, Sendable {
    case answerTooLong(limitBytes: Int)
    case stopped
    /// Nothing of the request went out.
    case unreachable(reason: String)
    /// What is known of the request's bytes is nothing, or that they went out.
    ///
    /// - Parameter isConnecting: it ended while a connection was made; one before may have been lost with the request on it.
    case failed(reason: String, isConnecting: Bool)
    /// The request went out, and its time was over before the answer was there.
    case timedOut(reason: String)

    var reason: String {
        switch self {
        case .answerTooLong(let limit): "the answer is longer than \(limit) bytes"
        case .stopped: "stopped"
        case .unreachable(let reason), .failed(let reason, _), .timedOut(let reason): reason
        }
    }

    /// What it says of events that were to be delivered.
    var failure: DeliveryFailure {
        switch self {
        case .stopped, .unreachable, .failed(_, isConnecting: true): DeliveryFailure(reason, cause: .away)
        case .answerTooLong, .failed, .timedOut: DeliveryFailure(reason, cause: .unclear)
        }
    }
}

/// One libcurl easy handle with the connection it keeps alive. Used by one thread at a time.
final class CurlSession {
    private let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private let receiver: AnswerReceiver
    private let stopSwitch: StopSwitch

    private static let started = tillgate_curl_start()

    private let requestDeadlineMilliseconds: Int
    private let connectDeadlineMilliseconds: Int

    /// Sets everything that is the same for every request under the base address.
    init(
        configuration: HTTPSUpstreamConfiguration, stopSwitch: StopSwitch
    ) throws(HTTPSUpstreamError) {
        guard Self.started == CURLE_OK, let handle = curl_easy_init() else { throw .library(reason: "cannot start") }
        self.handle = handle
        self.stopSwitch = stopSwitch
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        receiver = AnswerReceiver(bodyBytesMaximum: configuration.answerBytesMaximum)
        requestDeadlineMilliseconds = configuration.requestDeadlineMilliseconds
        connectDeadlineMilliseconds = configuration.connectDeadlineMilliseconds
        try setUpRequest(configuration)
        try setUpProxy(configuration)
        try setUpTLS(configuration)
        try setUpCallbacks()
    }

    deinit {
        curl_easy_cleanup(handle)
        errorText.deallocate()
    }

    /// Posts a body to an address under the base and waits for the whole answer, not longer than the deadline of one
    /// request, or than this request's own.
    func post(
        _ url: String, body: [UInt8], headers: [String], deadlineMilliseconds: Int? = nil
    ) throws(TransferError) -> UpstreamAnswer {
        let result = body.withUnsafeBytes { bytes in
            tillgate_curl_set_long(handle, CURLOPT_POST, 1)
            tillgate_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
            tillgate_curl_set_pointer(handle, CURLOPT_POSTFIELDS, bytes.baseAddress)
            return perform(url, headers: headers, deadlineMilliseconds: deadlineMilliseconds)
        }
        tillgate_curl_set_pointer(handle, CURLOPT_POSTFIELDS, nil)
        guard result == CURLE_OK else { throw error(result) }
        return answer()
    }

    /// Asks for an address under the base and waits for the whole answer, as ``post(_:body:headers:deadlineMilliseconds:)``
    /// does. A compressed answer is taken apart; its limit is that of the bytes that come out.
    func get(
        _ url: String, headers: [String], deadlineMilliseconds: Int? = nil
    ) throws(TransferError) -> UpstreamAnswer {
        tillgate_curl_set_long(handle, CURLOPT_HTTPGET, 1)
        tillgate_curl_set_text(handle, CURLOPT_ACCEPT_ENCODING, "gzip")
        let result = perform(url, headers: headers, deadlineMilliseconds: deadlineMilliseconds)
        tillgate_curl_set_text(handle, CURLOPT_ACCEPT_ENCODING, nil)
        guard result == CURLE_OK else { throw error(result) }
        return answer()
    }

    private func perform(_ url: String, headers: [String], deadlineMilliseconds: Int?) -> CURLcode {
        var list: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(list) }
        for header in headers { list = curl_slist_append(list, header) }
        receiver.begin()
        errorText[0] = 0
        // libcurl takes 0 for no deadline at all.
        let deadline = max(1, deadlineMilliseconds ?? requestDeadlineMilliseconds)
        tillgate_curl_set_long(handle, CURLOPT_TIMEOUT_MS, deadline)
        tillgate_curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, min(deadline, connectDeadlineMilliseconds))
        tillgate_curl_set_pointer(handle, CURLOPT_HTTPHEADER, list)
        let addressed = tillgate_curl_set_text(handle, CURLOPT_URL, url)
        let result = addressed == CURLE_OK ? tillgate_curl_perform(handle) : addressed
        tillgate_curl_set_pointer(handle, CURLOPT_HTTPHEADER, nil)
        return result
    }

    /// The status of the last answer, also of one that was not read to its end; 0 before the first.
    var lastStatus: Int {
        var status = 0
        tillgate_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        return status
    }

    private func answer() -> UpstreamAnswer {
        var seconds: curl_off_t = 0
        tillgate_curl_get_offset(handle, CURLINFO_RETRY_AFTER, &seconds)
        let pause = seconds > 0 ? Int(min(Int64(seconds), Int64(Int32.max))) * 1_000 : nil
        return UpstreamAnswer(status: lastStatus, body: receiver.body, retryAfterMilliseconds: pause)
    }

    private func error(_ result: CURLcode) -> TransferError {
        if stopSwitch.isOn { return .stopped }
        if receiver.isOverLimit { return .answerTooLong(limitBytes: receiver.bodyBytesMaximum) }
        let detail = String(cString: errorText)
        let reason = printable(detail.isEmpty ? String(cString: curl_easy_strerror(result)) : detail)
        // The moment at which the request was about to be sent; 0 when it never came to that.
        var begun: curl_off_t = 0
        tillgate_curl_get_offset(handle, CURLINFO_PRETRANSFER_TIME_T, &begun)
        if begun == 0 { return .unreachable(reason: reason) }
        return result == CURLE_OPERATION_TIMEDOUT
            ? .timedOut(reason: reason)
            : .failed(reason: reason, isConnecting: Self.connecting.contains(result.rawValue))
    }

    /// What ends a request before there is a connection to send it on.
    private static let connecting = Set(
        [
            CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR,
            CURLE_PEER_FAILED_VERIFICATION, CURLE_PROXY,
        ].map(\.rawValue))

    private func setUpRequest(_ configuration: HTTPSUpstreamConfiguration) throws(HTTPSUpstreamError) {
        let isSecure = configuration.baseURL.lowercased().hasPrefix("https:")
        try set(CURLOPT_PROTOCOLS_STR, text: isSecure ? "https" : "http")
        // What was signed is what goes out: libcurl would take dots out of the path.
        try set(CURLOPT_PATH_AS_IS, 1)
        try set(CURLOPT_USERAGENT, text: "tillgate")
        try set(CURLOPT_FOLLOWLOCATION, 0)
        try set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        // Signals belong to the program, and SIGALRM for name look-ups breaks a program with threads.
        try set(CURLOPT_NOSIGNAL, 1)
    }

    private func setUpProxy(_ configuration: HTTPSUpstreamConfiguration) throws(HTTPSUpstreamError) {
        // A proxy from the environment would be one that nobody configured for the gateway; an empty text says none.
        try set(CURLOPT_PROXY, text: configuration.proxy ?? "")
        try set(CURLOPT_NOPROXY, text: "")
        guard configuration.proxy != nil else { return }
        // A proxy only passes bytes on: it sees neither token nor receipts, also where plain http is allowed.
        try set(CURLOPT_HTTPPROXYTUNNEL, 1)
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if let credentials = configuration.proxyCredentials { try set(CURLOPT_PROXYUSERPWD, text: credentials) }
    }

    private func setUpTLS(_ configuration: HTTPSUpstreamConfiguration) throws(HTTPSUpstreamError) {
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if let path = configuration.authorityPath {
            try set(CURLOPT_CAINFO, text: path)
            // The built-in folder of the system's authorities would go on being trusted beside the file.
            try check(tillgate_curl_set_text(handle, CURLOPT_CAPATH, nil))
        }
        if let certificate = configuration.clientCertificate {
            try set(CURLOPT_SSLCERT, text: certificate.chainPath)
            try set(CURLOPT_SSLKEY, text: certificate.privateKeyPath)
        }
    }

    private func setUpCallbacks() throws(HTTPSUpstreamError) {
        try check(tillgate_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText))
        let sink = Unmanaged.passUnretained(receiver).toOpaque()
        try check(tillgate_curl_set_pointer(handle, CURLOPT_WRITEDATA, sink))
        try check(tillgate_curl_set_pointer(handle, CURLOPT_HEADERDATA, sink))
        try check(
            tillgate_curl_set_receiver(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                AnswerReceiver.from(context)?.takeBody(bytes, count: size * count) ?? 0
            })
        try check(
            tillgate_curl_set_receiver(handle, CURLOPT_HEADERFUNCTION) { _, size, count, context in
                AnswerReceiver.from(context)?.takeHeader(count: size * count) ?? 0
            })
        let switchPointer = Unmanaged.passUnretained(stopSwitch).toOpaque()
        try check(tillgate_curl_set_pointer(handle, CURLOPT_XFERINFODATA, switchPointer))
        try check(
            tillgate_curl_set_progress(handle) { context, _, _, _, _ in
                guard let context else { return 1 }
                return Unmanaged<StopSwitch>.fromOpaque(context).takeUnretainedValue().isOn ? 1 : 0
            })
        try set(CURLOPT_NOPROGRESS, 0)
    }

    private func set(_ option: CURLoption, _ value: Int) throws(HTTPSUpstreamError) {
        try check(tillgate_curl_set_long(handle, option, value))
    }

    private func set(_ option: CURLoption, text: String) throws(HTTPSUpstreamError) {
        try check(tillgate_curl_set_text(handle, option, text))
    }

    private func check(_ result: CURLcode) throws(HTTPSUpstreamError) {
        guard result == CURLE_OK else { throw .library(reason: String(cString: curl_easy_strerror(result))) }
    }
}
