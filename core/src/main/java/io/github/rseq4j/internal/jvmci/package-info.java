/**
 * HotSpot's interface for compilers written in Java (JVMCI), by reflection alone: a JVM may lack
 * it, and no version promises anything to another.
 */
@NullMarked
package io.github.rseq4j.internal.jvmci;

import org.jspecify.annotations.NullMarked;
