/// The JSON form of an event, the same on the wire and in a file.
enum EventEnvelope {
    /// Appends `{"sequence":N,"stream":"…","id":"…","type":"…","body":{…}}`.
    static func append(_ event: UpstreamEvent, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: #"{"sequence":\#(event.sequence),"stream":"#.utf8)
        append(string: event.stream, to: &bytes)
        bytes.append(contentsOf: #","id":"#.utf8)
        append(string: event.id, to: &bytes)
        bytes.append(contentsOf: #","type":"#.utf8)
        append(string: event.type, to: &bytes)
        bytes.append(contentsOf: #","body":"#.utf8)
        bytes.append(contentsOf: event.body)
        bytes.append(UInt8(ascii: "}"))
    }

    /// `{"events":[…]}`, the body of one request.
    static func batch(_ events: ArraySlice<UpstreamEvent>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(events.reduce(16) { $0 + $1.body.count + $1.id.utf8.count + $1.stream.utf8.count + 96 })
        bytes.append(contentsOf: #"{"events":["#.utf8)
        for index in events.indices {
            if index > events.startIndex { bytes.append(UInt8(ascii: ",")) }
            append(events[index], to: &bytes)
        }
        bytes.append(contentsOf: "]}".utf8)
        return bytes
    }

    private static func append(string: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in string.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                bytes.append(contentsOf: #"\u00"#.utf8)
                bytes.append(hexDigits[Int(byte >> 4)])
                bytes.append(hexDigits[Int(byte & 0xF)])
            default:
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)
}
