package io.github.rseq4j.internal.jvmci;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Installs machine code as that of Java methods. */
public final class CodeInstaller {
  /*
   * All of it was found out with JDK 25, and any other may differ. So everything is looked up by
   * its name and shape when it is first wanted, and what is missing then, or answers otherwise, is
   * a reason not to use any of it. HotSpot itself looks at code that is installed: it refuses code
   * that does not begin with the entry barrier (CodeInstaller and BarrierSetNMethod).
   *
   * The code is that of a *native* method of a *hidden* class, because HotSpot then leaves it where
   * it is, as it is, for as long as the class lives:
   * - it does not drop a native method's code as cold (nmethod::is_cold), nor deoptimizes it
   *   (nmethod::can_be_deoptimized), nor moves it to other places as JDK 26 does with hot code;
   * - a hidden class cannot be redefined or retransformed by agents (JVM TI, IsModifiableClass);
   * - it has no oops, no dependencies and no calls but the barrier's, so that collectors and class
   *   loading find nothing in it to change;
   * - there is no bytecode that a compiler could compile anew, or inline.
   *
   * A thread for which a debugger asks for each step runs nothing but the interpreter, which knows
   * no code of JVMCI's; it looks for a native function, finds none, and throws an
   * UnsatisfiedLinkError before anything was done. Callers have to go another way then.
   */

  private static final String MODULE = "jdk.internal.vm.ci";
  private static final String PACKAGE = "jdk.vm.ci.";
  private static final List<String> PACKAGES =
      List.of("code", "code.site", "hotspot", "meta", "runtime");

  private static final String USE_FLAGS =
      "start java with the flags in jvmci.args, as java @jvmci.args";
  private static final String USE_FFM =
      "use the JDK that rseq4j was tested with (25), or do without the property rseq4j.backend";

  private final Object metaAccess;
  private final Object codeCache;
  private final Map<?, ?> constants;
  private final int guard;
  private final long barrier;

  private CodeInstaller() throws ReflectiveOperationException {
    Object runtime = invokeStatic("runtime.JVMCI", "getRuntime");
    Object backend = invoke("runtime.JVMCIRuntime", runtime, "getHostJVMCIBackend");
    this.metaAccess = invoke("runtime.JVMCIBackend", backend, "getMetaAccess");
    this.codeCache = invoke("runtime.JVMCIBackend", backend, "getCodeCache");
    Object hotspot = invokeStatic("hotspot.HotSpotJVMCIRuntime", "runtime");
    Object store = invoke("hotspot.HotSpotJVMCIRuntime", hotspot, "getConfigStore");
    this.constants = (Map<?, ?>) invoke("hotspot.HotSpotVMConfigStore", store, "getConstants");
    Map<?, ?> fields = (Map<?, ?>) invoke("hotspot.HotSpotVMConfigStore", store, "getFields");
    this.guard = Math.toIntExact(value(fields, "thread_disarmed_guard_value_offset"));
    this.barrier = value(fields, "nmethod_entry_barrier");
    mark("FRAME_COMPLETE");
    mark("ENTRY_BARRIER_PATCH");
  }

  /**
   * Finds what is needed.
   *
   * @param argumentRegisters the names of the registers in which methods have to get their
   *     arguments, in order
   * @throws JvmciException if this JVM lacks any of it, or differs
   */
  public static CodeInstaller find(List<String> argumentRegisters) {
    requireModule();
    try {
      CodeInstaller installer = new CodeInstaller();
      List<String> registers = installer.argumentRegisters();
      if (!registers.equals(argumentRegisters)) {
        throw new JvmciException(
            "methods get their arguments in %s, not in %s".formatted(registers, argumentRegisters),
            USE_FFM);
      }
      if (installer.guard != (byte) installer.guard) {
        throw new JvmciException("the entry barrier's guard is at " + installer.guard, USE_FFM);
      }
      return installer;
    } catch (InvocationTargetException e) {
      throw refused(e.getCause() == null ? e : e.getCause(), USE_FLAGS);
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      throw e instanceof JvmciException own ? own : refused(e, USE_FFM);
    }
  }

  private static void requireModule() {
    Module here = CodeInstaller.class.getModule();
    Module module =
        ModuleLayer.boot()
            .findModule(MODULE)
            .orElseThrow(() -> new JvmciException("the JVM has no module " + MODULE, USE_FLAGS));
    for (String name : PACKAGES) {
      if (!module.isExported(PACKAGE + name, here)) {
        throw new JvmciException(
            "the package %s%s is not exported to %s"
                .formatted(PACKAGE, name, here.isNamed() ? here.getName() : "the class path"),
            USE_FLAGS);
      }
    }
  }

  /** Returns the offset, from the thread's register, of what the entry barrier compares. */
  public int guard() {
    return guard;
  }

  /** Returns the address of what the entry barrier calls. */
  public long barrier() {
    return barrier;
  }

  /**
   * Installs the code of a static native method, which is callable from then on.
   *
   * @param code begins with the entry barrier, and does not depend on where it is
   * @param frameBytes how much of the stack it has in use while it calls the barrier, return
   *     address included
   * @return the address of its first byte
   * @throws JvmciException if HotSpot refuses, as it does when it has no room for more code
   */
  public long install(Method method, byte[] code, int frameBytes) {
    try {
      Object resolved =
          invoke(
              "meta.MetaAccessProvider", metaAccess, "lookupJavaMethod", Executable.class, method);
      Object compiled = compiled(method.getName(), resolved, code, frameBytes);
      Class<?> cache = type("code.CodeCacheProvider");
      Object installed =
          cache
              .getMethod(
                  "setDefaultCode", type("meta.ResolvedJavaMethod"), type("code.CompiledCode"))
              .invoke(codeCache, resolved, compiled);
      return start(Objects.requireNonNull(installed), code);
    } catch (InvocationTargetException e) {
      throw refused(
          e.getCause() == null ? e : e.getCause(),
          "give the JVM more room for code, -XX:ReservedCodeCacheSize");
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      throw e instanceof JvmciException own ? own : refused(e, USE_FFM);
    }
  }

  /** Returns where code is; it must begin there, but for what HotSpot changes in the barrier. */
  private static long start(Object installed, byte[] code) throws ReflectiveOperationException {
    long start = (long) invoke("code.InstalledCode", installed, "getStart");
    byte[] found = (byte[]) invoke("code.InstalledCode", installed, "getCode");
    int barrierEnd = 2 * Integer.BYTES;
    boolean same = start != 0 && found != null && found.length >= code.length;
    for (int i = 0; same && i < code.length; i++) {
      same = found[i] == code[i] || (i >= Integer.BYTES && i < barrierEnd);
    }
    if (!same) {
      throw new JvmciException("the JVM does not say where it has put the code", USE_FFM);
    }
    return start;
  }

  private Object compiled(String name, Object method, byte[] code, int frameBytes)
      throws ReflectiveOperationException {
    Object sites = Array.newInstance(type("code.site.Site"), 2);
    // No stack walk may rely on the frame: it is only there while the barrier is called.
    Array.set(sites, 0, mark(code.length, "FRAME_COMPLETE"));
    Array.set(sites, 1, mark(0, "ENTRY_BARRIER_PATCH"));
    int noBytecodeIndex = -1;
    return constructor()
        .newInstance(
            name,
            code,
            code.length,
            sites,
            Array.newInstance(type("meta.Assumptions$Assumption"), 0),
            Array.newInstance(type("meta.ResolvedJavaMethod"), 0),
            Array.newInstance(type("hotspot.HotSpotCompiledCode$Comment"), 0),
            new byte[0],
            1, // alignment of no data
            Array.newInstance(type("code.site.DataPatch"), 0),
            true, // independent of its place
            frameBytes,
            null, // nothing to rescue: it is never deoptimized
            method,
            noBytecodeIndex,
            1, // the number of the compilation, for logs
            0L, // no compilation of HotSpot's is under way
            false);
  }

  private static Constructor<?> constructor() throws ReflectiveOperationException {
    return type("hotspot.HotSpotCompiledNmethod")
        .getConstructor(
            String.class,
            byte[].class,
            int.class,
            type("code.site.Site").arrayType(),
            type("meta.Assumptions$Assumption").arrayType(),
            type("meta.ResolvedJavaMethod").arrayType(),
            type("hotspot.HotSpotCompiledCode$Comment").arrayType(),
            byte[].class,
            int.class,
            type("code.site.DataPatch").arrayType(),
            boolean.class,
            int.class,
            type("code.StackSlot"),
            type("hotspot.HotSpotResolvedJavaMethod"),
            int.class,
            int.class,
            long.class,
            boolean.class);
  }

  private Object mark(int offset, String kind) throws ReflectiveOperationException {
    return type("code.site.Mark")
        .getConstructor(int.class, Object.class)
        .newInstance(offset, mark(kind));
  }

  private Integer mark(String kind) {
    return Math.toIntExact(
        (Long) Objects.requireNonNull(constants.get("CodeInstaller::" + kind), kind));
  }

  private List<String> argumentRegisters() throws ReflectiveOperationException {
    Object config = invoke("code.CodeCacheProvider", codeCache, "getRegisterConfig");
    Object javaCall = constant("hotspot.HotSpotCallingConventionType", "JavaCall");
    Object registers =
        type("code.RegisterConfig")
            .getMethod(
                "getCallingConventionRegisters",
                type("code.CallingConvention$Type"),
                type("meta.JavaKind"))
            .invoke(config, javaCall, constant("meta.JavaKind", "Long"));
    List<String> names = new ArrayList<>();
    for (Object register : (Iterable<?>) Objects.requireNonNull(registers)) {
      names.add(register.toString());
    }
    return names;
  }

  private static long value(Map<?, ?> fields, String name) throws ReflectiveOperationException {
    Object field = Objects.requireNonNull(fields.get("CompilerToVM::Data::" + name), name);
    Object value = type("hotspot.VMField").getField("value").get(field);
    return ((Number) Objects.requireNonNull(value, name)).longValue();
  }

  private static JvmciException refused(Throwable cause, String remedy) {
    return new JvmciException("JVMCI answers " + cause, remedy);
  }

  private static Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName(PACKAGE + name);
  }

  private static Object constant(String type, String name) throws ReflectiveOperationException {
    return Objects.requireNonNull(type(type).getField(name).get(null));
  }

  private static Object invokeStatic(String type, String name) throws ReflectiveOperationException {
    return Objects.requireNonNull(type(type).getMethod(name).invoke(null));
  }

  private static Object invoke(String type, Object receiver, String name)
      throws ReflectiveOperationException {
    return Objects.requireNonNull(type(type).getMethod(name).invoke(receiver));
  }

  private static Object invoke(
      String type, Object receiver, String name, Class<?> parameter, Object argument)
      throws ReflectiveOperationException {
    return Objects.requireNonNull(type(type).getMethod(name, parameter).invoke(receiver, argument));
  }
}
