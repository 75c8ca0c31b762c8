package io.github.rseq4j.cli;

import java.lang.module.ModuleDescriptor;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
final class Version implements IVersionProvider {
  /** Returns the version of this module, as its build has recorded it. */
  static String ofRseq4j() {
    ModuleDescriptor descriptor = Version.class.getModule().getDescriptor();
    return descriptor == null ? "unknown" : descriptor.rawVersion().orElse("unknown");
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "rseq4j %s on Java %s".formatted(ofRseq4j(), Runtime.version()),
    };
  }
}
