extension TextDocument {
    /// English.
    public static let english = TextDocument(
        language: "en", plural: .oneOther, points: ["one": "point", "other": "points"],
        pointsUpTo: ["one": "point", "other": "points"], decimalSeparator: ".", date: "{year}-{month}-{day}",
        amount: "{amount} {currency}", currencies: [:],
        sentences: [
            .giftAvailable: "Gift available: {sku}",
            .spendingCut: "{asked} asked for, only {spendable} can be spent",
            .spendingPossible: "Up to {points} can be spent",
            .spending: "You spend {points}",
            .earning: "You earn {points}",
            .tierReached: "New level from the next purchase: {tier}",
            .tierMissing: "{amount} to the level {tier}",
            .thresholdMissing: "{amount} more and this purchase earns extra points",
            .expiring: "{points} can be spent until {day}",
        ])

    /// Russian.
    public static let russian = TextDocument(
        language: "ru", plural: .slavic, points: ["one": "балл", "few": "балла", "many": "баллов"],
        pointsUpTo: ["one": "балла", "few": "баллов", "many": "баллов"], decimalSeparator: ",",
        date: "{day}.{month}.{year}", amount: "{amount} {currency}", currencies: ["RUB": "руб."],
        sentences: [
            .giftAvailable: "Можно добавить подарок: {sku}",
            .spendingCut: "Запрошено {asked}, списать можно только {spendable}",
            .spendingPossible: "Можно списать до {points}",
            .spending: "Спишется {points}",
            .earning: "Начислим {points}",
            .tierReached: "Новый уровень со следующей покупки: {tier}",
            .tierMissing: "До уровня {tier} осталось {amount}",
            .thresholdMissing: "Ещё {amount}, и за покупку будут дополнительные баллы",
            .expiring: "{points} можно потратить до {day}",
        ])
}
