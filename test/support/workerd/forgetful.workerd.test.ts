import { DurableObject } from "cloudflare:workers";
import { env, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import type { EdgeEnv } from "../../../worker/env.ts";
import { makeForgetful } from "./forgetful.ts";

class Notebook extends DurableObject<EdgeEnv> {
  inMemory = 0;
  opened = false;
  work = Promise.withResolvers<void>();

  constructor(ctx: DurableObjectState, edgeEnv: EdgeEnv) {
    super(ctx, edgeEnv);
    void ctx.blockConcurrencyWhile(async () => {
      this.opened = true;
    });
  }

  async note(): Promise<{ inMemory: number; stored: number; opened: boolean }> {
    this.inMemory += 1;
    const stored = (this.ctx.storage.kv.get<number>("n") ?? 0) + 1;
    this.ctx.storage.kv.put("n", stored);
    return { inMemory: this.inMemory, stored, opened: this.opened };
  }

  async begin(): Promise<void> {
    this.ctx.waitUntil(this.work.promise);
  }

  async finish(): Promise<void> {
    this.work.resolve();
  }

  async setTimer(ring: () => void): Promise<void> {
    setTimeout(ring, 1);
  }
}

it("an object that forgets keeps what it stored and nothing else, and stays while it has work under way", async () => {
  await runInDurableObject(env.RUN_OBJECT.get(env.RUN_OBJECT.newUniqueId()), async (_instance, state) => {
    const book = new (makeForgetful(Notebook))(state, env);
    expect(await book.note()).toEqual({ inMemory: 1, stored: 1, opened: true });
    expect(await book.note()).toEqual({ inMemory: 1, stored: 2, opened: true });
    await book.begin();
    expect(await book.note()).toMatchObject({ inMemory: 1, stored: 3 });
    expect(await book.note()).toMatchObject({ inMemory: 2, stored: 4 });
    await book.finish();
    await expect.poll(async () => (await book.note()).inMemory).toBe(1);
  });
});

it("timers go with the instance that set them", async () => {
  await runInDurableObject(env.RUN_OBJECT.get(env.RUN_OBJECT.newUniqueId()), async (_instance, state) => {
    const book = new (makeForgetful(Notebook))(state, env);
    const rung: string[] = [];
    await book.setTimer(() => rung.push("lost"));
    await book.note();
    await book.setTimer(() => rung.push("kept"));
    await expect.poll(() => rung).toEqual(["kept"]);
  });
});
