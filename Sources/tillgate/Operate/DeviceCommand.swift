import ArgumentParser
import Certificates
import Foundation
import LineProtocol

/// `tillgate device add|list|revoke`
struct DeviceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device", abstract: "Add, list and revoke the devices that may connect.",
        subcommands: [Add.self, List.self, Revoke.self])

    /// Makes a device known and writes what it needs to connect.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a device, or give a known one a new credential.",
            discussion: """
                Writes a bundle into --out: device.crt and device.key (the device's certificate and private key) and \
                ca.crt (what the gateway's certificate is checked against). With --token no certificate is made: the \
                token is printed once and stored only as a hash.
                """)

        @OptionGroup var place: DataFolder
        @Argument(help: "Store of the device; * for a website that serves all stores.")
        var store: String
        @Argument(help: "register, app or website.")
        var role: AddableRole
        @Argument(help: "Name of the device, unique within its store.")
        var device: String
        @Option(help: "Folder for the bundle.")
        var out: String?
        @Option(help: "Days that the certificate is good for.")
        var days = 1_095
        @Flag(help: "Make a token instead of a certificate.")
        var token = false
        @Flag(help: "Print one JSON object.")
        var json = false

        func validate() throws {
            if !token, out == nil { throw ValidationError("give --out FOLDER for the bundle, or --token") }
        }

        func run() async throws {
            var fingerprint: String?
            if !token, let out {
                do {
                    fingerprint = try DeviceBundle.write(
                        folder: out, authority: ServerFiles.authority(folder: place.data), store: store,
                        role: role.rawValue, device: device, days: days)
                } catch {
                    throw Console.fail("\(error)", .unavailable)
                }
            }
            let message = DeviceAdd(store: store, role: role, device: device, fingerprint: fingerprint)
            let answer = try await place.ask([OperatorRequest(.deviceAdd, message)])[0]
            if json { return Console.result(answer.text) }
            let reply: DeviceAdd.Reply = try answer.message()
            Console.result("\(reply.role.rawValue) \(reply.device) of store \(reply.store) may connect")
            if let token = reply.token { Console.result("token (shown this once): \(token)") }
            if let out, !token { Console.result("bundle: \(out)/device.crt, \(out)/device.key, \(out)/ca.crt") }
        }
    }

    /// Lists devices.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the devices, the revoked ones too.")

        @OptionGroup var place: DataFolder
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let answer = try await place.ask([OperatorRequest(.deviceList)])[0]
            if json { return Console.result(answer.text) }
            let reply: DeviceListReply = try answer.message()
            for device in reply.devices {
                Console.result(
                    "\(device.store) \(device.role.rawValue) \(device.device) \(device.state.rawValue), "
                        + "\(device.connections) connections, added \(device.addedAt.rfc3339)")
            }
            Console.note("\(reply.devices.count) devices")
        }
    }

    /// Revokes a device.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revoke a device: its connections are cut, and it cannot connect any more.")

        @OptionGroup var place: DataFolder
        @Argument(help: "Name of the device.")
        var device: String
        @Option(help: "Its store; needed when several stores have a device of this name.")
        var store: String?
        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let message = DeviceRevoke(device: device, store: store)
            let answer = try await place.ask([OperatorRequest(.deviceRevoke, message)])[0]
            if json { return Console.result(answer.text) }
            let reply: DeviceRevoke.Reply = try answer.message()
            Console.result("\(reply.device) is revoked, \(reply.closed) connections were cut")
        }
    }
}

extension AddableRole: ExpressibleByArgument {}

/// The files that a device needs to connect.
enum DeviceBundle {
    /// Issues a certificate into `folder` and returns its fingerprint. A bundle that is there already is replaced.
    static func write(
        folder: String, authority: CertificateAuthority, store: String, role: String, device: String, days: Int
    ) throws -> String {
        let files = FileManager.default
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let fresh = folder + "/.new-\(UUID().uuidString)"
        defer { try? files.removeItem(atPath: fresh) }
        let issued = try authority.issueDevice(
            store: store, role: role, device: device, days: days, directory: fresh)
        try replace(folder + "/device.crt", with: issued.files.certificatePath)
        try replace(folder + "/device.key", with: issued.files.privateKeyPath)
        let authorityCopy = fresh + "/ca.crt"
        try files.copyItem(atPath: authority.certificatePath, toPath: authorityCopy)
        try replace(folder + "/ca.crt", with: authorityCopy)
        return issued.fingerprint
    }

    private static func replace(_ path: String, with source: String) throws {
        if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
        try FileManager.default.moveItem(atPath: source, toPath: path)
    }
}
