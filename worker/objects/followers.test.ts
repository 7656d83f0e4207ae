import { expect, it } from "vitest";
import type { RunEvent } from "#contract/runs/run-event";
import type { RunEngine } from "../runs/engine/run-engine.ts";
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

it("each of fifty followers reads the record once, when it comes, and what happens then is sent and read by none", () => {
  verifies("web:run:one-stream-a-tab");
  const sockets: { heard: string[]; send: (message: string) => void }[] = [];
  const ctx = {
    acceptWebSocket: (socket: (typeof sockets)[number]) => void sockets.push(socket),
    getWebSockets: (tag: string) => (tag === "watches" ? sockets : []),
  } as unknown as DurableObjectState;
  const read: number[] = [];
  const engine = {
    record: undefined,
    eventsAfter: (after: number) => {
      read.push(after);
      return { events: [line], more: false };
    },
  } as unknown as RunEngine;
  const followers = new Followers(ctx, engine, () => 0);
  for (let number = 0; number < 50; number += 1) {
    const heard: string[] = [];
    const socket = { heard, send: (message: string) => void heard.push(message) };
    followers.accept(socket as unknown as WebSocket, { after: 0, awaitsEnd: false });
  }
  expect(read).toHaveLength(50);
  for (let seq = 2; seq < 12; seq += 1) Followers.tell(ctx, [{ ...line, seq }]);
  expect(read).toHaveLength(50);
  for (const { heard } of sockets) expect(heard).toHaveLength(11);
  // All are sent the same text: it is made once.
  expect(new Set(sockets.flatMap(({ heard }) => heard)).size).toBe(11);
});
