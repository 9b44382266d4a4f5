import Foundation
import Glibc

/// Tells on standard error how far a run is: a line that changes on a terminal, a line now and then elsewhere.
final class ProgressLine {
    private static let terminalPauseMilliseconds = 100
    private static let linePauseMilliseconds = 2_000

    private let isQuiet: Bool
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let started = ContinuousClock.now
    private var shown: ContinuousClock.Instant?
    private var lastText = ""

    init(isQuiet: Bool) {
        self.isQuiet = isQuiet
    }

    /// Says something that stays.
    func note(_ text: String) {
        if !isQuiet { Console.note(text) }
    }

    /// Shows how far it is.
    func show(_ done: Int, of all: Int, kills: Int, running: Int) {
        guard !isQuiet else { return }
        let seconds = (ContinuousClock.now - started).components.seconds
        let percent = all > 0 ? min(100, done * 100 / all) : 100
        lastText =
            "  \(done) of \(all) receipts are upstream (\(percent) %), \(running) at work"
            + (kills > 0 ? ", killed \(kills) times" : "") + ", \(seconds) s"
        let pause = isTerminal ? Self.terminalPauseMilliseconds : Self.linePauseMilliseconds
        if let shown, ContinuousClock.now - shown < .milliseconds(pause) { return }
        shown = .now
        write(isTerminal ? "\r\u{1B}[K" + lastText : lastText + "\n")
    }

    /// Shows the end of it.
    func end() {
        guard !isQuiet else { return }
        write((isTerminal ? "\r\u{1B}[K" : "") + lastText + "\n")
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
