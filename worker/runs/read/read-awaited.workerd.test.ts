import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import { runIdSchema, workspaceIdSchema } from "#contract/ids";
import { buildTestSpec, withEngine } from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import { Host } from "../../compose/host.ts";
import { queueDeps } from "../../compose/object-deps.ts";
import { callDeps } from "../../compose/run-deps.ts";
import { GIVEN_UP } from "../lifecycle/given-up.ts";
import type { RunView } from "../record/run-api.ts";
import { readAwaited } from "./read-awaited.ts";

const PARENT = runIdSchema.parse(`run_${"1".repeat(26)}`);
const CHILD = runIdSchema.parse(`run_${"2".repeat(26)}`);
const WORKSPACE = workspaceIdSchema.parse(`wsp_${"3".repeat(26)}`);
const lineage = {
  parent_run_id: PARENT,
  root_run_id: PARENT,
  depth: 1,
  callers: [],
  deadline_at: 4e12,
  waiting_attempt: 2,
};
const spec = { ...buildTestSpec({ lineage }), run_id: CHILD, workspace_id: WORKSPACE };

/** The object with one of its methods in place of its own. */
function withMethod<T extends object>(of: T, name: keyof T, method: T[keyof T]): T {
  return new Proxy(of, { get: (target, key) => (key === name ? method : Reflect.get(target, key)) });
}

/** Whom the edge wakes is noted, in place of waking it. */
class ListeningHost extends Host {
  readonly woken: string[] = [];

  override attempt(runId: string, attempt: number) {
    const wake = async () => void this.woken.push(`${runId} ${attempt}`);
    return withMethod(super.attempt(runId, attempt), "wake", wake);
  }
}

it("of a run that its queue gives up whoever sleeps for it is woken, and told that it has failed", async () => {
  verifies("pipelines:woken:given-up");
  const host = new ListeningHost(env, "");
  const deps = callDeps(host);
  const read = (answer: () => Promise<RunView | null>) =>
    readAwaited(
      {
        ...deps,
        after: (ms, act) => host.after(ms, act),
        runObject: (id) => withMethod(deps.runObject(id), "read", answer),
      },
      spec,
      CHILD,
    );
  const broken = () => Promise.reject(new Error("its storage cannot be read"));
  await expect(read(broken)).rejects.toThrow("cannot be read");
  await queueDeps(host, { tell: () => {}, countRows: () => {} }).giveUp(spec);
  expect(host.woken).toEqual([`${PARENT} 2`]);
  const failed = { run_id: CHILD, status: "failed", failure: { code: "internal_error", message: GIVEN_UP } };
  expect(await read(broken)).toMatchObject(failed);
  // One that came back and has not heard of it yet says that it waits.
  await withEngine(async (h) => {
    await h.engine.accept(spec, false);
    const view = h.engine.view();
    const of = (created_at: number) => async () =>
      view && { ...view, detail: { ...view.detail, created_at: new Date(created_at).toISOString() } };
    expect(await read(of(Date.now() - 3_600_000))).toMatchObject(failed);
    expect(await read(of(Date.now()))).toMatchObject({ status: "queued" });
  });
});
