import LineProtocol
import TillClient

extension FuzzTarget {
    /// What a till reads: answers, errors and events of a gateway.
    static let answers = FuzzTarget("answers", bytesMaximum: 4_096) { line in
        guard let answer = try? ServerLine.parse(line) else { return }
        let reader = JSONReader()
        withExtendedLifetime(reader) {
            switch answer {
            case .ok(_, let body):
                guard let value = try? reader.read(body), let fields = try? FieldReader(value) else { return }
                for read in replies { read(fields) }
            case .error(_, let code, let body):
                _ = ErrorCode(code)
                guard let value = try? reader.read(body), let fields = try? FieldReader(value) else { return }
                roundTrip(ErrorBody.self, fields)
            case .event(let number, let name, let body):
                let event = TillEvent(
                    number: Int64(clamping: number), name: String(decoding: name, as: UTF8.self),
                    kind: EventName(name), body: body, reader: reader)
                if case .other = event.content { return }
                precondition(EventName(name) != nil, "only what is known has a content")
            }
        }
    }
}

private func reading<Message: MessageBody>(_ type: Message.Type) -> @Sendable (FieldReader) -> Void {
    { roundTrip(type, $0) }
}

/// Every message that a gateway answers with or tells, each with all that it can carry.
private let replies: [@Sendable (FieldReader) -> Void] = [
    reading(AcknowledgeReply.self), reading(AuditReply.self), reading(BacklogReply.self),
    reading(BasketChange.self), reading(BasketDetails.self), reading(BasketSend.Reply.self),
    reading(CustomerCard.self), reading(CustomerMergeReply.self), reading(CustomerReply.self),
    reading(DeviceAdd.Reply.self), reading(DeviceListReply.self), reading(DeviceRevoke.Reply.self),
    reading(Drain.self), reading(EmptyBody.self), reading(EnrolReply.self), reading(ExplainReply.self),
    reading(FeedRefusedReply.self), reading(FeedRetry.Reply.self), reading(FeedStatusReply.self),
    reading(HelloReply.self), reading(HoldReply.self), reading(ImportReply.self), reading(NoteAdd.Reply.self),
    reading(OrderChange.self), reading(OrderDetails.self), reading(OrderFollow.Reply.self),
    reading(OrderList.Reply.self), reading(OrderPickReply.self), reading(OrderReminder.self),
    reading(OrderReply.self), reading(OrderServiceReply.self), reading(OrderWithdrawn.self),
    reading(PingReply.self), reading(ProductReply.self), reading(ProgrammeListReply.self), reading(QuoteReply.self),
    reading(ReceiptReply.self), reading(RelayQuarantine.Reply.self), reading(RelayRetry.Reply.self),
    reading(RelaySetAside.Reply.self), reading(RelayStatusReply.self), reading(ReleaseReply.self),
    reading(ShiftReply.self), reading(StatusReply.self), reading(StockReply.self), reading(StoreTask.self),
    reading(TaskList.Reply.self), reading(TasksChanged.self), reading(TransitionReply.self),
    reading(Visit.Reply.self), reading(WebhookListReply.self), reading(WebhookPut.Reply.self),
    reading(WebhookRemove.Reply.self), reading(WebhookRetry.Reply.self),
    { _ = try? ListedReceipt($0) },
]
