// A fleet of model servers for load measurements: one thread, one port a target, 416 series a page.
//
//     fleet serve FIRST_PORT TARGETS INTERVAL_MS     serves pages whose counters follow real time
//     fleet dump TARGETS SCRAPES STEP_MS START_MS    writes them as OpenMetrics with timestamps
//
// GET /stats on any port says how many scrapes each client made, and how many came late (more than a
// tenth of the interval off) or were missed. GET /reset begins that anew. Linux only (epoll).

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MODELS = 4, BOUNDS = 14, SCORES = 10, SIZES = 7, CLASSES = 10, CLIENTS = 3 };

static const char *bounds[BOUNDS] = {"0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.075",
                                     "0.1", "0.25", "0.5", "0.75", "1.0", "2.5", "5.0"};
static const char *scores[SCORES] = {"0.1", "0.2", "0.3", "0.4", "0.5",
                                     "0.6", "0.7", "0.8", "0.9", "1.0"};
static const char *sizes[SIZES] = {"1.0", "2.0", "4.0", "8.0", "16.0", "32.0", "64.0"};
static const char *models[MODELS] = {"churn", "fraud", "ranker", "intent"};
static const char *handlers[7] = {"/v1/predict", "/v1/explain", "/v1/batch", "/healthz",
                                  "/readyz", "/metrics", "/docs"};
static const char *statuses[4] = {"200", "400", "429", "500"};

typedef struct {
    uint64_t bucket[BOUNDS + 1];
    double sum;
} Histogram;

typedef struct {
    double rate;  // requests a second
    double latency;  // median, seconds
    uint64_t answered, refused, failed;
    Histogram duration, queue, compute, score, size;
    uint64_t classes[CLASSES];
    int inProgress;
} Model;

typedef struct {
    Model models[MODELS];
    uint64_t http[7][4];
    double cpu, memory, gpu[4][3];
    uint64_t gc[3];
    double at;
    int64_t last[CLIENTS];
} Target;

static uint64_t state = 0x9E3779B97F4A7C15;

static double uniform(void) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return (double)(state >> 11) / 9007199254740992.0;
}

static double normal(void) {
    return sqrt(-2 * log(uniform() + 1e-300)) * cos(6.283185307179586 * uniform());
}

static int poisson(double mean) {
    if (mean > 30) {
        double n = mean + sqrt(mean) * normal();
        return n < 0 ? 0 : (int)(n + 0.5);
    }
    double limit = exp(-mean), product = uniform();
    int n = 0;
    while (product > limit) product *= uniform(), n++;
    return n;
}

static void observe(Histogram *h, const double *edges, int count, double value) {
    int i = 0;
    while (i < count && value > edges[i]) i++;
    h->bucket[i]++, h->sum += value;
}

static void advance(Target *t, double seconds) {
    static const double time[BOUNDS] = {.001, .0025, .005, .01, .025, .05, .075,
                                        .1, .25, .5, .75, 1, 2.5, 5};
    static const double tenth[SCORES] = {.1, .2, .3, .4, .5, .6, .7, .8, .9, 1};
    static const double power[SIZES] = {1, 2, 4, 8, 16, 32, 64};
    for (int m = 0; m < MODELS; m++) {
        Model *model = &t->models[m];
        int n = poisson(model->rate * seconds);
        for (int i = 0; i < n; i++) {
            double compute = model->latency * exp(0.4 * normal()), queue = 0.002 * exp(normal());
            observe(&model->compute, time, BOUNDS, compute);
            observe(&model->queue, time, BOUNDS, queue);
            observe(&model->duration, time, BOUNDS, compute + queue);
            double score = 1 - 0.4 * pow(uniform(), 2), kind = uniform();
            observe(&model->score, tenth, SCORES, score);
            observe(&model->size, power, SIZES, 1 + floor(8 * uniform()));
            if (kind < 0.001) model->failed++;
            else if (kind < 0.004) model->refused++;
            else model->answered++, model->classes[(int)(CLASSES * uniform() * uniform())]++;
            t->http[i % 3][kind < 0.001 ? 3 : kind < 0.004 ? 1 : 0]++;
        }
        model->inProgress = poisson(model->rate * model->latency);
        t->cpu += n * 0.004;
    }
    t->http[3][0] += poisson(seconds / 5), t->http[4][0] += poisson(seconds / 5);
    t->http[5][0]++;
    t->gc[0] += poisson(seconds), t->gc[1] += poisson(seconds / 10);
    t->gc[2] += poisson(seconds / 100);
    t->memory = fmax(4e8, t->memory + 4096 * round(20 * normal()));
    for (int g = 0; g < 4; g++) {
        t->gpu[g][0] = round(fmin(100, fmax(0, t->gpu[g][0] + 3 * normal())));
        t->gpu[g][1] = fmax(1e9, t->gpu[g][1] + 1048576 * round(normal()));
        t->gpu[g][2] = round(10 * fmin(400, fmax(50, t->gpu[g][2] + 2 * normal()))) / 10;
    }
}

// MARK: Pages

static char page[1 << 18];
static char *out;
static char extra[96];  // labels put before those of the page, for dumps
static char stamp[32];  // put behind the value, for dumps
static int withComments = 1;

static void text(const char *s) {
    size_t n = strlen(s);
    memcpy(out, s, n), out += n;
}

static void integer(uint64_t n) {
    char digits[24];
    int i = 24;
    do digits[--i] = '0' + n % 10; while (n /= 10);
    memcpy(out, digits + i, 24 - i), out += 24 - i;
}

static void name(const char *metric, const char *labels) {
    text(metric);
    if (*extra || *labels) {
        text("{"), text(extra);
        if (*extra && *labels) text(",");
        text(labels), text("}");
    }
    text(" ");
}

static void end(void) { text(stamp), text("\n"); }

static void counter(const char *metric, const char *labels, uint64_t n) {
    name(metric, labels), integer(n), text(".0"), end();
}

static void gauge(const char *metric, const char *labels, double value) {
    name(metric, labels), out += sprintf(out, "%.16g", value), end();
}

static void type(const char *metric, const char *kind) {
    if (!withComments) return;
    out += sprintf(out, "# HELP %s What the server says of it.\n# TYPE %s %s\n", metric, metric, kind);
}

static void histogram(const char *metric, const char *labels, const Histogram *h,
                      const char **edges, int count) {
    char full[128], own[192];
    uint64_t total = 0;
    sprintf(full, "%s_bucket", metric);
    for (int i = 0; i <= count; i++) {
        total += h->bucket[i];
        sprintf(own, "le=\"%s\",%s", i < count ? edges[i] : "+Inf", labels);
        counter(full, own, total);
    }
    sprintf(full, "%s_count", metric), counter(full, labels, total);
    sprintf(full, "%s_sum", metric), gauge(full, labels, h->sum);
}

static void render(const Target *t) {
    char labels[MODELS][64], own[192];
    for (int m = 0; m < MODELS; m++)
        sprintf(labels[m], "model=\"%s\",version=\"%d\"", models[m], m % 2 + 1);
#define EACH for (int m = 0; m < MODELS; m++)
#define OF(field) &t->models[m].field
    type("inference_requests_total", "counter");
    EACH {
        const uint64_t counts[3] = {t->models[m].answered, t->models[m].refused, t->models[m].failed};
        static const char *codes[3] = {"200", "400", "500"};
        for (int i = 0; i < 3; i++) {
            sprintf(own, "%s,status=\"%s\"", labels[m], codes[i]);
            counter("inference_requests_total", own, counts[i]);
        }
    }
    type("inference_request_duration_seconds", "histogram");
    EACH histogram("inference_request_duration_seconds", labels[m], OF(duration), bounds, BOUNDS);
    type("inference_queue_duration_seconds", "histogram");
    EACH histogram("inference_queue_duration_seconds", labels[m], OF(queue), bounds, BOUNDS);
    type("inference_compute_duration_seconds", "histogram");
    EACH histogram("inference_compute_duration_seconds", labels[m], OF(compute), bounds, BOUNDS);
    type("model_predictions_total", "counter");
    EACH for (int i = 0; i < CLASSES; i++) {
        sprintf(own, "%s,class=\"c%d\"", labels[m], i);
        counter("model_predictions_total", own, t->models[m].classes[i]);
    }
    type("model_prediction_score", "histogram");
    EACH histogram("model_prediction_score", labels[m], OF(score), scores, SCORES);
    type("inference_batch_size", "histogram");
    EACH histogram("inference_batch_size", labels[m], OF(size), sizes, SIZES);
    type("inference_requests_in_progress", "gauge");
    EACH gauge("inference_requests_in_progress", labels[m], t->models[m].inProgress);
    type("http_requests_total", "counter");
    for (int h = 0; h < 7; h++) for (int s = 0; s < 4; s++) {
        sprintf(own, "handler=\"%s\",method=\"POST\",status=\"%s\"", handlers[h], statuses[s]);
        counter("http_requests_total", own, t->http[h][s]);
    }
    static const char *gpuNames[5] = {"gpu_utilization_percent", "gpu_memory_used_bytes",
                                      "gpu_power_watts", "gpu_memory_total_bytes",
                                      "gpu_temperature_celsius"};
    for (int k = 0; k < 5; k++) {
        type(gpuNames[k], "gauge");
        for (int g = 0; g < 4; g++) {
            sprintf(own, "gpu=\"%d\"", g);
            gauge(gpuNames[k], own, k < 3 ? t->gpu[g][k] : k == 3 ? 85899345920.0
                                                           : 40 + round(t->gpu[g][2] / 10));
        }
    }
    static const char *gcNames[3] = {"python_gc_objects_collected_total", "python_gc_collections_total",
                                     "python_gc_objects_uncollectable_total"};
    for (int k = 0; k < 3; k++) {
        type(gcNames[k], "counter");
        for (int g = 0; g < 3; g++) {
            sprintf(own, "generation=\"%d\"", g);
            counter(gcNames[k], own, k == 0 ? t->gc[g] * 97 : k == 1 ? t->gc[g] : 0);
        }
    }
    type("python_info", "gauge");
    gauge("python_info", "implementation=\"CPython\",major=\"3\",minor=\"12\"", 1);
    type("process_resident_memory_bytes", "gauge");
    gauge("process_resident_memory_bytes", "", t->memory);
    type("process_virtual_memory_bytes", "gauge");
    gauge("process_virtual_memory_bytes", "", 8.4e9 + floor(t->memory / 16777216) * 16777216);
    type("process_start_time_seconds", "gauge");
    gauge("process_start_time_seconds", "", 1763700000.37);
    type("process_cpu_seconds_total", "counter");
    gauge("process_cpu_seconds_total", "", round(t->cpu * 100) / 100);
    type("process_open_fds", "gauge"), gauge("process_open_fds", "", 20 + t->gc[0] % 7);
    type("process_max_fds", "gauge"), gauge("process_max_fds", "", 1048576);
}

static void prepare(Target *t) {
    for (int m = 0; m < MODELS; m++) {
        t->models[m].rate = 2 + 12 * uniform(), t->models[m].latency = 0.01 + 0.08 * uniform();
    }
    t->memory = 6e8;
    for (int g = 0; g < 4; g++) t->gpu[g][0] = 50, t->gpu[g][1] = 3e10, t->gpu[g][2] = 200;
    advance(t, 600 * uniform());
}

static int dump(int targets, int scrapes, long step, long start) {
    Target *fleet = calloc(targets, sizeof *fleet);
    withComments = 0;
    for (int i = 0; i < targets; i++) prepare(&fleet[i]);
    for (int k = 0; k < scrapes; k++) for (int i = 0; i < targets; i++) {
        long at = start + k * step + i * step / targets;
        sprintf(extra, "instance=\"10.0.0.%d:8000\",job=\"fleet\"", i);
        sprintf(stamp, " %ld.%03ld", at / 1000, at % 1000);
        out = page;
        advance(&fleet[i], step / 1000.0), render(&fleet[i]);
        fwrite(page, 1, out - page, stdout);
    }
    fputs("# EOF\n", stdout);
    return ferror(stdout) || fflush(stdout) ? 1 : 0;
}

// MARK: Serving

typedef struct {
    int target, isListener, used;
    char request[4096];
} Connection;

static const char *clientNames[CLIENTS] = {"mlmon", "prometheus", "other"};
static struct { long scrapes, late, missed; double worst; } tallies[CLIENTS];

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void note(Target *t, const char *request, double interval, double at) {
    int client = strcasestr(request, "user-agent: mlmon") ? 0
                 : strcasestr(request, "user-agent: prometheus") ? 1 : 2;
    int64_t micro = (int64_t)(at * 1e6);
    tallies[client].scrapes++;
    if (t->last[client]) {
        double gap = (micro - t->last[client]) / 1e6;
        double off = fabs(gap - interval) / interval;
        if (off > tallies[client].worst) tallies[client].worst = off;
        if (off > 0.1) tallies[client].late++;
        if (gap > 1.5 * interval) tallies[client].missed += (long)(gap / interval + 0.5) - 1;
    }
    t->last[client] = micro;
}

static int answer(int fd, Target *fleet, int count, Connection *c, double interval) {
    char head[256];
    out = page;
    if (!strncmp(c->request, "GET /stats", 10)) {
        for (int i = 0; i < CLIENTS; i++)
            out += sprintf(out, "%s %ld %ld %ld %.3f\n", clientNames[i], tallies[i].scrapes,
                           tallies[i].late, tallies[i].missed, tallies[i].worst);
    } else if (!strncmp(c->request, "GET /reset", 10)) {
        memset(tallies, 0, sizeof tallies);
        for (int i = 0; i < count; i++) memset(fleet[i].last, 0, sizeof fleet[i].last);
    } else {
        Target *t = &fleet[c->target];
        double at = now();
        note(t, c->request, interval, at);
        advance(t, at - t->at), t->at = at;
        render(t);
    }
    int n = sprintf(head, "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; "
                          "charset=utf-8\r\nContent-Length: %td\r\n\r\n", out - page);
    if (send(fd, head, n, MSG_MORE | MSG_NOSIGNAL) != n) return 0;
    for (char *p = page; p < out;) {
        ssize_t sent = send(fd, p, out - p, MSG_NOSIGNAL);
        if (sent > 0) { p += sent; continue; }
        if (sent < 0 && errno != EAGAIN && errno != EINTR) return 0;
        usleep(200);
    }
    return 1;
}

static int serve(int first, int count, double interval) {
    signal(SIGPIPE, SIG_IGN);
    struct rlimit limit = {65536, 65536};
    setrlimit(RLIMIT_NOFILE, &limit);
    Target *fleet = calloc(count, sizeof *fleet);
    static Connection *connections[65536];
    int poll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < count; i++) {
        prepare(&fleet[i]), fleet[i].at = now();
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(first + i),
                                      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        if (fd < 0 || bind(fd, (void *)&address, sizeof address) || listen(fd, 64)) {
            perror("fleet: listening");
            return 2;
        }
        connections[fd] = calloc(1, sizeof(Connection));
        connections[fd]->target = i, connections[fd]->isListener = 1;
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
    }
    for (;;) {
        struct epoll_event events[256];
        int ready = epoll_wait(poll, events, 256, -1);
        for (int e = 0; e < ready; e++) {
            int fd = events[e].data.fd, one = 1;
            Connection *c = connections[fd];
            if (c->isListener) {
                int peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (peer < 0) continue;
                setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                connections[peer] = calloc(1, sizeof(Connection));
                connections[peer]->target = c->target;
                struct epoll_event event = {.events = EPOLLIN, .data.fd = peer};
                epoll_ctl(poll, EPOLL_CTL_ADD, peer, &event);
                continue;
            }
            ssize_t n = recv(fd, c->request + c->used, sizeof c->request - 1 - c->used, 0);
            int isOpen = n > 0 || (n < 0 && errno == EAGAIN);
            if (n > 0) {
                c->used += n, c->request[c->used] = 0;
                if (strstr(c->request, "\r\n\r\n")) {
                    isOpen = answer(fd, fleet, count, c, interval);
                    c->used = 0;
                }
            }
            if (!isOpen) close(fd), free(c), connections[fd] = NULL;
        }
    }
}

int main(int count, char **words) {
    if (count == 5 && !strcmp(words[1], "serve"))
        return serve(atoi(words[2]), atoi(words[3]), atof(words[4]) / 1000);
    if (count == 6 && !strcmp(words[1], "dump"))
        return dump(atoi(words[2]), atoi(words[3]), atol(words[4]), atol(words[5]));
    fputs("usage: fleet serve FIRST_PORT TARGETS INTERVAL_MS\n"
          "       fleet dump TARGETS SCRAPES STEP_MS START_MS\n", stderr);
    return 2;
}
