/*
 * Runs code that arrives on standard input, and answers on standard output.
 *
 * It stands in for the kernel: it fills in the area of the thread (struct rseq), and if asked to
 * hold the thread at an injection point it aborts it there, as kernel/rseq.c does.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

#define CODE 0x10000000UL
#define STATE 0x20000000UL
#if defined __aarch64__
#define SIGNATURE 0xd428bc00
#define PC(context) (context)->uc_mcontext.pc
#elif defined __riscv
#define SIGNATURE 0xf1401073
#define PC(context) (context)->uc_mcontext.__gregs[REG_PC]
#endif
#define GUARD 4096
#define WORDS 6

typedef int64_t function(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t);

struct rseq {
  uint32_t cpu_id_start, cpu_id;
  uint64_t rseq_cs;
  uint32_t flags, node_id, mm_cid, padding;
  uint64_t unused; /* from here on OwnArea's */
  uint32_t guard;
};

struct rseq_cs {
  uint32_t version, flags;
  uint64_t start, length, abort;
};

/* SequenceState. */
struct state {
  int64_t restarts;
  int32_t hold, arrived;
  int64_t patience;
};

/* Memory that an abort puts back as it was, so that nothing remains of the first attempt. */
struct memory {
  char *bytes, *before;
  int64_t length;
};

struct request {
  int64_t code_bytes, area, cpu_id, mm_cid, hold, guard, bytes, stride, words;
};

static __thread struct rseq near __attribute__((aligned(32)));
static struct rseq far __attribute__((aligned(32)));
static struct state *const state = (struct state *)STATE;
static struct rseq *area;
static struct memory memory[1 + WORDS];
static int memories;

static void get(void *to, size_t bytes) {
  if (fread(to, 1, bytes, stdin) != bytes) {
    exit(0);
  }
}

static void put(const void *from, size_t bytes) { fwrite(from, 1, bytes, stdout); }

/* Reads memory, and returns its address; guards are before and behind it. */
static char *get_memory(int64_t length) {
  struct memory *next = &memory[memories++];
  char *start = malloc(length + 2 * GUARD);
  memset(start, 0x5a, length + 2 * GUARD);
  next->bytes = start + GUARD;
  next->length = length;
  get(next->bytes, length);
  next->before = malloc(length + 1);
  memcpy(next->before, next->bytes, length);
  return next->bytes;
}

static int64_t is_intact(const struct memory *of) {
  for (int i = 0; i < GUARD; i++) {
    if (of->bytes[i - GUARD] != 0x5a || of->bytes[of->length + i] != 0x5a) {
      return 0;
    }
  }
  return 1;
}

static void preempt(int signal, siginfo_t *info, void *context) {
  uint64_t *pc = (uint64_t *)&PC((ucontext_t *)context);
  const struct rseq_cs *descriptor = (struct rseq_cs *)area->rseq_cs;
  if (!state->hold || state->arrived != state->hold) {
    return;
  }
  state->hold = 0;
  area->rseq_cs = 0;
  if (descriptor->version || descriptor->flags || (uint64_t)descriptor % 32 ||
      *pc - descriptor->start >= descriptor->length ||
      descriptor->abort - descriptor->start < descriptor->length ||
      *(uint32_t *)(descriptor->abort - 4) != SIGNATURE) {
    return;
  }
  for (int i = 0; i < memories; i++) {
    memcpy(memory[i].bytes, memory[i].before, memory[i].length);
  }
  *pc = descriptor->abort;
}

static void set_timer(int microseconds) {
  struct itimerval timer = {{0, microseconds}, {0, microseconds}};
  setitimer(ITIMER_REAL, &timer, 0);
}

static void answer(const struct request *request) {
  int64_t argument[WORDS] = {0}, length, intact = 1;
  char *slices = request->bytes ? get_memory(request->bytes) : (char *)CODE;
  for (int i = 0; i < request->words; i++) {
    get(&length, 8);
    if (length < 0) {
      get(&argument[i], 8);
    } else {
      argument[i] = (int64_t)get_memory(length);
    }
  }
  area = (struct rseq *)((char *)__builtin_thread_pointer() + request->area);
  *area = (struct rseq){
      .cpu_id = request->cpu_id, .mm_cid = request->mm_cid, .guard = request->guard};
  *state = (struct state){.hold = request->hold, .patience = 1L << 40};
  set_timer(request->hold ? 200 : 0);
  int64_t result =
      ((function *)CODE)((int64_t)slices, request->stride, argument[0], argument[1], argument[2],
                         argument[3], argument[4], argument[5]);
  set_timer(0);
  int64_t arrived = state->arrived;
  for (int i = 0; i < memories; i++) {
    intact &= is_intact(&memory[i]);
  }
  put(&intact, 8);
  put(&result, 8);
  put(&arrived, 8);
  put(&state->restarts, 8);
  for (int i = 0; i < memories; i++) {
    put(memory[i].bytes, memory[i].length);
    free(memory[i].bytes - GUARD);
    free(memory[i].before);
  }
  memories = 0;
  fflush(stdout);
}

int main(void) {
  char *code = mmap((void *)CODE, 1 << 20, PROT_READ | PROT_WRITE | PROT_EXEC,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  mmap(state, 1 << 12, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  struct sigaction action = {.sa_sigaction = preempt, .sa_flags = SA_SIGINFO | SA_RESTART};
  sigaction(SIGALRM, &action, 0);
  char *thread = __builtin_thread_pointer();
  int64_t offsets[2] = {(char *)&near - thread, (char *)&far - thread};
  put(offsets, 16);
  fflush(stdout);
  for (;;) {
    struct request request;
    get(&request, sizeof request);
    get(code, request.code_bytes);
    __builtin___clear_cache(code, code + request.code_bytes);
    answer(&request);
  }
}
