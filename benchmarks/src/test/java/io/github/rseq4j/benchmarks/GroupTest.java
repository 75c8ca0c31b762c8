package io.github.rseq4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** What the groups name is there. */
class GroupTest {
  static Stream<Operation> operations() {
    return Arrays.stream(Group.values()).flatMap(group -> group.operations().stream());
  }

  @ParameterizedTest
  @MethodSource("operations")
  void namesABenchmark(Operation operation) {
    List<String> names =
        Arrays.stream(operation.benchmark().getMethods())
            .filter(method -> method.isAnnotationPresent(Benchmark.class))
            .map(GroupTest::nameOf)
            .toList();
    assertThat(names).contains(operation.method());
    assertThat(operation.benchmark().getName() + "." + operation.method())
        .matches(operation.include());
  }

  private static String nameOf(Method method) {
    var group = method.getAnnotation(org.openjdk.jmh.annotations.Group.class);
    return group == null ? method.getName() : group.value();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void givesValuesToAllParameters(Operation operation) {
    List<String> others =
        Arrays.stream(operation.benchmark().getFields())
            .filter(field -> field.isAnnotationPresent(Param.class))
            .map(field -> field.getName())
            .filter(name -> !name.equals("contender") && !name.equals("writers"))
            .toList();
    assertThat(operation.full().values()).containsOnlyKeys(others);
    assertThat(operation.quick().values()).containsOnlyKeys(others);
  }

  @ParameterizedTest
  @MethodSource("operations")
  void hasContendersOfBothSidesWithNamesOfTheirOwn(Operation operation) {
    for (Parameters parameters : List.of(operation.full(), operation.quick())) {
      List<Contender> contenders = operation.contenders(parameters);
      assertThat(contenders).extracting(Contender::label).doesNotHaveDuplicates();
      assertThat(contenders).extracting(Contender::ours).contains(true, false);
    }
    assertThat(operation.contenders(operation.full()))
        .containsAll(operation.contenders(operation.quick()));
  }
}
