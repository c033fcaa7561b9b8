// libcurl, loaded when it is first needed: it brings some thirty libraries, 7 MB and half of the
// time that the program takes to start, and many of its commands send nothing.
//
// Functions have libcurl's names and meaning, with `mlmon_` in place of `curl_`; variadic ones have
// one form for each type of argument. None may be called before `mlmon_curl_load` has succeeded.
#ifndef MLMON_CCURL_H
#define MLMON_CCURL_H

// Opaque structs for handles in place of void.
#define CURL_STRICTER 1
#define CURL_DISABLE_DEPRECATION 1
#include <curl/curl.h>

/// Not to be called by two threads at once.
///
/// Returns NULL where libcurl is ready, or else what is wrong, to be read at once.
const char *mlmon_curl_load(void);

typedef size_t (*mlmon_data_callback)(char *data, size_t size, size_t count, void *context);

CURL *mlmon_easy_init(void);
void mlmon_easy_cleanup(CURL *easy);
void mlmon_easy_reset(CURL *easy);
const char *mlmon_easy_strerror(CURLcode code);

CURLcode mlmon_setopt_long(CURL *easy, CURLoption option, long value);
CURLcode mlmon_setopt_offset(CURL *easy, CURLoption option, curl_off_t value);
CURLcode mlmon_setopt_string(CURL *easy, CURLoption option, const char *value);
CURLcode mlmon_setopt_pointer(CURL *easy, CURLoption option, void *value);
CURLcode mlmon_setopt_data_callback(CURL *easy, CURLoption option, mlmon_data_callback callback);
CURLcode mlmon_allow_only_http(CURL *easy);
/// Without it, ending a transfer waits for its name look-up, and every other transfer with it.
CURLcode mlmon_detach_name_lookups(CURL *easy);

CURLcode mlmon_getinfo_long(CURL *easy, CURLINFO info, long *value);
CURLcode mlmon_getinfo_offset(CURL *easy, CURLINFO info, curl_off_t *value);
CURLcode mlmon_getinfo_pointer(CURL *easy, CURLINFO info, void **value);

CURLM *mlmon_multi_init(void);
CURLMcode mlmon_multi_cleanup(CURLM *multi);
CURLMcode mlmon_multi_setopt_long(CURLM *multi, CURLMoption option, long value);
CURLMcode mlmon_multi_add_handle(CURLM *multi, CURL *easy);
CURLMcode mlmon_multi_remove_handle(CURLM *multi, CURL *easy);
CURLMcode mlmon_multi_perform(CURLM *multi, int *running_count);
CURLMcode mlmon_multi_poll(CURLM *multi, int milliseconds);
CURLMcode mlmon_multi_wakeup(CURLM *multi);
CURLMsg *mlmon_multi_info_read(CURLM *multi, int *remaining_count);
const char *mlmon_multi_strerror(CURLMcode code);
/// `data` is a union in CURLMsg.
CURLcode mlmon_message_result(const CURLMsg *message);

CURLSH *mlmon_share_init(void);
CURLSHcode mlmon_share_cleanup(CURLSH *share);
CURLSHcode mlmon_share_connections(CURLSH *share);

struct curl_slist *mlmon_slist_append(struct curl_slist *list, const char *line);
void mlmon_slist_free_all(struct curl_slist *list);

CURLU *mlmon_url(void);
void mlmon_url_cleanup(CURLU *url);
CURLUcode mlmon_url_get(CURLU *url, CURLUPart part, char **text, unsigned int flags);
CURLUcode mlmon_url_set(CURLU *url, CURLUPart part, const char *text, unsigned int flags);
void mlmon_free(void *text);

#endif
