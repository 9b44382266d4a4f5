import Foundation
import Glibc

/// Files with secrets of the gateway: short, and not for everybody to read.
enum SecretFile {
    /// A token or a secret is some hundred bytes at most; a longer file is another file.
    private static let bytesMaximum = 4_096

    /// The lines of a secret file, without blanks around them; at least one.
    static func lines(_ path: String, setting: String, linesMaximum: Int) throws -> [String] {
        try checkAccess(path, setting: setting)
        guard let bytes = FileManager.default.contents(atPath: path), bytes.count <= bytesMaximum,
            let text = String(data: bytes, encoding: .utf8)
        else {
            throw SettingError(name: setting, reason: "\(path) is not a text of at most \(bytesMaximum) bytes")
        }
        let lines = text.split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
        guard !lines.isEmpty, lines.count <= linesMaximum else {
            throw SettingError(
                name: setting,
                reason: linesMaximum == 1
                    ? "\(path) must have one line" : "\(path) must have 1 to \(linesMaximum) lines")
        }
        return lines
    }

    /// Refuses a file that every user of the machine may read or change. Its group may: that is how services are given
    /// secrets.
    static func checkAccess(_ path: String, setting: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw SettingError(name: setting, reason: "\(path): \(String(cString: strerror(errno)))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SettingError(name: setting, reason: "\(path) is not a regular file")
        }
        guard status.st_mode & (S_IRWXO | S_IWGRP) == 0 else {
            throw SettingError(
                name: setting, reason: "\(path) may be read or changed by others; take that away (chmod 600)")
        }
    }
}
