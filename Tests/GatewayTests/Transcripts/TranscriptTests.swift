import Testing

@Suite("The transcripts of the specification")
struct TranscriptTests {
    @Test("are answered as written", arguments: Transcript.names)
    func whole(_ name: String) throws {
        try play(name, .whole)
    }

    @Test("are answered as written when every byte comes alone", arguments: Transcript.names)
    func byteByByte(_ name: String) throws {
        try play(name, .byteByByte)
    }

    @Test("are answered as written wherever the bytes are cut", arguments: Transcript.names)
    func cut(_ name: String) throws {
        let transcript = try Transcript(name, now: VirtualClock.beginning)
        for position in 1..<transcript.longestSend { try play(transcript, .cut(after: position)) }
    }

    @Test("are answered as written by a server behind TLS", arguments: Transcript.names)
    func server(_ name: String) throws {
        try serve(name, .whole, loops: 1)
    }

    @Test(
        "are answered as written by a server with two loops when every byte comes alone",
        arguments: ["01-hello.txt", "06-bad-lines.txt", "10-pipelining.txt", "40-sale.txt", "50-order.txt"])
    func serverByteByByte(_ name: String) throws {
        try serve(name, .byteByByte, loops: 2)
    }

    @Test("are there")
    func names() {
        #expect(Transcript.names.count >= 26)
    }

    private func play(_ name: String, _ delivery: Delivery) throws {
        try play(try Transcript(name, now: VirtualClock.beginning), delivery)
    }

    private func serve(_ name: String, _ delivery: Delivery, loops: Int) throws {
        let transcript = try Transcript(name, now: VirtualClock.beginning)
        var replay = TranscriptReplay(transcript, delivery, on: try ServerStage(transcript, loops: loops))
        try replay.run()
    }

    private func play(_ transcript: Transcript, _ delivery: Delivery) throws {
        var replay = TranscriptReplay(transcript, delivery, on: try MemoryStage(transcript))
        try replay.run()
    }
}
