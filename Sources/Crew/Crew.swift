/// Who does what is done beside the connections' loops, and by whose hours.
///
/// Everything that would start a thread, a queue or a timer, look at the machine's ticks or throw dice asks its crew. The
/// usual one is ``MachineCrew``; a simulated world brings its own, which does everything on one thread in virtual time, in
/// an order that a seed chooses.
package protocol Crew: Sendable {
    /// A queue that does one piece of work after the other, or several at once.
    func queue(_ name: String, isConcurrent: Bool) -> any WorkQueue

    /// Does a piece of work that may block, once.
    func begin(_ name: String, _ work: @escaping @Sendable () -> Void)

    /// What wakes a worker; whoever has work for it holds this.
    func waker() -> Waker

    /// Puts somebody to work: `step` is taken again and again, with the rest between that it asks for, until it says that
    /// it has ended.
    func employ(_ name: String, waker: Waker, step: @escaping @Sendable () -> Rest) -> Employment

    /// What somebody who may block stands before until it opens.
    func latch() -> Latch

    /// Something that is done every so many seconds, once it is started.
    func timeKeeper() -> any TimeKeeper

    /// Lets others have the processor that the caller's thread is on, if any wait for it.
    func giveWay()

    /// Ticks that nobody puts back, in milliseconds since whenever.
    func milliseconds() -> Int64

    /// A number that nobody can foresee.
    func random() -> UInt64
}

extension Crew {
    /// A queue that does one piece of work after the other.
    package func queue(_ name: String) -> any WorkQueue { queue(name, isConcurrent: false) }
}

/// Takes work and does it elsewhere or later.
package protocol WorkQueue: Sendable {
    /// Hands work over and returns at once.
    func async(_ work: @escaping @Sendable () -> Void)
    /// Does work in its turn and returns when it is done. Blocks; never from the queue's own work.
    func sync<Value>(_ work: () throws -> Value) rethrows -> Value
}

/// Does something again and again beside the work: what is due by the clock and asked for by nobody.
package protocol TimeKeeper: Sendable {
    /// Calls `body` every so many seconds, one call at a time.
    func start(everySeconds seconds: Int, _ body: @escaping @Sendable () -> Void)
    /// Ends it; returns when a call that is under way has ended.
    func stop()
}

/// What a worker does after a step.
package enum Rest: Sendable, Equatable {
    /// Takes the next step at once.
    case none
    /// Waits to be called.
    case untilCalled
    /// Waits to be called, for so long at most.
    case milliseconds(Int)
    /// Goes home: there is no further step.
    case ended
}

/// A worker from outside.
package struct Employment: Sendable {
    private let ended: Latch

    /// - Parameter ended: opened by the crew after the last step.
    package init(ended: Latch) { self.ended = ended }

    /// Waits until the last step has been taken.
    package func waitForEnd() { ended.wait() }

    /// Waits until the last step has been taken, for so long at most; whether it was.
    @discardableResult
    package func waitForEnd(seconds: Int) -> Bool { ended.wait(seconds: seconds) }
}

/// The crew's dice for Swift's random functions.
package struct CrewGenerator: RandomNumberGenerator, Sendable {
    private let crew: any Crew

    /// - Parameter crew: whose dice they are.
    package init(_ crew: any Crew) { self.crew = crew }

    package mutating func next() -> UInt64 { crew.random() }
}
