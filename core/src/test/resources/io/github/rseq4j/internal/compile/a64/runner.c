/*
 * Runs AArch64 code of sequences that arrives on standard input, and answers on standard output.
 * It stands in for the kernel's area: the thread has CPU number 0 and is never aborted.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define CODE 0x10000000UL
#define STATE 0x20000000UL
#define GUARD 4096
#define WORDS 6

static __thread char area[64] __attribute__((aligned(32)));

typedef int64_t function(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t);

static void get(void *to, size_t bytes) {
  if (fread(to, 1, bytes, stdin) != bytes) {
    exit(0);
  }
}

static void put(const void *from, size_t bytes) { fwrite(from, 1, bytes, stdout); }

static int intact(const char *guard) {
  for (int i = 0; i < GUARD; i++) {
    if (guard[i] != 0x5a) {
      return 0;
    }
  }
  return 1;
}

int main(void) {
  char *code = mmap((void *)CODE, 1 << 20, PROT_READ | PROT_WRITE | PROT_EXEC,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  mmap((void *)STATE, 1 << 12, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
       0);
  int64_t offset = area - (char *)__builtin_thread_pointer();
  put(&offset, 8);
  fflush(stdout);
  for (;;) {
    int64_t bytes, stride, words, argument[WORDS] = {0}, length[WORDS];
    char *memory[WORDS] = {0};
    get(&bytes, 8);
    get(code, bytes);
    __builtin___clear_cache(code, code + bytes);
    get(&stride, 8);
    char *before = malloc(stride + 2 * GUARD);
    memset(before, 0x5a, stride + 2 * GUARD);
    char *slice = before + GUARD;
    get(slice, stride);
    get(&words, 8);
    for (int i = 0; i < words; i++) {
      int64_t is_memory;
      get(&is_memory, 8);
      get(&argument[i], 8);
      if (is_memory) {
        length[i] = argument[i];
        memory[i] = malloc(length[i] + 1);
        get(memory[i], length[i]);
        argument[i] = (int64_t)memory[i];
      }
    }
    int64_t result = ((function *)code)((int64_t)slice, stride, argument[0], argument[1],
                                        argument[2], argument[3], argument[4], argument[5]);
    int64_t guards = intact(before) && intact(slice + stride);
    put(&guards, 8);
    put(&result, 8);
    put(slice, stride);
    for (int i = 0; i < words; i++) {
      if (memory[i]) {
        put(memory[i], length[i]);
        free(memory[i]);
      }
    }
    fflush(stdout);
    free(before);
  }
}
