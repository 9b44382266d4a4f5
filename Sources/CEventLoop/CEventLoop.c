#define _GNU_SOURCE
#include "CEventLoop.h"

int shim_accept(int listener, struct sockaddr_storage *address, socklen_t *length) {
    return accept4(listener, (struct sockaddr *)address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

// ---- control messages

// The count is the SSL's application data: servers have no other use for it.
static void count_control_message(
    int is_sent, int version, int type, const void *bytes, size_t count, SSL *ssl, void *argument) {
    (void)version;
    (void)argument;
    const uint8_t *message = bytes;
    int is_key_update = !is_sent && type == SSL3_RT_HANDSHAKE && count > 0 && message[0] == SSL3_MT_KEY_UPDATE;
    int is_refusal = is_sent && type == SSL3_RT_ALERT && count == 2 && message[1] == SSL_AD_NO_RENEGOTIATION;
    if (!is_key_update && !is_refusal) return;
    uintptr_t seen = (uintptr_t)SSL_get_app_data(ssl) + 1;
    SSL_set_app_data(ssl, (void *)seen);
    // OpenSSL goes on reading within one SSL_read as long as the peer sends such messages; this ends it.
    if (seen > SHIM_CONTROL_MESSAGES_MAXIMUM) SSL_set_shutdown(ssl, SSL_get_shutdown(ssl) | SSL_RECEIVED_SHUTDOWN);
}

void shim_context_limit_control_messages(SSL_CTX *context) { SSL_CTX_set_msg_callback(context, count_control_message); }

// ---- refused certificates

// Verification and its consequences are one call on one thread, so this is never another connection's.
static _Thread_local X509 *refused;

static int keep_refused(int is_good, X509_STORE_CTX *store) {
    if (is_good) return 1;
    X509 *leaf = X509_STORE_CTX_get0_cert(store);
    if (leaf && X509_up_ref(leaf)) {
        X509_free(refused);
        refused = leaf;
    }
    return 0;
}

void shim_context_ask_for_certificates(SSL_CTX *context) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, keep_refused);
}

X509 *shim_take_refused_certificate(void) {
    X509 *taken = refused;
    refused = NULL;
    return taken;
}
