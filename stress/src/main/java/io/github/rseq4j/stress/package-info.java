/** Tests of the structures under migration, signals and unlucky interleaving. */
@NullMarked
package io.github.rseq4j.stress;

import org.jspecify.annotations.NullMarked;
