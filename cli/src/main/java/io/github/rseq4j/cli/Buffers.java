package io.github.rseq4j.cli;

import io.github.rseq4j.percpu.PerCpuPool;

/** Where the blocks go that are read. */
sealed interface Buffers {
  /** Returns a block that nobody else has until it is given back. */
  Block take();

  /** Gives a block back. */
  void give(Block block);

  /** Any number of readers share blocks. */
  record Pooled(PerCpuPool<Block> pool) implements Buffers {
    /**
     * Makes a pool.
     *
     * @param readers how many readers there are at most
     */
    static Pooled forReaders(int readers) {
      return new Pooled(PerCpuPool.<Block>builder(readers, Block::new).build());
    }

    @Override
    public Block take() {
      return pool.acquire();
    }

    @Override
    public void give(Block block) {
      pool.release(block);
    }
  }

  /** The one block of one reader. */
  record Single(Block block) implements Buffers {
    Single() {
      this(new Block());
    }

    @Override
    public Block take() {
      return block;
    }

    @Override
    public void give(Block given) {
      // It is always there.
    }
  }
}
