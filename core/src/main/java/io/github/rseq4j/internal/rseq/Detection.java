package io.github.rseq4j.internal.rseq;

import io.github.rseq4j.Availability;
import io.github.rseq4j.Availability.Missing;
import io.github.rseq4j.Availability.Registrar;
import io.github.rseq4j.Isa;
import io.github.rseq4j.internal.compile.Processor;
import io.github.rseq4j.internal.compile.Target;
import io.github.rseq4j.internal.jvmci.JvmciException;
import io.github.rseq4j.internal.link.CacheFlush;
import io.github.rseq4j.internal.link.JavaMethods;
import io.github.rseq4j.internal.link.Processors;
import io.github.rseq4j.internal.link.ThreadArea;
import io.github.rseq4j.internal.linux.Arch;
import io.github.rseq4j.internal.linux.CodeSpace;
import io.github.rseq4j.internal.linux.CodeSpaceException;
import io.github.rseq4j.internal.linux.CpuSet;
import io.github.rseq4j.internal.linux.Errno;
import io.github.rseq4j.internal.linux.KernelRseq;
import io.github.rseq4j.internal.linux.KernelVersion;
import io.github.rseq4j.internal.linux.Libc;
import io.github.rseq4j.internal.linux.LibcRseq;
import io.github.rseq4j.internal.linux.Membarrier;
import io.github.rseq4j.internal.linux.NoAreaException;
import io.github.rseq4j.internal.linux.OwnArea;
import io.github.rseq4j.internal.linux.RseqAbi;
import io.github.rseq4j.sequence.IndexKind;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Finds out what this process has, in the order in which one thing needs another, and stops at the
 * first that is missing and cannot be done without.
 */
final class Detection {
  /** The system property that chooses the backend. */
  static final String BACKEND_PROPERTY = "rseq4j.backend";

  /** The system property by which tests leave the C library's area aside, being {@value #OWN}. */
  static final String AREA_PROPERTY = "rseq4j.area";

  static final String OWN = "own";

  /** In the property, machine code that is called through JVMCI. */
  private static final String JVMCI = "jvmci";

  private static final String FFM = "ffm";

  private static final String BYTECODE = Isa.BYTECODE.toString();

  /** In the property, another name of the same backend. */
  private static final String FALLBACK = "fallback";

  /** Why sequences cannot run as machine code here. */
  private static final class NotActive extends Exception {
    private static final long serialVersionUID = 1L;

    private final String feature;
    private final String remedy;

    NotActive(String feature, String reason, String remedy) {
      super(reason);
      this.feature = feature;
      this.remedy = remedy;
    }
  }

  /** Says why sequences must not be run as machine code, although they could be. */
  interface Objector {
    Optional<Missing> objection(Platform.Machine machine) throws CodeSpaceException;
  }

  /** Where the area is: {@code size} is the C library's for its own, and 0 for ours. */
  private record Area(int offset, int size, boolean own) {}

  private final Objector selfTest;
  private final Optional<LibcRseq> libc = ownArea() ? Optional.empty() : LibcRseq.find();
  private final KernelRseq kernel = KernelRseq.find();
  private final Membarrier.Support membarrier = Membarrier.support();
  private final List<Missing> missing = new ArrayList<>();
  private final List<String> features = new ArrayList<>();
  private final Set<IndexKind> indexKinds = EnumSet.noneOf(IndexKind.class);
  private Registrar registrar = Registrar.NOBODY;
  private Optional<Area> area = libc.map(Detection::area);

  private Detection(Objector selfTest) {
    this.selfTest = selfTest;
  }

  static Platform detect() {
    return detect(SelfTester::objection);
  }

  /** Detects with another self-test. */
  static Platform detect(Objector selfTest) {
    return new Detection(selfTest).run();
  }

  private Platform run() {
    Optional<Platform.Machine> machine = Optional.empty();
    String reason = "";
    try {
      machine = Optional.of(findMachine());
    } catch (NotActive e) {
      reason = e.getMessage() + "; " + e.remedy;
      missing.addFirst(new Missing(e.feature, String.valueOf(e.getMessage()), e.remedy));
      boolean byLibrary = libc.filter(LibcRseq::registersThreads).isPresent();
      registrar = byLibrary ? Registrar.LIBC : Registrar.NOBODY;
      features.clear();
      indexKinds.clear();
    }
    return new Platform(describe(machine, reason), machine);
  }

  private Platform.Machine findMachine() throws NotActive {
    requireNotForced();
    Processor processor = requireProcessor();
    Optional<String> unavailable = Libc.unavailable();
    if (unavailable.isPresent()) {
      throw new NotActive("native calls", unavailable.get(), "native access and Linux are needed");
    }
    requireMembarrier();
    try {
      CodeSpace space = new CodeSpace();
      CacheFlush.install(processor, space);
      Area found = area.isPresent() ? area.get() : ownArea(processor, space);
      area = Optional.of(found);
      return tested(findMachine(processor, found, space));
    } catch (CodeSpaceException e) {
      throw new NotActive("executable memory", String.valueOf(e.getMessage()), e.remedy());
    } catch (OutOfMemoryError e) {
      // Thrown on, it would leave a class that can never be used again.
      throw new NotActive(
          "memory",
          "detection ran out of it: " + e.getMessage(),
          "raise the limits on memory and threads");
    }
  }

  private Platform.Machine tested(Platform.Machine machine) throws NotActive, CodeSpaceException {
    Optional<Missing> objection = selfTest.objection(machine);
    if (objection.isPresent()) {
      Missing found = objection.get();
      throw new NotActive(found.feature(), found.reason(), found.remedy());
    }
    return machine;
  }

  private static boolean ownArea() {
    return OWN.equals(System.getProperty(AREA_PROPERTY));
  }

  private static Area area(LibcRseq libc) {
    return new Area(Math.toIntExact(libc.offset()), libc.size(), false);
  }

  private static Area ownArea(Processor processor, CodeSpace space)
      throws NotActive, CodeSpaceException {
    try {
      OwnArea own = OwnArea.claim(ThreadArea.threadPointer(processor, space));
      return new Area(Math.toIntExact(own.offset()), 0, true);
    } catch (NoAreaException e) {
      throw new NotActive(
          "rseq area",
          "the C library keeps no rseq area for its threads, and rseq4j cannot: " + e.getMessage(),
          "use glibc 2.35 or later");
    }
  }

  private Platform.Machine findMachine(Processor processor, Area found, CodeSpace space)
      throws NotActive, CodeSpaceException {
    Target target = new Target(found.offset, found.own, CpuSet.possible().bound(), false);
    Optional<JavaMethods> methods = methods(processor);
    ThreadArea access = new ThreadArea(processor, space, target, methods);
    MethodHandle cpuId = access.reader(RseqAbi.CPU_ID);
    MethodHandle registration = access.registration();
    requireRegistered(found, cpuId, registration);
    features.add("cpu_id");
    indexKinds.add(IndexKind.CPU_ID);
    Optional<MethodHandle> nodeId = Optional.empty();
    if (kernel.hasNodeId(found.size)) {
      nodeId = Optional.of(access.reader(RseqAbi.NODE_ID));
      features.add("node_id");
    } else {
      missing.add(
          new Missing("node_id", "the kernel does not fill it in", "use Linux 6.3 or later"));
    }
    Optional<MethodHandle> mmCid = Optional.empty();
    if (kernel.hasMmCid(found.size)) {
      mmCid = Optional.of(access.reader(RseqAbi.MM_CID));
      features.add("mm_cid");
      indexKinds.add(IndexKind.MM_CID);
    } else {
      missing.add(
          new Missing("mm_cid", "the kernel does not fill it in", "use Linux 6.3 or later"));
    }
    if (kernel.hasSliceControl(found.size)) {
      features.add("slice_ctrl");
    }
    return new Platform.Machine(
        processor, space, target, methods, cpuId, nodeId, mmCid, registration);
  }

  private static void requireNotForced() throws NotActive {
    String machineCode = Arch.current().map(Detection::name).orElse(BYTECODE);
    String backend = System.getProperty(BACKEND_PROPERTY, machineCode);
    if (backend.equals(machineCode) || backend.equals(JVMCI)) {
      return;
    }
    if (backend.equals(BYTECODE) || backend.equals(FALLBACK)) {
      throw new NotActive(
          "machine code",
          "the system property %s is %s".formatted(BACKEND_PROPERTY, backend),
          "remove it");
    }
    throw new NotActive(
        "machine code",
        "the system property %s is \"%s\"".formatted(BACKEND_PROPERTY, backend),
        "remove it, or make it %s, %s or %s".formatted(machineCode, JVMCI, BYTECODE));
  }

  /** Returns how programs are made Java methods, if that is asked for and can be done. */
  private Optional<JavaMethods> methods(Processor processor) {
    if (!JVMCI.equals(System.getProperty(BACKEND_PROPERTY))) {
      return Optional.empty();
    }
    try {
      return Optional.of(JavaMethods.find(processor));
    } catch (JvmciException e) {
      missing.add(new Missing(JVMCI, String.valueOf(e.getMessage()), e.remedy()));
      return Optional.empty();
    }
  }

  private static String name(Arch arch) {
    return Isa.valueOf(arch.name()).toString();
  }

  private static Processor requireProcessor() throws NotActive {
    return Arch.current()
        .flatMap(Processors::of)
        .orElseThrow(
            () ->
                new NotActive(
                    "machine code",
                    "there is no backend for the processor " + System.getProperty("os.arch"),
                    "use an x86-64, AArch64 or riscv64 machine"));
  }

  private void requireMembarrier() throws NotActive {
    if (!membarrier.rseq()) {
      throw new NotActive(
          "membarrier", membarrier.reason(), "use Linux 5.10 or later and allow membarrier");
    }
    int result = Membarrier.registerRseq();
    if (result != 0) {
      throw new NotActive(
          "membarrier",
          "registering for its rseq command failed with " + Errno.describe(-result),
          "allow membarrier in the seccomp filter");
    }
  }

  private void requireRegistered(Area found, MethodHandle cpuId, MethodHandle registration)
      throws NotActive {
    if (!found.own && call(cpuId) >= 0) {
      registrar = Registrar.LIBC;
      return;
    }
    // On a new thread: another library may have registered the caller, but not every thread.
    long error =
        CompletableFuture.supplyAsync(() -> -call(registration), Thread.ofPlatform()::start).join();
    if (error != 0) {
      boolean taken = error == Errno.EBUSY || error == Errno.EINVAL; // by an area elsewhere
      throw new NotActive(
          "registration",
          "the C library has not registered a thread, and rseq(2) fails with "
              + Errno.describe((int) error),
          taken
              ? "have threads registered by one library only"
              : "use a kernel with CONFIG_RSEQ, and allow rseq in the seccomp filter");
    }
    registrar = Registrar.RSEQ4J;
  }

  private static long call(MethodHandle function) {
    try {
      return (long) function.invoke();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private Availability describe(Optional<Platform.Machine> machine, String reason) {
    return new Availability(
        machine.isPresent(),
        machine.map(Platform.Machine::isa).orElse(Isa.BYTECODE).toString(),
        machine.map(found -> found.methods().isPresent() ? JVMCI : FFM).orElse(""),
        reason,
        registrar,
        machine.map(_ -> IndexKind.CPU_ID),
        indexKinds,
        features,
        area.map(
            found ->
                new Availability.Area(
                    found.own,
                    found.offset,
                    found.size,
                    kernel.usableFeatures(found.size),
                    kernel.alignment())),
        KernelVersion.release()
            .orElseGet(
                () -> System.getProperty("os.name") + " " + System.getProperty("os.version")),
        Libc.version().map(version -> "glibc " + version).orElse("unknown"),
        new Availability.Cpus(
            CpuSet.possible().toString(), CpuSet.online().toString(), CpuSet.allowed().toString()),
        membarrier.commands(),
        Libc.nativeAccess().name().toLowerCase(Locale.ROOT),
        missing);
  }
}
