package io.github.rseq4j.surroundings;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/** Becomes another program, which some system calls are denied to from its start. */
final class DeniedStart {
  private DeniedStart() {}

  /** The arguments are a {@link Denial} and a command. */
  public static void main(String[] arguments) {
    List<String> command = Arrays.asList(arguments).subList(1, arguments.length);
    List<String> environment =
        System.getenv().entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue())
            .toList();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom(command.getFirst());
      MemorySegment argv = strings(arena, command);
      MemorySegment envp = strings(arena, environment);
      Denial.parse(arguments[0]).install();
      Denial.require(
          "execve", TestCall.EXECVE.call(path.address(), argv.address(), envp.address()));
    }
  }

  private static MemorySegment strings(Arena arena, List<String> strings) {
    MemorySegment pointers = arena.allocate(JAVA_LONG, strings.size() + 1L);
    for (int i = 0; i < strings.size(); i++) {
      pointers.setAtIndex(JAVA_LONG, i, arena.allocateFrom(strings.get(i)).address());
    }
    return pointers;
  }
}
