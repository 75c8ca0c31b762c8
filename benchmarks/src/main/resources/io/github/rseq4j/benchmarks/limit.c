/*
 * What an addition to a per-CPU counter takes at least: the sequence that rseq4j compiles, without Java around it.
 *
 *   limit MODE WARMUPS ITERATIONS MILLIS
 *     MODE 0: inlined in the loop; 1: behind a call; 2: a plain addition to a thread-local word
 *   prints the nanoseconds per addition of each iteration that counts
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/rseq.h> /* glibc 2.35 or newer, which has registered this thread */
#include <sys/sysinfo.h>
#include <time.h>

#ifndef __x86_64__
#error "the sequence is written for x86-64 alone"
#endif

#define STRIDE 128
#define BATCH 10000

static uint64_t slices;

/* Adds to the word of the CPU at hand; the thread must be registered, else the process ends. */
static inline __attribute__((always_inline)) void add(char *base, uint64_t delta) {
  __asm__ volatile goto(
      ".pushsection __rseq_cs, \"aw\"\n"
      ".balign 32\n"
      "3: .long 0, 0\n"
      ".quad 1f, 2f - 1f, 4f\n"
      ".popsection\n"
      ".pushsection __rseq_failure, \"ax\"\n"
      ".byte 0x0f, 0xb9, 0x3d\n"
      ".long 0x53053053\n"
      "4: jmp 0f\n"
      ".popsection\n"
      "0: leaq 3b(%%rip), %%rax\n"
      "movq %%rax, %%fs:8(%[rseq])\n"
      "1: movl %%fs:4(%[rseq]), %%eax\n"
      "cmpq %[slices], %%rax\n"
      "jae %l[unregistered]\n"
      "imulq %[stride], %%rax\n"
      "addq %[delta], (%[base], %%rax)\n"
      "2:\n"
      :
      : [rseq] "r"(__rseq_offset), [base] "r"(base), [delta] "r"(delta), [slices] "r"(slices),
        [stride] "r"((uint64_t)STRIDE)
      : "rax", "memory", "cc"
      : unregistered);
  return;
unregistered:
  fputs("this thread is not registered for rseq\n", stderr);
  exit(1);
}

static __attribute__((noinline)) void add_called(char *base, uint64_t delta) { add(base, delta); }

static __thread uint64_t word;

static void batch(int mode, char *base, uint64_t delta) {
  if (mode == 0) {
    for (int i = 0; i < BATCH; i++) add(base, delta);
  } else if (mode == 1) {
    for (int i = 0; i < BATCH; i++) add_called(base, delta);
  } else {
    for (int i = 0; i < BATCH; i++) {
      word += delta;
      __asm__ volatile("" ::: "memory");
    }
  }
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  int mode = atoi(argv[1]), warmups = atoi(argv[2]), iterations = atoi(argv[3]);
  double nanos = atoi(argv[4]) * 1e6;
  slices = get_nprocs_conf();
  char *base = aligned_alloc(STRIDE, slices * STRIDE);
  if (base == NULL) return 1;
  for (uint64_t i = 0; i < slices; i++) *(uint64_t *)(base + i * STRIDE) = 0;
  word = 0;
  uint64_t batches = 0;
  for (int i = 0; i < warmups + iterations; i++) {
    double start = now(), end = start;
    uint64_t first = batches;
    while (end - start < nanos) {
      batch(mode, base, 1);
      batches++;
      end = now();
    }
    if (i >= warmups) printf("%.4f\n", (end - start) / ((double)(batches - first) * BATCH));
  }
  uint64_t sum = word;
  for (uint64_t i = 0; i < slices; i++) sum += *(uint64_t *)(base + i * STRIDE);
  if (sum != batches * BATCH) {
    fputs("an addition was lost\n", stderr);
    return 1;
  }
  return 0;
}
