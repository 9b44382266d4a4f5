// What Swift cannot import by itself: Linux calls that the Glibc module leaves out (epoll, accept4), and the parts of
// OpenSSL that are macros or variadic. Policy stays in Swift; nothing here decides anything.
#ifndef CEVENTLOOP_H
#define CEVENTLOOP_H

#include <errno.h>
#include <malloc.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

// ---- memory

static inline int shim_keep_freed_memory(int bytes) { return mallopt(M_TRIM_THRESHOLD, bytes); }

// ---- epoll and sockets

static inline int shim_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static inline int shim_epoll_control(int set, int operation, int descriptor, uint32_t events, uint64_t key) {
    struct epoll_event event = {.events = events, .data = {.u64 = key}};
    return epoll_ctl(set, operation, descriptor, &event);
}

static inline uint32_t shim_event_flags(const struct epoll_event *event) { return event->events; }
static inline uint64_t shim_event_key(const struct epoll_event *event) { return event->data.u64; }

static inline uint32_t shim_epollin(void) { return EPOLLIN; }
static inline uint32_t shim_epollout(void) { return EPOLLOUT; }
static inline uint32_t shim_epoll_one_shot(void) { return EPOLLONESHOT; }
static inline uint32_t shim_epoll_edge(void) { return EPOLLET; }
static inline uint32_t shim_epoll_hang_up(void) { return EPOLLHUP | EPOLLERR; }

// In a source file of its own: it needs _GNU_SOURCE, which gives system types another shape than Swift's modules know.
int shim_accept(int listener, struct sockaddr_storage *address, socklen_t *length);

static inline int shim_stream_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

// A bell in an epoll set: one thread rings it, the one that waits there wakes up.
static inline int shim_bell_create(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
static inline void shim_bell_ring(int bell) { eventfd_write(bell, 1); }

static inline uint64_t shim_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// ---- reading and writing, plain and TLS, with one kind of answer

enum shim_outcome {
    shim_outcome_done,
    shim_outcome_want_read,
    shim_outcome_want_write,
    shim_outcome_ended,
    shim_outcome_system_error,
    shim_outcome_tls_error,
};

// `number` is errno for a system error, otherwise 0. It is taken before anything else can overwrite errno.
struct shim_result {
    int count;
    uint16_t outcome;
    uint16_t number;
};

static inline struct shim_result shim_socket_result(ssize_t count) {
    struct shim_result result = {(int)count, shim_outcome_done, 0};
    if (count >= 0) return result;
    result.number = (uint16_t)errno;
    result.outcome = shim_outcome_system_error;
    return result;
}

static inline struct shim_result shim_socket_read(int descriptor, void *bytes, int count) {
    struct shim_result result = shim_socket_result(recv(descriptor, bytes, (size_t)count, 0));
    if (result.count == 0) result.outcome = shim_outcome_ended;
    if (result.number == EAGAIN || result.number == EINTR) result.outcome = shim_outcome_want_read;
    return result;
}

static inline struct shim_result shim_socket_write(int descriptor, const void *bytes, int count) {
    struct shim_result result = shim_socket_result(send(descriptor, bytes, (size_t)count, MSG_NOSIGNAL));
    if (result.number == EAGAIN || result.number == EINTR) result.outcome = shim_outcome_want_write;
    return result;
}

static inline struct shim_result shim_ssl_result(const SSL *ssl, int count) {
    struct shim_result result = {count, shim_outcome_done, 0};
    if (count > 0) return result;
    int number = errno;
    switch (SSL_get_error(ssl, count)) {
    case SSL_ERROR_WANT_READ: result.outcome = shim_outcome_want_read; break;
    case SSL_ERROR_WANT_WRITE: result.outcome = shim_outcome_want_write; break;
    case SSL_ERROR_ZERO_RETURN: result.outcome = shim_outcome_ended; break;
    case SSL_ERROR_SYSCALL:
        result.outcome = number ? shim_outcome_system_error : shim_outcome_ended;
        result.number = (uint16_t)number;
        break;
    default: result.outcome = shim_outcome_tls_error;
    }
    return result;
}

// Errors that somebody left on this thread would be taken for the next call's. There are hardly ever any, and looking
// costs a tenth of clearing.
static inline void shim_clear_errors(void) {
    if (ERR_peek_error()) ERR_clear_error();
    errno = 0;
}

static inline struct shim_result shim_ssl_read(SSL *ssl, void *bytes, int count) {
    shim_clear_errors();
    return shim_ssl_result(ssl, SSL_read(ssl, bytes, count));
}

static inline struct shim_result shim_ssl_write(SSL *ssl, const void *bytes, int count) {
    shim_clear_errors();
    return shim_ssl_result(ssl, SSL_write(ssl, bytes, count));
}

static inline struct shim_result shim_ssl_handshake(SSL *ssl) {
    shim_clear_errors();
    return shim_ssl_result(ssl, SSL_do_handshake(ssl));
}

// Says goodbye if that is possible at once. Marks both directions as shut, because OpenSSL otherwise spoils the
// session for resumption when a connection is cut.
static inline void shim_ssl_goodbye(SSL *ssl, int send) {
    ERR_clear_error();
    if (send) SSL_shutdown(ssl);
    ERR_clear_error();
    SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

// ---- OpenSSL macros: contexts

// A certificate goes out with what stands in its file. Without NO_AUTO_CHAIN OpenSSL would look for its issuer among the
// trusted ones, and check its signature, in every handshake.
static inline void shim_context_set_modes(SSL_CTX *context) {
    SSL_CTX_set_mode(
        context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
            | SSL_MODE_NO_AUTO_CHAIN);
}

static inline void shim_context_set_options(SSL_CTX *context) {
    SSL_CTX_set_options(
        context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE
            | SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
}

static inline void shim_context_set_read_ahead(SSL_CTX *context) { SSL_CTX_set_read_ahead(context, 1); }

static inline int shim_context_set_minimum_tls12(SSL_CTX *context) {
    return (int)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

static inline int shim_context_set_groups(SSL_CTX *context, const char *groups) {
    return (int)SSL_CTX_set1_groups_list(context, groups);
}

// A server keeps no sessions (tickets carry them); a client is handed each session by the callback.
static inline void shim_context_set_server_cache(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

static inline void shim_context_set_client_cache(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
}

static inline int shim_ssl_set_host_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}

// Key updates and refused renegotiations that one peer may cause; no till has a reason for any. With more of them the
// connection reads as ended.
#define SHIM_CONTROL_MESSAGES_MAXIMUM 32

void shim_context_limit_control_messages(SSL_CTX *context);

static inline int shim_has_too_many_control_messages(const SSL *ssl) {
    return (uintptr_t)SSL_get_app_data((SSL *)ssl) > SHIM_CONTROL_MESSAGES_MAXIMUM;
}

// Asks clients for a certificate and keeps the one that is refused for who calls next on the same thread.
void shim_context_ask_for_certificates(SSL_CTX *context);

// The certificate that verification has refused on this thread, or NULL; the caller frees it.
X509 *shim_take_refused_certificate(void);

// ---- OpenSSL macros: session tickets

static inline int shim_ticket_mac_init(EVP_MAC_CTX *context, uint8_t *key, size_t count) {
    OSSL_PARAM parameters[3] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key, count),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(context, parameters);
}

// ---- OpenSSL macros: keys, names, times

static inline EVP_PKEY *shim_generate_p256_key(void) { return EVP_EC_gen("P-256"); }

// The errno behind OpenSSL's oldest error, 0 when that is not the system's.
static inline int shim_system_error(void) {
    unsigned long error = ERR_peek_error();
    return ERR_SYSTEM_ERROR(error) ? ERR_GET_REASON(error) : 0;
}

static inline int64_t shim_time_seconds(const ASN1_TIME *time) {
    struct tm parts;
    if (!ASN1_TIME_to_tm(time, &parts)) return -1;
    return (int64_t)timegm(&parts);
}

static inline int shim_name_add_utf8(X509_NAME *name, int nid, const char *text, int count) {
    return X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, (const unsigned char *)text, count, -1, 0);
}

static inline void shim_extension_context(X509V3_CTX *context, X509 *issuer, X509 *subject) {
    X509V3_set_ctx_nodb(context);
    X509V3_set_ctx(context, issuer, subject, NULL, NULL, 0);
}

#endif
