// The floor of the comparison: what these requests and rows cost at the very least.
//
// One thread, libcurl and libpq, every answer kept and none read: the same four requests an account with the same
// headers, as many at once and over as many connections; then each answer, a snapshot and twenty positions in one
// transaction, sent in one go. No slots, no claims, no fence, no judgement, and an error ends it. Speaks as
// python_loop.py does: a line on standard input is one cycle, the answer a line of JSON.
//
// usage: floor BASE-URL API-KEY ACCOUNTS.tsv DATABASE-URL DAY AT-ONCE CONNECTIONS     (a line: id, customer, token)

#include <curl/curl.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>

enum { books = 4, positions = 20, most_accounts = 10000, most_at_once = 256, most_connections = 64 };

static const struct { const char *name, *path; } book[books] = {
    {"orders", "reports/%s"}, {"positions", "trades/%s"}, {"holdings", "holdings/%s"}, {"funds", "limitstmt/NC/%s"}};

typedef struct { char id[32], customer[32], token[2048]; } account;
typedef struct { char *bytes; size_t count, room; } answer;

// One account under way: asking, waiting for a connection, being written.
typedef struct {
  const account *account;
  int asked;
  CURL *request;
  struct curl_slist *headers;
  answer answers[books];
} place;

typedef struct { PGconn *link; place *writing; } connection;

static account accounts[most_accounts];
static place places[most_at_once], *line[most_at_once];
static connection connections[most_connections];
static int account_count, next_account, done, at_once, connection_count, line_head, line_count, events, requests;
static const char *base, *key;
static CURLM *multi;
static double curl_due = -1;
static char columns[4][positions * 16];  // scrip codes, symbols, prices, profits

static void fail(const char *what, const char *why) {
  fprintf(stderr, "%s: %s\n", what, why);
  exit(1);
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static double cpu_seconds(void) {
  struct rusage spent;
  getrusage(RUSAGE_SELF, &spent);
  return spent.ru_utime.tv_sec + spent.ru_stime.tv_sec + (spent.ru_utime.tv_usec + spent.ru_stime.tv_usec) / 1e6;
}

// What epoll says back: a socket of libcurl's, or the number of a connection.
enum { is_connection = 1 << 30 };

static void listen_to(int socket, int wanted, unsigned word) {
  struct epoll_event event = {.events = wanted, .data.u32 = word};
  if (epoll_ctl(events, EPOLL_CTL_MOD, socket, &event) != 0) epoll_ctl(events, EPOLL_CTL_ADD, socket, &event);
}

// Asking

static size_t take(char *bytes, size_t size, size_t count, void *into) {
  answer *answer = into;
  count *= size;
  if (answer->count + count > answer->room) {
    answer->room = 2 * (answer->count + count);
    answer->bytes = realloc(answer->bytes, answer->room);
  }
  memcpy(answer->bytes + answer->count, bytes, count);
  answer->count += count;
  return count;
}

static int socket_wish(CURL *request, curl_socket_t socket, int what, void *context, void *of_socket) {
  if (what == CURL_POLL_REMOVE) return epoll_ctl(events, EPOLL_CTL_DEL, socket, NULL), 0;
  listen_to(socket, (what & CURL_POLL_IN ? EPOLLIN : 0) | (what & CURL_POLL_OUT ? EPOLLOUT : 0), socket);
  return 0;
}

static int time_wish(CURLM *multi, long milliseconds, void *context) {
  curl_due = milliseconds < 0 ? -1 : seconds() + milliseconds / 1e3;
  return 0;
}

static void ask(place *place) {
  char path[64], url[256];
  snprintf(path, sizeof path, book[place->asked].path, place->account->customer);
  snprintf(url, sizeof url, "%s/services/%s", base, path);
  place->answers[place->asked].count = 0;
  curl_easy_setopt(place->request, CURLOPT_URL, url);
  curl_easy_setopt(place->request, CURLOPT_WRITEDATA, &place->answers[place->asked]);
  curl_multi_add_handle(multi, place->request);
  requests++;
}

static void begin_next(place *place) {
  if (next_account == account_count) return;
  place->account = &accounts[next_account++];
  place->asked = 0;
  char header[2200];
  curl_slist_free_all(place->headers);
  snprintf(header, sizeof header, "api-key: %s", key);
  place->headers = curl_slist_append(NULL, header);
  snprintf(header, sizeof header, "access-token: %s", place->account->token);
  curl_slist_append(place->headers, header);
  curl_slist_append(place->headers, "Content-type: application/json");
  curl_easy_setopt(place->request, CURLOPT_HTTPHEADER, place->headers);
  ask(place);
}

// Writing

static char vault[512], snapshot[256], position[1024];

static void write_statements(const char *day) {
  snprintf(vault, sizeof vault,
           "insert into floor.vault (mode, account, book, request, status, requested_at, received_at, business_date,"
           " body, row_count) values ('paper', $1, $2, $3, 200, now(), now(), '%s', $4, 0)", day);
  snprintf(snapshot, sizeof snapshot,
           "insert into floor.snapshot (mode, account, business_date, taken_at, books)"
           " values ('paper', $1, '%s', now(), '{orders,positions,holdings,funds}')", day);
  snprintf(position, sizeof position,
           "insert into floor.position (mode, account, business_date, exchange, scrip_code, product, symbol,"
           " buy_quantity, buy_average, sell_quantity, net_quantity, average_price, booked_profit, unrealised_profit,"
           " first_snapshot, last_snapshot, seen_at)"
           " select 'paper', $1, '%s', 'NC', code, 'BIGTRADE', symbol, 1, price, 0, 1, price, 0, profit, 1, 1, now()"
           " from unnest($2::bigint[], $3::text[], $4::numeric[], $5::numeric[]) as t (code, symbol, price, profit)"
           " on conflict (mode, account, business_date, exchange, scrip_code, product) do update"
           " set average_price = excluded.average_price, unrealised_profit = excluded.unrealised_profit,"
           " seen_at = excluded.seen_at", day);
  static const char *values[4] = {"%d", "SYMBOL%d", "%d.05", "%d.35"};
  for (int column = 0; column < 4; column++) {
    char *end = columns[column];
    for (int n = 0; n < positions; n++) {
      *end++ = n == 0 ? '{' : ',';
      end += sprintf(end, values[column], 100 + n);
    }
    strcpy(end, "}");
  }
}

static void flush(connection *connection) {
  bool more = PQflush(connection->link) == 1;
  listen_to(PQsocket(connection->link), EPOLLIN | (more ? EPOLLOUT : 0),
            is_connection | (unsigned)(connection - connections));
}

static void write_account(connection *connection, place *place) {
  PGconn *link = connection->link;
  const char *id = place->account->id;
  connection->writing = place;
  PQsendQueryParams(link, "begin", 0, NULL, NULL, NULL, NULL, 0);
  for (int n = 0; n < books; n++) {
    char path[64], request[128];
    snprintf(path, sizeof path, book[n].path, place->account->customer);
    snprintf(request, sizeof request, "GET /skapi/services/%s", path);
    const char *values[] = {id, book[n].name, request, place->answers[n].bytes};
    int lengths[] = {0, 0, 0, (int)place->answers[n].count}, formats[] = {0, 0, 0, 1};
    PQsendQueryPrepared(link, "vault", 4, values, lengths, formats, 1);
  }
  PQsendQueryPrepared(link, "snapshot", 1, &id, NULL, NULL, 1);
  const char *values[] = {id, columns[0], columns[1], columns[2], columns[3]};
  PQsendQueryPrepared(link, "position", 5, values, NULL, NULL, 1);
  PQsendQueryParams(link, "commit", 0, NULL, NULL, NULL, NULL, 0);
  PQpipelineSync(link);
  flush(connection);
}

static void write_waiting(void) {
  for (int n = 0; n < connection_count && line_count > 0; n++) {
    if (connections[n].writing) continue;
    write_account(&connections[n], line[line_head]);
    line_head = (line_head + 1) % at_once;
    line_count--;
  }
}

static void hear_of(connection *connection) {
  flush(connection);
  PQconsumeInput(connection->link);
  // A null ends each statement's results; the synchronisation's own ends the account.
  while (connection->writing && !PQisBusy(connection->link)) {
    PGresult *result = PQgetResult(connection->link);
    if (!result) continue;
    if (PQresultStatus(result) == PGRES_FATAL_ERROR) fail("PostgreSQL", PQresultErrorMessage(result));
    bool is_end = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
    PQclear(result);
    if (!is_end) continue;
    place *place = connection->writing;
    connection->writing = NULL;
    done++;
    begin_next(place);
  }
  write_waiting();
}

static void take_finished(void) {
  int left;
  for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
    if (message->msg != CURLMSG_DONE) continue;
    place *place;
    long status = 0;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &place);
    curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
    if (message->data.result != CURLE_OK) fail("broker", curl_easy_strerror(message->data.result));
    if (status != 200) fail("broker", "an answer that is not 200");
    curl_multi_remove_handle(multi, place->request);
    if (++place->asked < books) {
      ask(place);
    } else {
      line[(line_head + line_count++) % at_once] = place;
      write_waiting();
    }
  }
}

// The cycle

static void cycle(void) {
  next_account = done = requests = 0;
  for (int n = 0; n < at_once; n++) begin_next(&places[n]);
  while (done < account_count) {
    struct epoll_event heard[64];
    double wait = curl_due < 0 ? 1 : curl_due - seconds();
    int count = epoll_wait(events, heard, 64, wait > 0 ? (int)(wait * 1e3) + 1 : 0), running;
    for (int n = 0; n < count; n++) {
      unsigned word = heard[n].data.u32, what = heard[n].events;
      if (word & is_connection) hear_of(&connections[word & ~is_connection]);
      else curl_multi_socket_action(multi, (int)word, (what & EPOLLIN ? CURL_CSELECT_IN : 0)
                                    | (what & EPOLLOUT ? CURL_CSELECT_OUT : 0), &running);
    }
    if (curl_due >= 0 && curl_due <= seconds()) {
      curl_due = -1;
      curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    take_finished();
  }
}

static void read_accounts(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) fail(path, "cannot be read");
  account *next = accounts;
  while (account_count < most_accounts && fscanf(file, "%31s %31s %2047s", next->id, next->customer, next->token) == 3)
    next = &accounts[++account_count];
  fclose(file);
}

static void connect_to(const char *database) {
  for (int n = 0; n < connection_count; n++) {
    PGconn *link = connections[n].link = PQconnectdb(database);
    if (PQstatus(link) != CONNECTION_OK) fail("PostgreSQL", PQerrorMessage(link));
    const char *statements[3][2] = {{"vault", vault}, {"snapshot", snapshot}, {"position", position}};
    for (int s = 0; s < 3; s++) {
      PGresult *result = PQprepare(link, statements[s][0], statements[s][1], 0, NULL);
      if (PQresultStatus(result) != PGRES_COMMAND_OK) fail("PostgreSQL", PQresultErrorMessage(result));
      PQclear(result);
    }
    PQsetnonblocking(link, 1);
    PQenterPipelineMode(link);
    flush(&connections[n]);
  }
}

int main(int count, char **words) {
  if (count != 8) fail("usage", "floor BASE-URL API-KEY ACCOUNTS.tsv DATABASE-URL DAY AT-ONCE CONNECTIONS");
  base = words[1], key = words[2];
  at_once = atoi(words[6]), connection_count = atoi(words[7]);
  if (at_once < 1 || at_once > most_at_once || connection_count < 1 || connection_count > most_connections)
    fail("usage", "1 to 256 at once, 1 to 64 connections");
  read_accounts(words[3]);
  write_statements(words[5]);
  events = epoll_create1(0);
  connect_to(words[4]);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket_wish);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, time_wish);
  for (int n = 0; n < at_once; n++) {
    places[n].request = curl_easy_init();
    curl_easy_setopt(places[n].request, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(places[n].request, CURLOPT_PRIVATE, &places[n]);
  }
  for (char order[64]; fgets(order, sizeof order, stdin);) {
    double began = seconds(), spent = cpu_seconds();
    cycle();
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"seconds\": %.3f, \"cpu\": %.3f, \"requests\": %d, \"peak_mb\": %.1f}\n", seconds() - began,
           cpu_seconds() - spent, requests, usage.ru_maxrss / 1024.0);
    fflush(stdout);
  }
}
