package io.github.rseq4j.surroundings;

import io.github.rseq4j.internal.linux.CpuSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A control group of its own with a set of CPUs, of either version (cgroups(7), cpuset(7)). */
final class Cpuset implements AutoCloseable {
  private static final int TRIES = 100;
  private static final long PAUSE_NANOS = 10_000_000;

  private final Path group;

  private Cpuset(Path group) {
    this.group = group;
  }

  /**
   * Makes a group.
   *
   * @throws IOException if this machine does not let us
   */
  static Cpuset create() throws IOException {
    Path root = root();
    Path group = root.resolve("rseq4j-" + ProcessHandle.current().pid());
    Path subtree = root.resolve("cgroup.subtree_control");
    if (Files.exists(subtree) && !Files.readString(subtree).contains("cpuset")) {
      write(subtree, "+cpuset");
    }
    Files.createDirectory(group);
    Cpuset made = new Cpuset(group);
    if (!Files.exists(subtree)) {
      // In the first version a new group has none, and may have no processes then.
      write(group.resolve("cpuset.mems"), Files.readString(root.resolve("cpuset.mems")).strip());
    }
    return made;
  }

  private static Path root() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/mounts"))) {
      List<String> fields = List.of(line.split(" "));
      Path root = Path.of(fields.get(1));
      boolean first =
          fields.get(2).equals("cgroup") && List.of(fields.get(3).split(",")).contains("cpuset");
      Path controllers = root.resolve("cgroup.controllers");
      if (first
          || (fields.get(2).equals("cgroup2")
              && Files.readString(controllers).contains("cpuset"))) {
        return root;
      }
    }
    throw new IOException("no control groups with the controller cpuset are mounted");
  }

  /** Sets which CPUs the group may use. */
  void allow(CpuSet cpus) throws IOException {
    write(group.resolve("cpuset.cpus"), cpus.toString());
  }

  /** Moves a process into the group. */
  void add(long pid) throws IOException {
    write(group.resolve("cgroup.procs"), Long.toString(pid));
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.WRITE);
  }

  /** Removes the group, whose processes have ended or are about to. */
  @Override
  public void close() throws IOException {
    for (int tries = 1; ; tries++) {
      try {
        Files.deleteIfExists(group);
        return;
      } catch (IOException e) {
        if (tries == TRIES) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }
}
