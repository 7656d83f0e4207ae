import { afterEach, expect, it } from "vitest";
import type { SandboxRecord } from "./sandbox-record.ts";
import { ownSpec } from "./sandbox-spec.ts";
import { WarmPool } from "./warm-pool.ts";
import type { PoolHost } from "./warm-pool.ts";

/** A host whose starts end when the test says so. */
function openHost() {
  const starts: PromiseWithResolvers<string>[] = [];
  const destroyed: string[] = [];
  const host: PoolHost = {
    launchUnowned: () => {
      const start = Promise.withResolvers<string>();
      starts.push(start);
      return start.promise;
    },
    claim: (id) => Promise.resolve({ id } as SandboxRecord),
    create: () => Promise.resolve({ id: "of its own" } as SandboxRecord),
    renewUnowned: () => Promise.resolve(),
    sandboxes: {
      destroy: (id) => {
        destroyed.push(id);
        return Promise.resolve();
      },
    },
  };
  return { host, starts, destroyed };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const spec = ownSpec([], 1000);
let pool: WarmPool;
afterEach(() => pool.close());

async function openPool(size: number) {
  const opened = openHost();
  pool = new WarmPool(opened.host, size);
  const primed = pool.prime();
  opened.starts[0]?.resolve("first");
  await primed;
  return opened;
}

it("gives whoever finds none ready the next that is started, and starts no other kind for them", async () => {
  const { starts } = await openPool(1);
  expect((await pool.create(spec)).id).toBe("first");
  const waiting = pool.create(spec);
  await settle();
  expect(starts).toHaveLength(2);
  starts[1]?.resolve("second");
  expect((await waiting).id).toBe("second");
});

it("starts one for each who waits, serves them in their order, and then fills up again", async () => {
  const { starts } = await openPool(1);
  await pool.create(spec);
  const asked = [pool.create(spec), pool.create(spec), pool.create(spec)];
  await settle();
  expect(starts).toHaveLength(4);
  for (const [at, start] of starts.slice(1).entries()) start.resolve(`made ${at}`);
  expect((await Promise.all(asked)).map(({ id }) => id)).toEqual(["made 0", "made 1", "made 2"]);
  expect(starts).toHaveLength(5);
});

it("tells somebody of a start that failed, and no more of them than starts did", async () => {
  const { starts } = await openPool(1);
  await pool.create(spec);
  const asked = [pool.create(spec), pool.create(spec)];
  await settle();
  starts[1]?.reject(new Error("no room"));
  starts[2]?.resolve("made");
  const ends = await Promise.allSettled(asked);
  expect(ends.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
});

it("leaves nobody waiting when it is closed, and ends what is still being started", async () => {
  const { starts, destroyed } = await openPool(1);
  await pool.create(spec);
  const waiting = pool.create(spec);
  await settle();
  await pool.close();
  await expect(waiting).rejects.toThrow("stopping");
  starts[1]?.resolve("late");
  await settle();
  expect(destroyed).toEqual(["late"]);
});

it("starts each for itself where no pool is wanted", async () => {
  await openPool(0);
  expect((await pool.create(spec)).id).toBe("of its own");
});

it("keeps nobody waiting who comes when it is closed", async () => {
  await openPool(1);
  await pool.create(spec);
  await pool.close();
  await expect(pool.create(spec)).rejects.toThrow("the server is stopping");
});
