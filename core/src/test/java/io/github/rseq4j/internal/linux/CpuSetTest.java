package io.github.rseq4j.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CpuSetTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0           | 0           | 1  | 1",
        "0-3,8,10-11 | 0-3,8,10-11 | 12 | 7",
        "5           | 5           | 6  | 1",
        "8,0-2,3     | 0-3,8       | 9  | 5",
        "0-4,2-6     | 0-6         | 7  | 7",
        "0-1         | 0-1         | 2  | 2",
        "' 0 , 2 '   | 0,2         | 3  | 2",
        "65535       | 65535       | 65536 | 1",
        "''          | ''          | 0  | 0",
      })
  void readsAndWritesTheKernelsNotation(String list, String normal, int bound, int count) {
    var cpus = CpuSet.parse(list);

    assertThat(cpus).hasToString(normal);
    assertThat(cpus.bound()).isEqualTo(bound);
    assertThat(cpus.count()).isEqualTo(count);
    assertThat(CpuSet.parse(cpus.toString())).isEqualTo(cpus);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "1-", "-1", "1,,2", "1,", ",", "1-2-3", "0x1", "1 2", "9999999999"})
  void refusesWhatIsNoList(String list) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CpuSet.parse(list))
        .withMessageContaining(list)
        .withMessageContaining("neither a number nor a range");
  }

  @ParameterizedTest
  @ValueSource(strings = {"3-2", "65536", "0-65536", "999999999"})
  void refusesRangesThatAreDescendingOrTooHigh(String list) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CpuSet.parse(list))
        .withMessageContaining(list)
        .withMessageContaining("65536");
  }

  @Test
  void hasTheNumbersItIsGiven() {
    var cpus = CpuSet.of(4, 0, 4);

    assertThat(cpus).isEqualTo(CpuSet.parse("0,4"));
    assertThat(cpus.contains(4)).isTrue();
    assertThat(cpus.contains(1)).isFalse();
    assertThat(cpus.contains(-1)).isFalse();
  }

  @Test
  void refusesNumbersThatAreNegativeOrTooHigh() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CpuSet.of(0, -7))
        .withMessage("CPU -7 is negative");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CpuSet.of(70_000))
        .withMessage("CPU 70000 is not below 65536");
  }

  @Test
  void doesNotChangeWithTheBitsItWasMadeOfOrGivesAway() {
    var bits = new BitSet();
    bits.set(3);
    var cpus = new CpuSet(bits);
    bits.set(9);
    cpus.ids().set(10);

    assertThat(cpus).hasToString("3");
  }

  @Test
  void possibleCpusComeFromTheFileOfTheirName(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("possible"), "0-3,8-11\n");

    assertThat(CpuSet.possible(folder, folder.resolve("status"))).hasToString("0-3,8-11");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3                          | 0-3",
        "01                         | 0-7",
        "1,00000000                 | 0-35",
        "ff,ffffffff,ffffffff       | 0-71",
      })
  void possibleCpusFallBackToTheWidthOfTheMask(String mask, String expected, @TempDir Path folder)
      throws IOException {
    Path status = folder.resolve("status");
    Files.writeString(
        status, "Name:\tx\nCpus_allowed:\t" + mask + "\nCpus_allowed_list:\t0\nMems_allowed:\t1\n");

    assertThat(CpuSet.possible(folder, status)).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "0-99999999"})
  void anUnreadableListCountsLikeNone(String list, @TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("possible"), list);
    Path status = folder.resolve("status");
    Files.writeString(status, "Cpus_allowed:\tff\n");

    assertThat(CpuSet.possible(folder, status)).hasToString("0-7");
  }

  @Test
  void withoutAnyFileEveryNumberIsPossibleThatAKernelCanHave(@TempDir Path folder) {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "the bound is Linux's");

    assertThat(CpuSet.possible(folder, folder.resolve("status"))).hasToString("0-8191");
  }

  @Test
  void onThisMachineAllowedIsWithinPossible() {
    var possible = CpuSet.possible();
    var outside = CpuSet.allowed().ids();
    outside.andNot(possible.ids());

    assertThat(outside.isEmpty()).isTrue();
    assertThat(CpuSet.online().count()).isBetween(1, possible.count());
    assertThat(possible.count()).isGreaterThanOrEqualTo(Runtime.getRuntime().availableProcessors());
  }

  @Test
  void theMaskIsNoNarrowerThanThePossibleCpus(@TempDir Path noSys) {
    assumeTrue(
        ProcFile.field(Path.of("/proc/self/status"), "Cpus_allowed").isPresent(),
        "/proc/self/status has no affinity mask here");

    assertThat(CpuSet.possible(noSys, Path.of("/proc/self/status")).bound())
        .isGreaterThanOrEqualTo(CpuSet.possible().bound());
  }
}
