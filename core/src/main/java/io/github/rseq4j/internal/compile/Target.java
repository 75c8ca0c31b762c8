package io.github.rseq4j.internal.compile;

import io.github.rseq4j.internal.linux.OwnArea;
import java.util.Optional;

/**
 * What code is generated for: the facts of one process that its instructions contain.
 *
 * @param area bytes from the thread pointer to the area shared with the kernel (struct rseq)
 * @param guarded whether the area is an {@link OwnArea}, whose content means nothing while its
 *     {@linkplain OwnArea#GUARD guard} is 0; once the thread is registered the guard is {@code
 *     indices}. So an index is compared with the guard instead of the number.
 * @param indices how many indices there are: the first one that is out of bounds
 * @param injection whether numbered points are compiled in, at which a test can hold a thread
 * @param method what code needs that is entered as a Java method's; empty if it is as a C
 *     function's
 */
public record Target(
    int area, boolean guarded, int indices, boolean injection, Optional<MethodEntry> method) {
  /** Makes a target whose code is entered as a C function's. */
  public Target(int area, boolean guarded, int indices, boolean injection) {
    this(area, guarded, indices, injection, Optional.empty());
  }

  /** Makes a target whose area is the C library's. */
  public Target(int area, int indices, boolean injection) {
    this(area, false, indices, injection);
  }

  /** Returns this target with injection points. */
  public Target withInjection() {
    return new Target(area, guarded, indices, true, method);
  }

  /** Returns this target for code that is entered as a Java method's. */
  public Target enteredBy(MethodEntry method) {
    return new Target(area, guarded, indices, injection, Optional.of(method));
  }
}
