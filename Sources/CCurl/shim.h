// libcurl's variadic calls, one inline wrapper for each kind of argument: Swift cannot call
// variadic C. A wrapper compares the kind that the option's number carries with its own, because
// libcurl would read a wrong argument as a pointer.
#ifndef CCURL_SHIM_H
#define CCURL_SHIM_H

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

typedef size_t (*ccurl_sink)(
  char *_Nullable bytes, size_t size, size_t count, void *_Nullable context);

static inline CURLcode ccurl_set_long(CURL *_Nonnull easy, CURLoption option, long value) {
  if (option / 10000 != CURLOPTTYPE_LONG / 10000) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_size(CURL *_Nonnull easy, CURLoption option, curl_off_t value) {
  if (option / 10000 != CURLOPTTYPE_OFF_T / 10000) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_text(
  CURL *_Nonnull easy, CURLoption option, const char *_Nullable value) {
  if (option / 10000 != CURLOPTTYPE_OBJECTPOINT / 10000) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_list(
  CURL *_Nonnull easy, CURLoption option, struct curl_slist *_Nullable value) {
  if (option / 10000 != CURLOPTTYPE_OBJECTPOINT / 10000) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_pointer(
  CURL *_Nonnull easy, CURLoption option, void *_Nullable value) {
  if (option / 10000 != CURLOPTTYPE_OBJECTPOINT / 10000) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_function(
  CURL *_Nonnull easy, CURLoption option, ccurl_sink _Nullable value) {
  if (option / 10000 != CURLOPTTYPE_FUNCTIONPOINT / 10000) return CURLE_BAD_FUNCTION_ARGUMENT;
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_gate(
  CURL *_Nonnull easy, curl_prereq_callback _Nullable gate, void *_Nullable context) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, gate);
  return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_PREREQDATA, context) : code;
}

static inline long ccurl_long(CURL *_Nonnull easy, CURLINFO fact) {
  long value = 0;
  if ((fact & CURLINFO_TYPEMASK) != CURLINFO_LONG) return 0;
  return curl_easy_getinfo(easy, fact, &value) == CURLE_OK ? value : 0;
}

static inline curl_off_t ccurl_size(CURL *_Nonnull easy, CURLINFO fact) {
  curl_off_t value = 0;
  if ((fact & CURLINFO_TYPEMASK) != CURLINFO_OFF_T) return 0;
  return curl_easy_getinfo(easy, fact, &value) == CURLE_OK ? value : 0;
}

static inline CURLMcode ccurl_multi_listen(
  CURLM *_Nonnull multi, curl_socket_callback _Nullable socket,
  curl_multi_timer_callback _Nullable timer, void *_Nullable context) {
  CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket);
  if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
  if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
  return code == CURLM_OK ? curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context) : code;
}

static inline CURLcode ccurl_result(const CURLMsg *_Nonnull message) {
  return message->data.result;
}

#endif
