import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { startFaultProxy } from "./fault-proxy.ts";
import type { FaultProxy } from "./fault-proxy.ts";

const answer = "what stands behind";
let seen: string[];
let behind: http.Server;
let proxy: FaultProxy;

beforeEach(async () => {
  seen = [];
  behind = http.createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      seen.push(`${request.method} ${request.url} ${body}`);
      response.setHeader("x-behind", "yes");
      response.end(answer);
    });
  });
  behind.listen(0, "127.0.0.1");
  await once(behind, "listening");
  const target = `http://127.0.0.1:${(behind.address() as AddressInfo).port}`;
  proxy = await startFaultProxy({ target, seed: 5, wayOf: () => "edge" });
});

afterEach(() => {
  proxy.close();
  behind.close();
  behind.closeAllConnections();
});

const send = async (body: string): Promise<string> => {
  try {
    const response = await fetch(`${proxy.url}/a?b=c`, { method: "POST", body });
    const text = await response.text();
    return `${response.status} ${text === answer ? "whole" : "other"}`;
  } catch {
    return "broken off";
  }
};

it("in calm weather everything is passed on as it is", async () => {
  verifies("chaos:system:faulty-network");
  const response = await fetch(`${proxy.url}/a?b=c`, { method: "POST", body: "hello" });
  expect(response.status).toBe(200);
  expect(response.headers.get("x-behind")).toBe("yes");
  expect(await response.text()).toBe(answer);
  expect(seen).toEqual(["POST /a?b=c hello"]);
  expect(proxy.disturbed()).toBe(0);
});

it("in a spell requests are refused, broken off and repeated, and calm returns at the end", async () => {
  verifies("chaos:system:faulty-network");
  // An hour in the past, so that the spells of the seed are met at once whatever the machine's pace.
  const outcomes: string[] = [];
  for (let at = 0; at < 400 && new Set(outcomes).size < 6; at += 1) {
    proxy.begin(performance.now() - 3_600_000 - at * 500);
    outcomes.push(await send(String(at)));
  }
  proxy.end();
  expect(outcomes).toContain("broken off");
  expect(outcomes).toContain("200 whole");
  expect(outcomes.some((outcome) => outcome.endsWith("other"))).toBe(true);
  expect(proxy.disturbed()).toBeGreaterThan(0);
  await expect.poll(() => new Set(seen).size < seen.length).toBe(true);
  expect(await send("after")).toBe("200 whole");
});
