import LineProtocol
import Loyalty
import Retail

/// Sentences for sellers, in Russian or, in every other language, in English; numbers, days and amounts as the language of
/// the session writes them.
struct FloorTexts {
    private let texts: TextBook
    private let currency: String
    private let isRussian: Bool

    init(_ settings: StoreSettings) {
        texts = settings.language.texts
        currency = settings.currency
        isRussian = settings.language == .russian
    }

    // MARK: The next step for a customer

    func handOver(_ order: String) -> String {
        isRussian ? "Заказ \(order) готов: выдайте его" : "Order \(order) is ready: hand it over"
    }

    func finish(_ order: String) -> String {
        isRussian
            ? "Заказ \(order) ещё не готов: узнайте, на каком он этапе"
            : "Order \(order) is not ready yet: see how far it is"
    }

    var birthdayToday: String { isRussian ? "Сегодня день рождения: поздравьте" : "Birthday today: congratulate" }

    func birthday(on day: CalendarDate) -> String {
        isRussian
            ? "Скоро день рождения, \(texts.day(day)): предложите выбрать подарок"
            : "Birthday soon, on \(texts.day(day)): offer help with a present"
    }

    func burning(_ points: Int64, _ lastDay: CalendarDate) -> String {
        isRussian
            ? "\(texts.points(points)) можно потратить только до \(texts.day(lastDay)): предложите оплатить ими"
            : "\(texts.points(points)) can be spent until \(texts.day(lastDay)) only: offer to pay with them"
    }

    func nextTier(_ tier: String, _ missing: Money) -> String {
        isRussian
            ? "До уровня \(tier) осталось \(amount(missing)): расскажите"
            : "\(amount(missing)) to the level \(tier): mention it"
    }

    func offer(_ title: String) -> String {
        let sentence = isRussian ? "Личное предложение: \(title)" : "Personal offer: \(title)"
        return String(sentence.unicodeScalars.prefix(ProtocolLimits.noteCharacters).map(Character.init))
    }

    func welcomeBack(_ lastSale: CalendarDate) -> String {
        isRussian
            ? "Последняя покупка была \(texts.day(lastSale)): спросите, всё ли понравилось"
            : "Last purchase on \(texts.day(lastSale)): ask how the goods are"
    }

    // MARK: Tasks

    /// - Parameter subject: the order's id, or the till where a basket waits.
    func task(_ kind: TaskKind, _ subject: String) -> String {
        switch kind {
        case .orderAccept:
            isRussian ? "Примите или отклоните заказ \(subject)" : "Accept or reject order \(subject)"
        case .cancelConfirm:
            isRussian
                ? "Заказ \(subject) отменяют: верните товар на место и подтвердите"
                : "Order \(subject) is being cancelled: put the goods back and confirm"
        case .basketOpen: isRussian ? "Корзина ждёт на кассе \(subject)" : "A basket waits at till \(subject)"
        case .orderReady: isRussian ? "Соберите заказ \(subject)" : "Put order \(subject) together"
        case .orderCollect:
            isRussian
                ? "Заказ \(subject) скоро будет отменён: позвоните покупателю"
                : "Order \(subject) expires soon: call the customer"
        }
    }

    private func amount(_ money: Money) -> String { texts.amount(money, currency) }
}
