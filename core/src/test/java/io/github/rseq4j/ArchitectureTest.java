package io.github.rseq4j;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.github.rseq4j.internal.compile.Processor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** What the packages may know of one another, and which of them may leave the JVM. */
class ArchitectureTest {
  private static final String ROOT = "io.github.rseq4j";
  private static final String INTERNAL = ROOT + ".internal";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void arrowsBetweenPackagesPointDown() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .withOptionalLayers(true)
        .layer("percpu")
        .definedBy(ROOT + ".percpu")
        .layer("rseq")
        .definedBy(ROOT, INTERNAL + ".rseq")
        .layer("link")
        .definedBy(INTERNAL + ".link")
        .layer("processors")
        .definedBy(INTERNAL + ".compile.*")
        .layer("compile")
        .definedBy(INTERNAL + ".compile")
        .layer("jvmci")
        .definedBy(INTERNAL + ".jvmci")
        .layer("sequence")
        .definedBy(ROOT + ".sequence")
        .layer("asm")
        .definedBy(INTERNAL + ".asm")
        .layer("linux")
        .definedBy(INTERNAL + ".linux")
        .whereLayer("percpu")
        .mayOnlyAccessLayers("rseq", "sequence")
        .whereLayer("rseq")
        .mayOnlyAccessLayers("link", "compile", "jvmci", "sequence", "linux")
        .whereLayer("link")
        .mayOnlyAccessLayers("processors", "compile", "jvmci", "sequence", "asm", "linux")
        .whereLayer("processors")
        .mayOnlyAccessLayers("compile", "sequence", "asm", "linux")
        .whereLayer("compile")
        .mayOnlyAccessLayers("sequence", "asm", "linux")
        .whereLayer("jvmci")
        .mayNotAccessAnyLayer()
        .whereLayer("sequence")
        .mayNotAccessAnyLayer()
        .whereLayer("asm")
        .mayNotAccessAnyLayer()
        .whereLayer("linux")
        .mayNotAccessAnyLayer()
        .ensureAllClassesAreContainedInArchitecture()
        .check(CLASSES);
  }

  @Test
  void processorsDoNotKnowOneAnother() {
    slices().matching(INTERNAL + ".compile.(*)").should().notDependOnEachOther().check(CLASSES);
  }

  /** Registers, operands and instructions of a processor; the others are its lowering. */
  @Test
  void assemblersKnowNoSequences() {
    noClasses()
        .that()
        .resideInAnyPackage(
            INTERNAL + ".compile.x64", INTERNAL + ".compile.a64", INTERNAL + ".compile.rv64")
        .and()
        .doNotImplement(Processor.class)
        .and()
        .haveNameNotMatching(".*(Lowering|Steps)(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT + ".sequence", INTERNAL + ".compile", INTERNAL + ".linux")
        .check(CLASSES);
  }

  @Test
  void onlyLinuxAndLinkLeaveTheJvm() {
    noClasses()
        .that()
        .resideOutsideOfPackages(INTERNAL + ".linux", INTERNAL + ".link")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Linker.class, SymbolLookup.class)
        .orShould()
        .accessTargetWhere(
            target(owner(assignableTo(MemorySegment.class)))
                .and(target(nameMatching("reinterpret|ofAddress"))))
        .check(CLASSES);
  }

  @Test
  void publicSignaturesNameNoInternalType() {
    members()
        .that()
        .areDeclaredInClassesThat()
        .resideOutsideOfPackage(INTERNAL + "..")
        .and()
        .areDeclaredInClassesThat()
        .arePublic()
        .and()
        .areNotPrivate()
        .should(nameNoInternalType())
        .check(CLASSES);
  }

  @Test
  void classesAreFinal() {
    classes()
        .that()
        .areNotInterfaces()
        .and()
        .areNotEnums()
        .and()
        .areNotAnonymousClasses()
        .should()
        .haveModifier(JavaModifier.FINAL)
        .check(CLASSES);
  }

  @Test
  void packagesAreNullMarked() {
    classes().should(resideInNullMarkedPackage()).check(CLASSES);
  }

  private static ArchCondition<JavaMember> nameNoInternalType() {
    return new ArchCondition<>("name no internal type") {
      @Override
      public void check(JavaMember member, ConditionEvents events) {
        if (!member.getModifiers().contains(JavaModifier.PUBLIC)
            && !member.getModifiers().contains(JavaModifier.PROTECTED)) {
          return;
        }
        for (JavaClass type : member.getAllInvolvedRawTypes()) {
          if (type.getPackageName().startsWith(INTERNAL)) {
            events.add(
                SimpleConditionEvent.violated(
                    member, member.getFullName() + " names " + type.getName()));
          }
        }
      }
    };
  }

  private static ArchCondition<JavaClass> resideInNullMarkedPackage() {
    return new ArchCondition<>("reside in a package that is @NullMarked") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
          events.add(
              SimpleConditionEvent.violated(type, type.getPackageName() + " is not @NullMarked"));
        }
      }
    };
  }
}
