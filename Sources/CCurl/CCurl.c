#include "CCurl.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

CURLcode tillgate_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode tillgate_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode tillgate_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode tillgate_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode tillgate_curl_set_receiver(CURL *handle, CURLoption option, tillgate_curl_receiver receiver) {
    return curl_easy_setopt(handle, option, receiver);
}

CURLcode tillgate_curl_set_progress(CURL *handle, tillgate_curl_progress progress) {
    return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, progress);
}

CURLcode tillgate_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

CURLcode tillgate_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

CURLcode tillgate_curl_perform(CURL *handle) {
    sigset_t broken_pipe, before, pending;
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    sigpending(&pending);
    int was_pending = sigismember(&pending, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, &before);

    CURLcode result = curl_easy_perform(handle);

    if (!was_pending) {
        const struct timespec at_once = {0, 0};
        sigtimedwait(&broken_pipe, NULL, &at_once);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

CURLcode tillgate_curl_start(void) {
    return curl_global_init(CURL_GLOBAL_ALL);
}
