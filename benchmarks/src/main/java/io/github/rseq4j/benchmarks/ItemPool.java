package io.github.rseq4j.benchmarks;

import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.core.util.RecyclerPool;
import io.github.rseq4j.percpu.PerCpuPool;
import io.netty.util.Recycler;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.jspecify.annotations.Nullable;
import stormpot.Allocator;
import stormpot.BasePoolable;
import stormpot.Pool;
import stormpot.PoolTap;
import stormpot.Slot;
import stormpot.Timeout;

/** A pool of objects that are made once and used again. */
public interface ItemPool {
  /** How many items there are at most, where there is a bound. */
  int TOTAL = 64;

  /** The pools that are measured. */
  enum Kind implements Contender {
    /** {@link PerCpuPool}, by handles. */
    PER_CPU_HANDLE("PerCpuPool by handle", true),
    /** {@link PerCpuPool}, by items. */
    PER_CPU("PerCpuPool", true),
    /** One item a thread, which is never given back: no pool, but what pools are held against. */
    THREAD_LOCAL("ThreadLocal", false),
    /** Jackson's pool of a lock-free stack, whose items know it. */
    JACKSON_LOCK_FREE("Jackson lock-free pool", false),
    /** Jackson's pool of a deque. */
    JACKSON_DEQUE("Jackson concurrent deque pool", false),
    /** Jackson's pool of a bounded queue. */
    JACKSON_BOUNDED("Jackson bounded pool", false),
    /** Jackson's pool of one item a thread. */
    JACKSON_THREAD_LOCAL("Jackson thread-local pool", false),
    /** Netty's pool, as a static would hold it, on the threads that it is made for. */
    NETTY_OWN_THREADS("Netty Recycler on FastThreadLocalThread", false),
    /** The same, on other threads. */
    NETTY("Netty Recycler on other threads", false),
    /** Stormpot's pool, claimed from by itself. */
    STORMPOT("Stormpot", false),
    /** The same, claimed from by its tap for virtual threads. */
    STORMPOT_VIRTUAL("Stormpot, tap for virtual threads", false),
    /** Apache's pool of idle objects, as many as there may be. */
    COMMONS_POOL("commons-pool2 GenericObjectPool", false),
    /** The JDK's deque without locks, used as a stack. */
    DEQUE("ConcurrentLinkedDeque", false),
    /** The JDK's bounded queue. */
    ARRAY_BLOCKING("ArrayBlockingQueue", false),
    /** No pool, and an item that all use: what remains is the loop. */
    NOTHING("nothing", false);

    private final String label;
    private final boolean ours;

    Kind(String label, boolean ours) {
      this.label = label;
      this.ours = ours;
    }

    @Override
    public String label() {
      return label;
    }

    @Override
    public boolean ours() {
      return ours;
    }

    @Override
    public List<String> jvmArgs() {
      return this == NETTY_OWN_THREADS ? NettyThreads.JVM_ARGS : List.of();
    }

    /** Makes one. */
    ItemPool open() {
      return switch (this) {
        case PER_CPU_HANDLE -> new PerCpuHandle();
        case PER_CPU -> new PerCpu();
        case THREAD_LOCAL -> new OfThread();
        case JACKSON_LOCK_FREE -> new Jackson(Jackson.lockFree());
        case JACKSON_DEQUE -> new Jackson(JsonRecyclerPools.newConcurrentDequePool());
        case JACKSON_BOUNDED -> new Jackson(JsonRecyclerPools.newBoundedPool(TOTAL));
        case JACKSON_THREAD_LOCAL -> new Jackson(JsonRecyclerPools.threadLocalPool());
        case NETTY_OWN_THREADS -> {
          NettyThreads.check();
          yield new Netty();
        }
        case NETTY -> new Netty();
        case STORMPOT -> new Stormpot(Stormpot.pool());
        case STORMPOT_VIRTUAL -> new Stormpot(Stormpot.pool().getVirtualThreadSafeTap());
        case COMMONS_POOL -> new Commons();
        case DEQUE -> new Deque();
        case ARRAY_BLOCKING -> new Blocking();
        case NOTHING -> new Nothing();
      };
    }
  }

  /** Acquires an item, and releases it. Returns it. */
  Object use();

  /** The pool of this library, by handles. */
  final class PerCpuHandle implements ItemPool {
    private final PerCpuPool<Object> pool = PerCpuPool.builder(TOTAL, Object::new).build();

    @Override
    public Object use() {
      PerCpuPool.Handle<Object> handle = pool.acquireHandle();
      handle.release();
      return handle.item();
    }
  }

  /** The pool of this library, by items. */
  final class PerCpu implements ItemPool {
    private final PerCpuPool<Object> pool = PerCpuPool.builder(TOTAL, Object::new).build();

    @Override
    public Object use() {
      Object item = pool.acquire();
      pool.release(item);
      return item;
    }
  }

  /** An item of each thread. */
  final class OfThread implements ItemPool {
    private final ThreadLocal<Object> item = ThreadLocal.withInitial(Object::new);

    @Override
    public Object use() {
      return item.get();
    }
  }

  /** A pool of Jackson's, of what Jackson pools. */
  final class Jackson implements ItemPool {
    private final RecyclerPool<BufferRecycler> pool;

    private Jackson(RecyclerPool<BufferRecycler> pool) {
      this.pool = pool;
    }

    @SuppressWarnings("deprecation") // but many use it
    private static RecyclerPool<BufferRecycler> lockFree() {
      return JsonRecyclerPools.newLockFreePool();
    }

    @Override
    public Object use() {
      BufferRecycler item = pool.acquireAndLinkPooled();
      item.releaseToPool();
      return item;
    }
  }

  /** Netty's pool. */
  final class Netty implements ItemPool {
    private final Recycler<Item> recycler =
        new Recycler<>() {
          @Override
          protected Item newObject(Handle<Item> handle) {
            return new Item(handle);
          }
        };

    private record Item(Recycler.Handle<Item> handle) {}

    @Override
    public Object use() {
      Item item = recycler.get();
      item.handle.recycle(item);
      return item;
    }
  }

  /** Stormpot's pool. */
  final class Stormpot implements ItemPool {
    private static final Timeout TIMEOUT = new Timeout(1, TimeUnit.SECONDS);

    private final PoolTap<BasePoolable> tap;

    private Stormpot(PoolTap<BasePoolable> tap) {
      this.tap = tap;
    }

    private static Pool<BasePoolable> pool() {
      Allocator<BasePoolable> allocator =
          new Allocator<>() {
            @Override
            public BasePoolable allocate(Slot slot) {
              return new BasePoolable(slot);
            }

            @Override
            public void deallocate(BasePoolable item) {}
          };
      return Pool.from(allocator).setSize(TOTAL).build();
    }

    @Override
    public Object use() {
      BasePoolable item;
      try {
        item = tap.claim(TIMEOUT);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      item.release();
      return item;
    }
  }

  /** The pool of Apache Commons. */
  final class Commons implements ItemPool {
    private final GenericObjectPool<Object> pool;

    private Commons() {
      GenericObjectPoolConfig<Object> config = new GenericObjectPoolConfig<>();
      config.setMaxTotal(TOTAL);
      config.setMaxIdle(TOTAL);
      pool =
          new GenericObjectPool<>(
              new BasePooledObjectFactory<>() {
                @Override
                public Object create() {
                  return new Object();
                }

                @Override
                public PooledObject<Object> wrap(Object item) {
                  return new DefaultPooledObject<>(item);
                }
              },
              config);
    }

    @Override
    public Object use() {
      Object item;
      try {
        item = pool.borrowObject();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      pool.returnObject(item);
      return item;
    }
  }

  /** A stack of the JDK's. */
  final class Deque implements ItemPool {
    private final ConcurrentLinkedDeque<Object> items = new ConcurrentLinkedDeque<>();

    @Override
    public Object use() {
      @Nullable Object found = items.pollFirst();
      Object item = found == null ? new Object() : found;
      items.offerFirst(item);
      return item;
    }
  }

  /** A queue of the JDK's, as which it is bounded. */
  final class Blocking implements ItemPool {
    private final Queue<Object> items = new ArrayBlockingQueue<>(TOTAL);

    @Override
    public Object use() {
      @Nullable Object found = items.poll();
      Object item = found == null ? new Object() : found;
      items.offer(item);
      return item;
    }
  }

  /** No pool. */
  final class Nothing implements ItemPool {
    private final Object item = new Object();

    @Override
    public Object use() {
      return item;
    }
  }
}
