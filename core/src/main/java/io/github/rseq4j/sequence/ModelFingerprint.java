package io.github.rseq4j.sequence;

/**
 * 128 bits by which a {@link ModelChecker} tells states apart.
 *
 * @param high one half
 * @param low the other half
 */
record ModelFingerprint(long high, long low) {
  /** Mixes numbers into a fingerprint. */
  static final class Builder {
    private long high = 1;
    private long low = 2;

    void add(long number) {
      high = mix(high ^ number, 0xbf58476d1ce4e5b9L, 0x94d049bb133111ebL);
      low = mix(low + number, 0xff51afd7ed558ccdL, 0xc4ceb9fe1a85ec53L);
    }

    ModelFingerprint build() {
      return new ModelFingerprint(high, low);
    }

    /** Two rounds of multiply and shift; the factors are those of SplitMix64 and MurmurHash3. */
    private static long mix(long number, long first, long second) {
      long mixed = (number ^ number >>> 30) * first;
      mixed = (mixed ^ mixed >>> 27) * second;
      // Not a fixed point at 0: a run of zeros has to change the sum.
      return (mixed ^ mixed >>> 31) + 0x9e3779b97f4a7c15L;
    }
  }
}
