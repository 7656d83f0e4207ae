import { beforeEach, expect, it } from "vitest";
import { limits } from "#contract/limits";
import { verifies } from "../../../test/verifies.ts";
import type { CommandOrder } from "../../runs/ports/command-box.ts";
import { describeEnd, openCommandDriver, startedSeconds } from "./command-driver.ts";
import type { CommandDeps } from "./command-driver.ts";

let kept: Map<string, string>;
let begun: string[];
let order: string[];
let isGone: boolean;
let full: string | null;

beforeEach(() => {
  kept = new Map();
  begun = [];
  order = [];
  isGone = false;
  full = null;
});

const deps: CommandDeps = {
  box: {
    open: async () => {
      order.push("open");
      return { kind: "open", sandbox_id: "sbx_1" };
    },
    start: async (sandboxId: string, { key, cmd, args }: CommandOrder) => {
      if (isGone) return "gone";
      order.push("start");
      begun.push(`${sandboxId} ${key} ${[cmd, ...args].join(" ")}`);
      return "started";
    },
    read: async () => "running",
  },
  storage: {
    commandSandbox: (callId) => kept.get(callId) ?? null,
    keepCommand: (callId, sandboxId) => {
      order.push("kept");
      kept.set(callId, sandboxId);
    },
  },
  noteSandbox: () => void order.push("noted"),
  askRoom: async () => full,
};
const driver = openCommandDriver(deps);
const with_ = { credentials: {}, signal: new AbortController().signal };

async function run(given: object, call_id = "t1c1") {
  const wish = { call_id, tool: "run_command", arguments: { ...given } };
  const prepared = await driver.prepare(wish);
  return "fault" in prepared ? prepared : driver.execute({ ...wish, ...prepared }, with_);
}

it("has on record that there may be a sandbox, and in which a command begins, before either is so", async () => {
  verifies("agents:commands:own-sandbox");
  const answer = await run({ cmd: "python3", args: ["count.py"], timeout: 5 });
  expect(answer).toEqual({ ok: true, content: { status: "started", timeout_seconds: 5 } });
  expect(order).toEqual(["noted", "open", "kept", "start"]);
  expect(begun).toEqual(["sbx_1 t1c1 python3 count.py"]);
  expect(startedSeconds({ status: "started", timeout_seconds: 5 })).toBe(5);
  expect(startedSeconds({ ok: true })).toBeNull();
});

it("asks for the same command in the same sandbox again after a crash, and says so where that is gone", async () => {
  verifies("agents:commands:once");
  await run({ cmd: "date" });
  order = [];
  await run({ cmd: "date" });
  expect(order).toEqual(["start"]);
  expect(begun).toEqual(["sbx_1 t1c1 date", "sbx_1 t1c1 date"]);
  isGone = true;
  expect(await run({ cmd: "date" })).toMatchObject({ ok: false, code: "sandbox_lost", sent: true });
});

it("opens nothing while there is no room, and refuses what leads out of the folder", async () => {
  verifies("agents:commands:bounded");
  full = "All places are taken.";
  expect(await run({ cmd: "date" })).toMatchObject({ ok: false, code: "no_sandbox", sent: false });
  expect(order).toEqual(["noted"]);
  expect(await run({ cmd: "/bin/date" })).toMatchObject({ pointer: "/cmd" });
  expect(await run({ cmd: "date", cwd: "../.." })).toMatchObject({ pointer: "/cwd" });
});

it("cuts what a command has told, and says how it ended", () => {
  verifies("agents:commands:bounded");
  const most = limits.agent_command_characters.value;
  const told = describeEnd({ exit_code: 124, stdout: "x".repeat(most + 5), stderr: "" });
  expect(told).toMatchObject({ ok: false, exit_code: 124, timed_out: true, stderr: "" });
  expect(JSON.stringify(told)).toContain("[cut at 12000 characters]");
  expect(describeEnd({ exit_code: 0, stdout: "a", stderr: "" })).toEqual({
    ok: true,
    exit_code: 0,
    stdout: "a",
    stderr: "",
  });
});
