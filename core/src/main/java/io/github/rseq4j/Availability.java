package io.github.rseq4j;

import io.github.rseq4j.internal.linux.RseqAbi;
import io.github.rseq4j.sequence.IndexKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What of restartable sequences is active in this process, and for everything that is not, why and
 * what to change. It is found out once, when the library is first used; only programs that there is
 * no memory for when they are linked, and so run under locks or are called in the slower way,
 * become missing later.
 *
 * @param active whether sequences run as machine code that the kernel restarts; otherwise every
 *     structure gives the same results under locks
 * @param backend what sequences are compiled to: {@code "x86-64"}, or {@code "bytecode"}
 * @param calls how machine code is called: {@code "ffm"}, by the foreign function interface; {@code
 *     "jvmci"}, as a Java method's, but for sequences that take memory of the caller; empty for
 *     bytecode
 * @param reason why it is not active, and what to change; empty if it is
 * @param registeredBy who registers the threads with the kernel
 * @param index what the structures' slices are selected by: the CPU's number, which is the fastest
 *     and keeps the order of a CPU's records; empty for bytecode
 * @param indexKinds what slices can be selected by
 * @param features the fields of the kernel's area that are in use, by their names in {@code
 *     linux/rseq.h}
 * @param area the area that the kernel shares with each thread; empty if there is none
 * @param kernel the kernel's release, or the operating system's name and version
 * @param libc the C library, or {@code "unknown"}
 * @param cpus the processors
 * @param membarrier the commands of {@code membarrier(2)}
 * @param nativeAccess {@code "enabled"}, {@code "warned"} or {@code "denied"}: whether this module
 *     may call native code, see {@code --enable-native-access}
 * @param missing what could be active and is not
 */
public record Availability(
    boolean active,
    String backend,
    String calls,
    String reason,
    Registrar registeredBy,
    Optional<IndexKind> index,
    Set<IndexKind> indexKinds,
    List<String> features,
    Optional<Area> area,
    String kernel,
    String libc,
    Cpus cpus,
    List<String> membarrier,
    String nativeAccess,
    List<Missing> missing) {

  /** Copies the collections. */
  public Availability {
    indexKinds = Set.copyOf(indexKinds);
    features = List.copyOf(features);
    membarrier = List.copyOf(membarrier);
    missing = List.copyOf(missing);
  }

  /** Who registers threads with the kernel. */
  public enum Registrar {
    /** The C library, each thread as it starts. */
    LIBC,
    /** This library, each thread as it first needs it, in an area of the C library's or its own. */
    RSEQ4J,
    /** Nobody. */
    NOBODY
  }

  /**
   * The area that the kernel shares with each thread: {@code struct rseq}.
   *
   * @param own whether this library keeps it, because the C library has none (glibc before 2.35)
   * @param offset bytes from the thread pointer to it; {@code __rseq_offset} of the C library's
   * @param size what the C library says its size is, {@code __rseq_size}; 0 if it registers no
   *     threads or has no area
   * @param featureSize how many bytes of it the kernel fills in
   * @param alignment the alignment that the kernel asks for, in bytes; 0 if it does not say, as
   *     before Linux 6.3
   */
  public record Area(boolean own, long offset, int size, int featureSize, int alignment) {
    /**
     * Returns whether threads are registered with more than the 32 bytes that the area had at
     * first. From Linux 6.19 on this selects another mode, in which the kernel writes its fields
     * only when they change, and kills a process that writes to those that it may only read.
     */
    public boolean extended() {
      return featureSize > RseqAbi.ORIGINAL_SIZE;
    }
  }

  /**
   * The processors, as lists in the kernel's notation such as {@code 0-3,8}.
   *
   * @param possible those that can ever come online; per-CPU memory is sized by them
   * @param online those online
   * @param allowed those online that the process may run on
   */
  public record Cpus(String possible, String online, String allowed) {}

  /**
   * Something that is not there.
   *
   * @param feature what
   * @param reason why
   * @param remedy what to change
   */
  public record Missing(String feature, String reason, String remedy) {}
}
