import { describe, expect, it } from "vitest";
import { buildEgressPolicy, InvalidNetworkRule } from "./network-rules.ts";

const open = { allowInternetAccess: true, allowOut: [], denyOut: [] };

describe("buildEgressPolicy", () => {
  it("allows everything by default", () => {
    expect(buildEgressPolicy(open).allows("example.com", "93.184.216.34")).toBe(true);
  });

  it("allows nothing, and looks nothing up, without internet access", () => {
    const policy = buildEgressPolicy({ ...open, allowInternetAccess: false });
    expect(policy.allows("example.com", "93.184.216.34")).toBe(false);
    expect(policy.mayResolve("example.com")).toBe(false);
  });

  it.each(["0.0.0.0/0", "::/0"])("reads %s in denyOut as all traffic of both families", (everything) => {
    const policy = buildEgressPolicy({ ...open, denyOut: [everything] });
    expect(policy.allows("example.com", "93.184.216.34")).toBe(false);
    expect(policy.allows("example.com", "2606:4700::1111")).toBe(false);
  });

  it("lets an allowed domain through a closed policy, and no other", () => {
    const policy = buildEgressPolicy({ ...open, allowOut: ["API.example.com"], denyOut: ["0.0.0.0/0"] });
    expect(policy.allows("api.example.com.", "93.184.216.34")).toBe(true);
    expect(policy.allows("example.com", "93.184.216.34")).toBe(false);
    expect(policy.mayResolve("evil.test")).toBe(false);
  });

  it("lets no name be looked up for the sake of an allowed address, the edge's own included", () => {
    const allowOut = ["api.example.com", "127.0.0.1", "203.0.113.0/24"];
    const policy = buildEgressPolicy({ ...open, allowOut, denyOut: ["0.0.0.0/0"] });
    expect(policy.mayResolve("c2VjcmV0.exfil.attacker.test")).toBe(false);
    expect(policy.mayResolve("api.example.com")).toBe(true);
    expect(policy.allows("203.0.113.7", "203.0.113.7")).toBe(true);
  });

  it("matches subdomains, but not the domain itself, by a wildcard", () => {
    const policy = buildEgressPolicy({ ...open, allowOut: ["*.example.com"], allowInternetAccess: false });
    expect(policy.allows("a.b.example.com", "93.184.216.34")).toBe(true);
    expect(policy.allows("example.com", "93.184.216.34")).toBe(false);
    expect(policy.allows("evilexample.com", "93.184.216.34")).toBe(false);
  });

  it("matches addresses and CIDR blocks of both families", () => {
    const policy = buildEgressPolicy({ ...open, denyOut: ["8.8.8.8", "93.184.0.0/16", "2606:4700::/32"] });
    expect(policy.allows("dns.google", "8.8.8.8")).toBe(false);
    expect(policy.allows("example.com", "93.184.216.34")).toBe(false);
    expect(policy.allows("one.one", "2606:4700::1111")).toBe(false);
    expect(policy.allows("one.one", "1.1.1.1")).toBe(true);
  });

  it("lets allowOut win over denyOut", () => {
    const policy = buildEgressPolicy({ ...open, allowOut: ["93.184.216.34"], denyOut: ["93.184.0.0/16"] });
    expect(policy.allows("example.com", "93.184.216.34")).toBe(true);
    expect(policy.allows("example.net", "93.184.216.35")).toBe(false);
  });

  it.each(["", "not a domain", "1.2.3.4/33", "1.2.3", "http://example.com", "exa*mple.com", "::1/129"])(
    "refuses the rule %j",
    (rule) => {
      expect(() => buildEgressPolicy({ ...open, allowOut: [rule] })).toThrow(InvalidNetworkRule);
    },
  );
});
