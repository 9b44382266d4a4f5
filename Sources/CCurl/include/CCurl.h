// libcurl for Swift: the variadic functions with one typed form per kind of argument. Needs libcurl 7.85.
#ifndef TILLGATE_CCURL_H
#define TILLGATE_CCURL_H

#include <curl/curl.h>

typedef size_t (*tillgate_curl_receiver)(char *bytes, size_t size, size_t count, void *context);
typedef int (*tillgate_curl_progress)(
    void *context, curl_off_t download_total, curl_off_t download_now, curl_off_t upload_total, curl_off_t upload_now);

CURLcode tillgate_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode tillgate_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value);
CURLcode tillgate_curl_set_text(CURL *handle, CURLoption option, const char *value);
CURLcode tillgate_curl_set_pointer(CURL *handle, CURLoption option, const void *value);
CURLcode tillgate_curl_set_receiver(CURL *handle, CURLoption option, tillgate_curl_receiver receiver);
CURLcode tillgate_curl_set_progress(CURL *handle, tillgate_curl_progress progress);

CURLcode tillgate_curl_get_long(CURL *handle, CURLINFO info, long *value);
CURLcode tillgate_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value);

// curl_easy_perform with SIGPIPE held back from this thread: OpenSSL writes to a connection that the peer has reset,
// and with CURLOPT_NOSIGNAL libcurl leaves the signal alone.
CURLcode tillgate_curl_perform(CURL *handle);

// curl_global_init with all parts; safe to call once per process.
CURLcode tillgate_curl_start(void);

#endif
