import { describe, expect, it } from "vitest";
import { parseConnectTarget } from "./target.ts";

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
