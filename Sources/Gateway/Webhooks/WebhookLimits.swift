/// How webhooks are delivered. `protocol-spec/webhooks.md` tells websites what they meet of it.
enum WebhookLimits {
    /// Messages under way to one site: enough for a busy shop, few enough for a small web server.
    static let perSite = 4
    /// Of these, messages that have failed before: an order that a site chokes on must not take all of them.
    static let retriesPerSite = 2
    /// First pause of an order whose change was not acknowledged.
    static let firstPauseMilliseconds = 1_000
    /// Longest pause of such an order: how long after a site's recovery it may still be behind.
    static let longestPauseMilliseconds = 900_000
    /// Longest pause of a site that cannot be reached; one attempt to connect costs nothing.
    static let longestAbsenceMilliseconds = 60_000
    /// Longest Retry-After that is obeyed.
    static let longestRetryAfterMilliseconds = 3_600_000
    /// How long messages are signed with the secret before, too, after it was replaced.
    static let previousSecretMilliseconds: Int64 = 86_400_000
    /// A site that goes on failing is told of in the log this often.
    static let logIntervalMilliseconds: Int64 = 600_000
    /// Pause after the store did not take what became of a message.
    static let storePauseMilliseconds: Int64 = 5_000
    /// Between two looks while something waits for its time, and while nothing does; a change calls at once.
    static let tickMilliseconds = 250
    static let idleTickMilliseconds = 1_000
    /// Characters of an error that are kept.
    static let errorCharacters = 300
}
