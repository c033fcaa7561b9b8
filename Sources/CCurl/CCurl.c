#include "CCurl.h"
#include <dlfcn.h>

#ifdef __APPLE__
#define LIBRARY "libcurl.4.dylib"
#else
#define LIBRARY "libcurl.so.4"
#endif

#define FUNCTIONS(each) \
    each(easy_cleanup) each(easy_getinfo) each(easy_init) each(easy_reset) each(easy_setopt) \
    each(easy_strerror) each(free) each(global_init) each(multi_add_handle) each(multi_cleanup) \
    each(multi_info_read) each(multi_init) each(multi_perform) each(multi_poll) \
    each(multi_remove_handle) each(multi_setopt) each(multi_strerror) each(multi_wakeup) \
    each(share_cleanup) each(share_init) each(share_setopt) each(slist_append) \
    each(slist_free_all) each(url) each(url_cleanup) each(url_get) each(url_set)

#define MEMBER(name) __typeof__(&curl_##name) name;
static struct { FUNCTIONS(MEMBER) } curl;

const char *mlmon_curl_load(void) {
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return dlerror();
#define FIND(name) \
    curl.name = (__typeof__(curl.name))dlsym(library, "curl_" #name); \
    if (curl.name == NULL) return LIBRARY " is too old: it has no curl_" #name;
    FUNCTIONS(FIND)
    CURLcode code = curl.global_init(CURL_GLOBAL_DEFAULT);
    return code == CURLE_OK ? NULL : curl.easy_strerror(code);
}

CURL *mlmon_easy_init(void) { return curl.easy_init(); }
void mlmon_easy_cleanup(CURL *easy) { curl.easy_cleanup(easy); }
void mlmon_easy_reset(CURL *easy) { curl.easy_reset(easy); }
const char *mlmon_easy_strerror(CURLcode code) { return curl.easy_strerror(code); }

CURLcode mlmon_setopt_long(CURL *easy, CURLoption option, long value) {
    return curl.easy_setopt(easy, option, value);
}

CURLcode mlmon_setopt_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl.easy_setopt(easy, option, value);
}

CURLcode mlmon_setopt_string(CURL *easy, CURLoption option, const char *value) {
    return curl.easy_setopt(easy, option, value);
}

CURLcode mlmon_setopt_pointer(CURL *easy, CURLoption option, void *value) {
    return curl.easy_setopt(easy, option, value);
}

CURLcode mlmon_setopt_data_callback(CURL *easy, CURLoption option, mlmon_data_callback callback) {
    return curl.easy_setopt(easy, option, callback);
}

// The string form is newer than the libcurl of Ubuntu 22.04, the bit mask is deprecated since.
CURLcode mlmon_allow_only_http(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl.easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

CURLcode mlmon_detach_name_lookups(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075700
    return curl.easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#else
    (void)easy;
    return CURLE_OK;
#endif
}

CURLcode mlmon_getinfo_long(CURL *easy, CURLINFO info, long *value) {
    return curl.easy_getinfo(easy, info, value);
}

CURLcode mlmon_getinfo_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl.easy_getinfo(easy, info, value);
}

CURLcode mlmon_getinfo_pointer(CURL *easy, CURLINFO info, void **value) {
    return curl.easy_getinfo(easy, info, value);
}

CURLM *mlmon_multi_init(void) { return curl.multi_init(); }
CURLMcode mlmon_multi_cleanup(CURLM *multi) { return curl.multi_cleanup(multi); }

CURLMcode mlmon_multi_setopt_long(CURLM *multi, CURLMoption option, long value) {
    return curl.multi_setopt(multi, option, value);
}

CURLMcode mlmon_multi_add_handle(CURLM *multi, CURL *easy) {
    return curl.multi_add_handle(multi, easy);
}

CURLMcode mlmon_multi_remove_handle(CURLM *multi, CURL *easy) {
    return curl.multi_remove_handle(multi, easy);
}

CURLMcode mlmon_multi_perform(CURLM *multi, int *running_count) {
    return curl.multi_perform(multi, running_count);
}

CURLMcode mlmon_multi_poll(CURLM *multi, int milliseconds) {
    return curl.multi_poll(multi, NULL, 0, milliseconds, NULL);
}

CURLMcode mlmon_multi_wakeup(CURLM *multi) { return curl.multi_wakeup(multi); }

CURLMsg *mlmon_multi_info_read(CURLM *multi, int *remaining_count) {
    return curl.multi_info_read(multi, remaining_count);
}

const char *mlmon_multi_strerror(CURLMcode code) { return curl.multi_strerror(code); }
CURLcode mlmon_message_result(const CURLMsg *message) { return message->data.result; }

CURLSH *mlmon_share_init(void) { return curl.share_init(); }
CURLSHcode mlmon_share_cleanup(CURLSH *share) { return curl.share_cleanup(share); }

CURLSHcode mlmon_share_connections(CURLSH *share) {
    return curl.share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT);
}

struct curl_slist *mlmon_slist_append(struct curl_slist *list, const char *line) {
    return curl.slist_append(list, line);
}

void mlmon_slist_free_all(struct curl_slist *list) { curl.slist_free_all(list); }

CURLU *mlmon_url(void) { return curl.url(); }
void mlmon_url_cleanup(CURLU *url) { curl.url_cleanup(url); }

CURLUcode mlmon_url_get(CURLU *url, CURLUPart part, char **text, unsigned int flags) {
    return curl.url_get(url, part, text, flags);
}

CURLUcode mlmon_url_set(CURLU *url, CURLUPart part, const char *text, unsigned int flags) {
    return curl.url_set(url, part, text, flags);
}

void mlmon_free(void *text) { curl.free(text); }
