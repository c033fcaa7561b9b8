// What Swift cannot import of libcurl: variadic functions and constants that are macros.
#ifndef MLMON_CCURL_SHIM_H
#define MLMON_CCURL_SHIM_H

// Opaque structs for handles in place of void.
#define CURL_STRICTER 1
#define CURL_DISABLE_DEPRECATION 1
#include <curl/curl.h>

typedef size_t (*mlmon_data_callback)(char *data, size_t size, size_t count, void *context);

static inline CURLcode mlmon_global_init(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT);
}

static inline CURLcode mlmon_setopt_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode mlmon_setopt_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode mlmon_setopt_string(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode mlmon_setopt_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode mlmon_setopt_data_callback(
    CURL *easy, CURLoption option, mlmon_data_callback callback) {
    return curl_easy_setopt(easy, option, callback);
}

// The string form is newer than the libcurl of Ubuntu 22.04, the bit mask is deprecated since.
static inline CURLcode mlmon_allow_only_http(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(easy, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
}

// Without it, ending a transfer waits for its name look-up, and every other transfer with it.
static inline CURLcode mlmon_detach_name_lookups(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075700
    return curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#else
    (void)easy;
    return CURLE_OK;
#endif
}

static inline CURLcode mlmon_getinfo_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode mlmon_getinfo_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode mlmon_getinfo_pointer(CURL *easy, CURLINFO info, void **value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode mlmon_multi_setopt_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLSHcode mlmon_share_connections(CURLSH *share) {
    return curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT);
}

// `data` is a union in CURLMsg.
static inline CURLcode mlmon_message_result(const CURLMsg *message) {
    return message->data.result;
}

#endif
