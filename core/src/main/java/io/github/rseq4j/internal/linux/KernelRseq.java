package io.github.rseq4j.internal.linux;

/**
 * What the kernel says about the rseq area in the auxiliary vector of this process.
 *
 * @param featureSize how many bytes of an area it can fill in; 0 from a kernel before 6.3, which
 *     fills in {@value RseqAbi#ORIGINAL_FEATURES} if it knows rseq at all
 * @param alignment the alignment that it wants for an area of that size; 0 likewise, and then
 *     {@value RseqAbi#ORIGINAL_ALIGNMENT} holds
 */
public record KernelRseq(int featureSize, int alignment) {
  /** Reads the auxiliary vector; zeros if native calls are unavailable. */
  public static KernelRseq find() {
    return new KernelRseq(
        (int) Libc.getauxval(RseqAbi.AT_RSEQ_FEATURE_SIZE),
        (int) Libc.getauxval(RseqAbi.AT_RSEQ_ALIGN));
  }

  /**
   * How many bytes of an area are both there and filled in, once its thread is registered.
   *
   * <p>A library's size of {@value RseqAbi#ORIGINAL_SIZE} (glibc up to 2.39) or {@value
   * RseqAbi#ORIGINAL_FEATURES} (2.40, some earlier) stands for an area of the original size whose
   * padding the kernel uses as it can. So does a size of 0: such threads we register ourselves,
   * with the original length. Any other size (2.41 and later) is that of the features in use.
   *
   * @param size {@link LibcRseq#size()}; 0 for an {@link OwnArea}
   */
  public int usableFeatures(int size) {
    return switch (size) {
      case 0, RseqAbi.ORIGINAL_FEATURES, RseqAbi.ORIGINAL_SIZE ->
          Math.min(
              RseqAbi.ORIGINAL_SIZE, featureSize == 0 ? RseqAbi.ORIGINAL_FEATURES : featureSize);
      default -> size;
    };
  }

  /** Whether {@code node_id} of such an area is filled in. */
  public boolean hasNodeId(int size) {
    return usableFeatures(size) >= RseqAbi.NODE_ID + Integer.BYTES;
  }

  /** Whether {@code mm_cid} of such an area is filled in. */
  public boolean hasMmCid(int size) {
    return usableFeatures(size) >= RseqAbi.MM_CID + Integer.BYTES;
  }

  /** Whether {@code slice_ctrl} of such an area is heeded and filled in. */
  public boolean hasSliceControl(int size) {
    return usableFeatures(size) >= RseqAbi.SLICE_CTRL + Integer.BYTES;
  }
}
