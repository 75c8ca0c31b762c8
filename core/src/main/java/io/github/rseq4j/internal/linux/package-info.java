/**
 * Linux and its C library as seen from a running process: the layout of the rseq area, system
 * calls, the CPUs, anonymous and executable memory.
 *
 * <p>Nothing here is assumed at compile time but the kernel's frozen ABI; everything that differs
 * between kernels and libraries is asked for. Every class loads on every system: where a question
 * has no answer, or native access is denied, methods give an empty result or {@code -ENOSYS}, and
 * {@link io.github.rseq4j.internal.linux.Libc#unavailable()} the reason.
 */
@NullMarked
package io.github.rseq4j.internal.linux;

import org.jspecify.annotations.NullMarked;
