import Foundation
import LineProtocol
import Retail
import Testing

/// The program and the data that the specification gives to strangers say the same.
@Suite("Agreement with the specification")
struct SpecificationTests {
    @Test("every error code stands in errors.json with the same consequences, and no other")
    func errorCodesAgree() throws {
        let specified = try ProjectFiles.specificationList("errors.json", "errors")
        let names = ErrorCode.allCases.map { "\($0.name)" }
        #expect(specified.compactMap { $0["code"] as? String }.sorted() == names.sorted())
        for entry in specified {
            let name = try #require(entry["code"] as? String)
            let code = try #require(withRawBytes(name) { ErrorCode($0) }, "\(name)")
            #expect(entry["closes"] as? Bool == code.closesConnection, "\(name)")
            #expect(entry["retry"] as? String == code.retry.rawValue, "\(name)")
        }
    }

    @Test("every verb stands in verbs.json with the same roles and state, and no other")
    func verbsAgree() throws {
        let specified = try ProjectFiles.specificationList("verbs.json", "verbs")
        #expect(specified.compactMap { $0["verb"] as? String }.sorted() == Verb.allCases.map { "\($0.name)" }.sorted())
        for entry in specified {
            let name = try #require(entry["verb"] as? String)
            let verb = try #require(withRawBytes(name) { Verb($0) }, "\(name)")
            let roles = Set(entry["roles"] as? [String] ?? [])
            #expect(Set(DeviceRole.allCases.filter(verb.allowed).map(\.rawValue)) == roles, "\(name)")
            #expect(entry["built"] as? Bool == true, "\(name)")
        }
    }

    @Test("every limit stands in limits.json with the same value, and no other")
    func limitsAgree() throws {
        let specified = try ProjectFiles.specificationList("limits.json", "limits")
        var values: [String: Int] = [:]
        for entry in specified {
            values[try #require(entry["name"] as? String)] = try #require(entry["value"] as? Int)
        }
        #expect(values == Self.limits)
    }

    private static let limits: [String: Int] = [
        "change_id_characters": ProtocolLimits.changeIDCharacters,
        "change_identifiers": ProtocolLimits.changeIdentifiers,
        "change_bytes": ProtocolLimits.changeBytes,
        "refused_changes_page": ProtocolLimits.refusedChangesPage,
        "refused_changes": ProtocolLimits.refusedChanges,
        "line_bytes_before_hello": ProtocolLimits.lineBytesBeforeHello,
        "line_bytes": ProtocolLimits.lineBytes,
        "pipeline_requests": ProtocolLimits.pipelineRequests,
        "output_high_water_bytes": ProtocolLimits.outputHighWaterBytes,
        "output_low_water_bytes": ProtocolLimits.outputLowWaterBytes,
        "output_buffer_bytes": ProtocolLimits.outputBufferBytes,
        "handshake_ms": ProtocolLimits.handshakeMilliseconds,
        "hello_ms": ProtocolLimits.helloMilliseconds,
        "pipeline_bytes": ProtocolLimits.pipelineBytes,
        "line_completion_ms": ProtocolLimits.lineCompletionMilliseconds,
        "idle_ms": ProtocolLimits.idleMilliseconds,
        "ping_interval_ms": ProtocolLimits.pingIntervalMilliseconds,
        "hello_first_errors": ProtocolLimits.helloFirstErrors,
        "connections": ProtocolLimits.connections,
        "connections_per_address": ProtocolLimits.connectionsPerAddress,
        "connections_per_device": ProtocolLimits.connectionsPerDevice,
        "handshake_queue": ProtocolLimits.handshakeQueue,
        "journal_queue_changes": ProtocolLimits.journalQueueChanges,
        "hello_wrong_tokens": ProtocolLimits.helloWrongTokens,
        "customer_misses": ProtocolLimits.customerMisses,
        "customer_miss_interval_ms": ProtocolLimits.customerMissIntervalMilliseconds,
        "customer_misses_website": ProtocolLimits.customerMissesOfWebsite,
        "customer_miss_interval_website_ms": ProtocolLimits.customerMissIntervalOfWebsiteMilliseconds,
        "customers_by_id": ProtocolLimits.customersByID,
        "customers_by_id_interval_ms": ProtocolLimits.customersByIDIntervalMilliseconds,
        "verb_characters": ProtocolLimits.verbCharacters,
        "tag_characters": ProtocolLimits.tagCharacters,
        "name_characters_of_codes": ProtocolLimits.codeCharacters,
        "json_depth": ProtocolLimits.jsonDepth,
        "object_members": ProtocolLimits.jsonObjectMembers,
        "id_characters": ProtocolLimits.idCharacters,
        "name_characters": ProtocolLimits.nameCharacters,
        "note_characters": ProtocolLimits.noteCharacters,
        "receipt_number_characters": ProtocolLimits.receiptNumberCharacters,
        "token_characters_min": ProtocolLimits.tokenCharactersMinimum,
        "token_characters_max": ProtocolLimits.tokenCharacters,
        "money_minor_units": ProtocolLimits.moneyMinorUnits,
        "quantity_thousandths": ProtocolLimits.quantityThousandths,
        "receipt_lines": ProtocolLimits.receiptLines,
        "basket_lines": ProtocolLimits.basketLines,
        "payments": ProtocolLimits.payments,
        "receipt_taxes": ProtocolLimits.receiptTaxes,
        "shift_numbers": ProtocolLimits.shiftNumbers,
        "shift_numbers_listed": ProtocolLimits.shiftNumbersListed,
        "receipt_list_page": ProtocolLimits.receiptListPage,
        "line_discounts": ProtocolLimits.lineDiscounts,
        "order_lines": ProtocolLimits.orderLines,
        "coupons": ProtocolLimits.coupons,
        "line_tags": ProtocolLimits.lineTags,
        "product_barcodes": ProtocolLimits.productBarcodes,
        "barcode_characters": ProtocolLimits.barcodeCharacters,
        "scanned_characters": ProtocolLimits.scannedCharacters,
        "related_products": ProtocolLimits.relatedProducts,
        "stores_elsewhere": ProtocolLimits.storesElsewhere,
        "stock_stores_named": ProtocolLimits.stockStoresNamed,
        "stock_stores": ProtocolLimits.stockStores,
        "offers": ProtocolLimits.offers,
        "consents": ProtocolLimits.consents,
        "order_list_page": ProtocolLimits.orderListPage,
        "order_transitions": ProtocolLimits.orderTransitions,
        "service_orders": ProtocolLimits.serviceOrders,
        "order_follow_page": ProtocolLimits.orderFollowPage,
        "webhooks": ProtocolLimits.webhooks,
        "webhook_url_characters": ProtocolLimits.webhookURLCharacters,
        "webhook_failing_orders": ProtocolLimits.webhookFailingOrders,
        "event_id_characters": ProtocolLimits.eventIDCharacters,
        "relay_held_streams": ProtocolLimits.relayHeldStreams,
        "relay_streams": ProtocolLimits.relayStreams,
        "relay_quarantine_page": ProtocolLimits.relayQuarantinePage,
        "unacknowledged_events": ProtocolLimits.unacknowledgedEvents,
        "events_per_page": ProtocolLimits.eventsPerPage,
        "import_rows": ProtocolLimits.importRows,
        "open_baskets_per_app": ProtocolLimits.openBasketsPerApp,
        "open_baskets_per_till": ProtocolLimits.openBasketsPerTill,
        "visit_skus": ProtocolLimits.visitProducts,
        "visit_reasons": ProtocolLimits.visitReasons,
        "customer_notes": ProtocolLimits.customerNotes,
        "card_purchases": ProtocolLimits.cardPurchases,
        "card_purchase_lines": ProtocolLimits.cardPurchaseLines,
        "card_orders": ProtocolLimits.cardOrders,
        "card_notes": ProtocolLimits.cardNotes,
        "tasks_page": ProtocolLimits.tasksPage,
        "tasks_changed_interval_ms": ProtocolLimits.tasksChangedIntervalMilliseconds,
        "programmes": ProtocolLimits.programmes,
        "explanation_characters": ProtocolLimits.explanationCharacters,
        "receipt_answer_days": ProtocolLimits.receiptAnswerDays,
        "clock_difference_ms": ProtocolLimits.clockDifferenceMilliseconds,
        "http_head_bytes": ProtocolLimits.httpHeadBytes,
        "http_target_bytes": ProtocolLimits.httpTargetBytes,
        "http_headers": ProtocolLimits.httpHeaders,
        "http_body_bytes": ProtocolLimits.httpBodyBytes,
        "http_head_ms": ProtocolLimits.httpHeadMilliseconds,
        "http_body_ms": ProtocolLimits.httpBodyMilliseconds,
        "http_answer_ms": ProtocolLimits.httpAnswerMilliseconds,
        "http_idle_ms": ProtocolLimits.httpIdleMilliseconds,
        "http_connections": ProtocolLimits.httpConnections,
        "http_connections_per_address": ProtocolLimits.httpConnectionsPerAddress,
        "http_requests_per_second": ProtocolLimits.httpRequestsPerSecond,
        "http_requests_burst": ProtocolLimits.httpRequestsBurst,
        "http_health_requests": ProtocolLimits.httpHealthRequests,
        "http_wrong_tokens": ProtocolLimits.httpWrongTokens,
        "idempotency_key_characters": ProtocolLimits.idempotencyKeyCharacters,
        "idempotency_answer_days": ProtocolLimits.idempotencyAnswerDays,
    ]

    @Test("names that are nearly right are not taken for verbs, codes or events")
    func refusesNearNames() {
        for name in ["", "PIN", "PINGS", "ping", "ORDER_", "ORDER_ACKS", String(repeating: "A", count: 10_000)] {
            #expect(withRawBytes(name) { Verb($0) } == nil)
        }
        for name in ["", "Busy", "busy ", "bus", "order.changed "] {
            #expect(withRawBytes(name) { ErrorCode($0) } == nil)
            #expect(withRawBytes(name) { EventName($0) } == nil)
        }
        for event in EventName.allCases { #expect(withRawBytes("\(event.name)") { EventName($0) } == event) }
    }
}
