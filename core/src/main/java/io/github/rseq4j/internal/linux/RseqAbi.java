package io.github.rseq4j.internal.linux;

/**
 * The layout of what a thread and the kernel share for restartable sequences, as in the kernel's
 * {@code include/uapi/linux/rseq.h}. Offsets and sizes are in bytes.
 *
 * <p>The area of a thread, {@code struct rseq}; the kernel writes every field but {@code rseq_cs},
 * {@code flags} and the request half of {@code slice_ctrl}:
 *
 * <pre>
 *   0              4        8                16      20        24       28           32
 *   +--------------+--------+----------------+-------+---------+--------+------------+
 *   | cpu_id_start | cpu_id |     rseq_cs    | flags | node_id | mm_cid | slice_ctrl |
 *   +--------------+--------+----------------+-------+---------+--------+------------+
 *   |&lt;------------- since Linux 4.18 --------------&gt;|&lt;---- since 6.3 ---&gt;| since 7.0  |
 * </pre>
 *
 * <p>The descriptor of a sequence, {@code struct rseq_cs}, to which {@code rseq_cs} points:
 *
 * <pre>
 *   0         4       8          16                   24         32
 *   +---------+-------+----------+--------------------+----------+
 *   | version | flags | start_ip | post_commit_offset | abort_ip |
 *   +---------+-------+----------+--------------------+----------+
 * </pre>
 *
 * Version and flags are 0. The abort address lies outside {@code [start_ip, start_ip +
 * post_commit_offset)}, and the 32-bit word right before it is the {@linkplain Arch#rseqSignature()
 * signature} given at registration.
 *
 * <p>Where the area lies is up to the C library: see {@link LibcRseq}; if it has none, {@link
 * OwnArea} finds a place. Whether a thread is really registered only the area itself tells, which
 * is relative to the thread pointer and so takes generated code to read; that is not done in this
 * package.
 */
public final class RseqAbi {
  /** A CPU number that is always a possible one, even where {@code cpu_id} is negative; u32. */
  public static final int CPU_ID_START = 0;

  /** The CPU that the thread runs on, or one of the negative {@code CPU_ID_} values; u32. */
  public static final int CPU_ID = 4;

  /** The address of the descriptor of the sequence that the thread is in, or 0; u64. */
  public static final int RSEQ_CS = 8;

  /** Flags that no kernel since 6.1 heeds; u32. */
  public static final int FLAGS = 16;

  /** The NUMA node of the CPU that the thread runs on; u32. */
  public static final int NODE_ID = 20;

  /**
   * A dense number that no other running thread of this process has, below both the number of its
   * threads and that of its allowed CPUs; u32. It reads as 0 in a thread that is not registered, so
   * look at {@link #CPU_ID} as well.
   */
  public static final int MM_CID = 24;

  /** Time slice extension: request and grant, a byte each, and two reserved bytes. */
  public static final int SLICE_CTRL = 28;

  /** The value of {@code cpu_id} in a thread that has not been registered. */
  public static final int CPU_ID_UNINITIALIZED = -1;

  /** The value of {@code cpu_id} where registration failed, or was turned off in the C library. */
  public static final int CPU_ID_REGISTRATION_FAILED = -2;

  /** The bytes of the area that the kernel of 4.18 filled in; the rest was padding. */
  public static final int ORIGINAL_FEATURES = 20;

  /** The size of the area of 4.18, and the length to register it with in the original mode. */
  public static final int ORIGINAL_SIZE = 32;

  /** The alignment of an area of the original size. */
  public static final int ORIGINAL_ALIGNMENT = 32;

  /** The flag of the system call that undoes a registration. */
  public static final int FLAG_UNREGISTER = 1;

  /** The size of a descriptor. */
  public static final int DESCRIPTOR_SIZE = 32;

  /** The alignment of a descriptor. */
  public static final int DESCRIPTOR_ALIGNMENT = 32;

  /** Offset in a descriptor: its version, 0; u32. */
  public static final int DESCRIPTOR_VERSION = 0;

  /** Offset in a descriptor: its flags, 0; u32. */
  public static final int DESCRIPTOR_FLAGS = 4;

  /** Offset in a descriptor: the address of the first instruction that is restarted; u64. */
  public static final int DESCRIPTOR_START_IP = 8;

  /** Offset in a descriptor: the length from start to just behind the committing store; u64. */
  public static final int DESCRIPTOR_POST_COMMIT_OFFSET = 16;

  /** Offset in a descriptor: the address at which an aborted sequence goes on; u64. */
  public static final int DESCRIPTOR_ABORT_IP = 24;

  /** The size of the signature right before the abort address. */
  public static final int SIGNATURE_SIZE = 4;

  /**
   * The auxiliary vector's entry (since 6.3) for how many bytes of the area the kernel can fill in;
   * {@code linux/auxvec.h}.
   */
  public static final int AT_RSEQ_FEATURE_SIZE = 27;

  /** The auxiliary vector's entry (since 6.3) for the alignment of the area. */
  public static final int AT_RSEQ_ALIGN = 28;

  private RseqAbi() {}
}
