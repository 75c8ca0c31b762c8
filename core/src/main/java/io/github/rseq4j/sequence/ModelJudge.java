package io.github.rseq4j.sequence;

import java.util.List;

/**
 * Holds what sequences do to a slice against a {@link ModelChecker.Meaning}.
 *
 * @param meaning what they should do
 * @param <S> what a slice means
 */
record ModelJudge<S>(ModelChecker.Meaning<S> meaning) {
  /**
   * Checks a step that has not ended its sequence.
   *
   * @throws AssertionError if it changed what the slice means
   */
  void requireUnnoticed(ModelChecker.Slice before, ModelChecker.Slice after) {
    S was = meaning.of(before);
    S is = meaning.of(after);
    if (!was.equals(is)) {
      throw new AssertionError(
          "a step before the commit changed what the slice means, from %s to %s"
              .formatted(was, is));
    }
  }

  /**
   * Checks a step that has ended its sequence.
   *
   * @throws AssertionError if neither the result nor the change is what the sequence means
   */
  void requireMeant(
      ModelChecker.Slice before, ModelChecker.Slice after, ModelChecker.Call call, long result) {
    S was = meaning.of(before);
    ModelChecker.Answer<S> answer = new ModelChecker.Answer<>(meaning.of(after), result);
    List<ModelChecker.Answer<S>> meant = meaning.answers(was, call);
    if (!meant.contains(answer)) {
      throw new AssertionError(
          "%s on %s answered %s, which is none of %s".formatted(call, was, answer, meant));
    }
  }
}
