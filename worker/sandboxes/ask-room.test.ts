import { expect, it } from "vitest";
import type { RoomClaim } from "../runs/ports/room.ts";
import { launchInRoom } from "../runs/ports/room.ts";
import type { BuildLaunch } from "../runs/ports/executor.ts";
import { askRoom } from "./ask-room.ts";
import type { CapacityApi } from "./capacity-api.ts";

const claim = { run_id: "run_1" } as RoomClaim;
const granted = { kind: "granted" } as const;
const launched: BuildLaunch = { kind: "launched", sandboxId: "sbx" };

function build(api: Partial<CapacityApi>) {
  const released: string[] = [];
  const capacity: CapacityApi = {
    claim: async () => granted,
    turnedAway: async () => ({ kind: "wait", reason: "429", retry_after_ms: null }),
    keep: async () => false,
    release: async (runId) => released.push(runId),
    ...api,
  };
  return { released, room: askRoom({ capacity: () => capacity, random: () => 0.5 }) };
}

it("a launch happens only where there is room; otherwise nothing is opened, and the reason is told", async () => {
  const { room } = build({ claim: async () => ({ kind: "wait", reason: "2 of 2", retry_after_ms: null }) });
  const refused = await launchInRoom(room, claim, () => Promise.reject(new Error("was opened")));
  expect(refused).toEqual({
    kind: "refused",
    code: "e2b_quota_exhausted",
    message: "2 of 2",
    retryAfterMs: null,
    waits: true,
    asksAgainMs: 600_000,
  });
  expect(await launchInRoom(build({}).room, claim, async () => launched)).toBe(launched);
});

it("when nobody answers there is room, and when all ask at once there is none for a while", async () => {
  const away = build({ claim: () => Promise.reject(new Error("away")) });
  expect(await away.room.ask(claim)).toEqual(granted);
  const error = Object.assign(new Error("too much"), { overloaded: true });
  const busy = build({ claim: () => Promise.reject(error), turnedAway: () => Promise.reject(error) });
  expect(await busy.room.ask(claim)).toMatchObject({ kind: "wait", retry_after_ms: 22_500 });
  expect(await busy.room.turnedAway(claim, null)).toMatchObject({ kind: "wait", retry_after_ms: 22_500 });
});

it("room for which no sandbox was begun is given back, and that of a launch that failed is kept", async () => {
  const { room, released } = build({});
  expect(await launchInRoom(room, claim, async () => null)).toBeNull();
  await expect(launchInRoom(room, claim, () => Promise.reject(new Error("no bundle")))).rejects.toThrow();
  expect(released).toEqual(["run_1", "run_1"]);
  const failed = { kind: "refused", code: "e2b_sandbox_error", message: "503", retryAfterMs: null } as const;
  expect(await launchInRoom(room, claim, async () => failed)).toBe(failed);
  expect(released).toHaveLength(2);
});

it("one that the provider turns away after all waits in line", async () => {
  const { room } = build({});
  const full = {
    kind: "refused",
    code: "e2b_quota_exhausted",
    message: "no",
    retryAfterMs: 9,
    waits: true,
  } as const;
  expect(await launchInRoom(room, claim, async () => full)).toMatchObject({
    message: "429",
    asksAgainMs: 600_000,
  });
});
