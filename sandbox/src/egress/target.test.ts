import { describe, expect, it } from "vitest";
import { isEdgeRequest, parseAbsoluteForm, parseConnectTarget } from "./target.ts";

describe("parseConnectTarget", () => {
  it.each([
    ["2130706433:80", "127.0.0.1"],
    ["0x7f000001:80", "127.0.0.1"],
    ["0177.0.0.1:80", "127.0.0.1"],
    ["127.1:80", "127.0.0.1"],
    ["①②⑦.0.0.1:80", "127.0.0.1"],
    ["0:80", "0.0.0.0"],
    ["[::ffff:127.0.0.1]:80", "::ffff:7f00:1"],
    ["[::1]:443", "::1"],
  ])("writes %s in its normal spelling", (authority, host) => {
    expect(parseConnectTarget(authority)).toMatchObject({ host, isAddress: true });
  });

  it("keeps a name as a name, without its trailing dot", () => {
    expect(parseConnectTarget("Example.com.:443")).toEqual({
      host: "example.com",
      port: 443,
      isAddress: false,
    });
  });

  it.each([
    "example.com",
    "example.com:0",
    "example.com:65536",
    "user@example.com:80",
    "a b:80",
    ":80",
    "x/y:80",
  ])("refuses %s", (authority) => {
    expect(parseConnectTarget(authority)).toBeUndefined();
  });
});

describe("isEdgeRequest", () => {
  const edge = "http://127.0.0.1:8787";
  const judge = (text: string): boolean => {
    const parsed = parseAbsoluteForm(text);
    return parsed !== undefined && isEdgeRequest(parsed.url, edge);
  };

  it.each([`${edge}/api/runs/run_1/events`, `${edge}/api/health`, "http://2130706433:8787/api/runs/x"])(
    "lets %s through",
    (text) => {
      expect(judge(text)).toBe(true);
    },
  );

  it.each([
    `${edge}/api/workers`,
    `${edge}/api/runs`,
    `${edge}/api/runs/../workers`,
    `${edge}/api/runs/%2e%2e/workers`,
    `${edge}/api/runs/..%2fworkers`,
    `${edge}/api/runs//x`,
    `${edge}/api/healthy`,
    "http://127.0.0.1:8788/api/runs/x",
    "http://localhost:8787/api/runs/x",
    "https://127.0.0.1:8787/api/runs/x",
    "http://user@127.0.0.1:8787/api/runs/x",
    "/api/runs/x",
  ])("keeps %s out", (text) => {
    expect(judge(text)).toBe(false);
  });
});
