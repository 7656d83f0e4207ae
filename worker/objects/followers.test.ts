import { expect, it } from "vitest";
import type { RunEvent } from "#contract/runs/run-event";
import { verifies } from "../../test/verifies.ts";
import { Followers } from "./followers.ts";

const line: RunEvent = {
  type: "log",
  seq: 1,
  timestamp: "2026-03-02T09:00:00.000Z",
  run_id: "run_00000000000000000000000001",
  stream: "stdout",
  level: "info",
  message: "hello",
} as RunEvent;

it("a follower whose connection is closing keeps nothing from the others, nor from the run", () => {
  verifies("run:lifecycle:no-stuck-lost-doubled");
  const heard: string[] = [];
  const closing = {
    send: () => {
      throw new TypeError("Can't call WebSocket send() after close().");
    },
  };
  const sockets = [closing, { send: (message: string) => void heard.push(message) }];
  const ctx = { getWebSockets: (tag: string) => (tag === "watches" ? sockets : []) };
  expect(() => Followers.tell(ctx as unknown as DurableObjectState, [line])).not.toThrow();
  expect(heard).toHaveLength(1);
});
