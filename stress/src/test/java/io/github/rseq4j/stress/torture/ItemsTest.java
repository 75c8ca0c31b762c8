package io.github.rseq4j.stress.torture;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

/** What is wrong with items is noticed. */
class ItemsTest {
  private static final int SLICES = 2;

  private final Items items = new Items(SLICES);

  private void findAllBut(long missing) {
    for (int slice = 0; slice < SLICES; slice++) {
      for (long item = Items.first(slice); item <= Items.last(slice); item++) {
        if (item != missing) {
          items.find(item, slice);
        }
      }
    }
  }

  @Test
  void allOfThemOnceAreRight() {
    findAllBut(0);
    assertThatCode(items::requireAll).doesNotThrowAnyException();
  }

  @Test
  void oneThatIsLostIsNoticed() {
    findAllBut(17);
    assertThatExceptionOfType(Violation.class)
        .isThrownBy(items::requireAll)
        .withMessage("1 of 200 items are lost, item 17 among them");
  }

  @Test
  void oneThatIsThereTwiceIsNoticed() {
    findAllBut(0);
    assertThatExceptionOfType(Violation.class)
        .isThrownBy(() -> items.find(5, 1))
        .withMessage("item 5 is there twice, once in slice 1");
  }

  @Test
  void whatIsNoItemIsNoticed() {
    assertThatExceptionOfType(Violation.class).isThrownBy(() -> items.find(0, 0));
    assertThatExceptionOfType(Violation.class).isThrownBy(() -> items.find(201, 0));
  }
}
