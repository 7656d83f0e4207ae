import { describe, expect, it } from "vitest";
import { ApiError } from "./api-error.ts";
import { parseConnect, parseCreate, parseNetworkUpdate, parsePause, parseTimeout } from "./requests.ts";

function statusOf(work: () => unknown): number {
  try {
    work();
  } catch (error) {
    if (error instanceof ApiError) return error.status;
  }
  throw new Error("nothing was refused");
}

describe("the body of a create", () => {
  it("needs only a template, and has the defaults of its version", () => {
    expect(parseCreate({ templateID: "base" }, 300)).toEqual({
      templateId: "base",
      layers: [],
      timeoutMs: 300_000,
      metadata: {},
      envs: {},
      allowInternetAccess: true,
      network: null,
      headers: {},
      pauseOnTimeout: false,
      pauseKeepsMemory: true,
      autoResume: false,
    });
  });

  it("takes over what the SDK sends", () => {
    const spec = parseCreate(
      {
        templateID: "base",
        timeout: 60,
        metadata: { a: "b" },
        envVars: { X: "" },
        allow_internet_access: false,
        network: {
          allowOut: ["api.example.com"],
          denyOut: ["0.0.0.0/0"],
          rules: { "api.example.com": [{}] },
        },
        autoPause: true,
        autoResume: { enabled: true },
      },
      300,
    );
    expect(spec).toMatchObject({
      timeoutMs: 60_000,
      envs: { X: "" },
      allowInternetAccess: false,
      network: { allowOut: ["api.example.com"], denyOut: ["0.0.0.0/0"] },
      pauseOnTimeout: true,
      autoResume: true,
    });
  });

  it.each([
    [undefined],
    [{}],
    [{ templateID: "../x" }],
    [{ templateID: "base", timeout: -1 }],
    [{ templateID: "base", timeout: 1e9 }],
    [{ templateID: "base", metadata: { a: 1 } }],
    [{ templateID: "base", timeout: 0 }],
    [{ templateID: "base", network: { denyOut: ["not a rule"] } }],
    [{ templateID: "base", network: { allowOut: ["not a rule"], denyOut: ["0.0.0.0/0"] } }],
    [{ templateID: "base", network: { rules: { "10.0.0.1": [{ transform: { headers: { x: "1" } } }] } } }],
    [
      {
        templateID: "base",
        network: { rules: { "a.example.com": [{ transform: { headers: { host: "b" } } }] } },
      },
    ],
  ])("is refused as bad: %j", (body) => {
    expect(statusOf(() => parseCreate(body, 300))).toBe(400);
  });

  it("names any template: whether it was built is known to who keeps them", () => {
    expect(parseCreate({ templateID: "ffmpeg" }, 300).templateId).toBe("ffmpeg");
  });

  it.each([
    [{ denyOut: ["example.com"] }, "invalid denied CIDR example.com"],
    [{ denyOut: ["203.0.113.7", "*.example.com"] }, "invalid denied CIDR *.example.com"],
    [{ denyOut: ["::/0"] }, "invalid denied CIDR ::/0"],
    [{ denyOut: ["*"] }, "invalid denied CIDR *"],
    [{ allowOut: ["example.com"] }, "you must include 'ALL_TRAFFIC' in deny out"],
    [{ allowOut: ["203.0.113.7", "*.example.com"], denyOut: ["10.0.0.0/8"] }, "must include 'ALL_TRAFFIC'"],
  ])("is refused where E2B refuses its network rules: %j", (network, words) => {
    expect(() => parseCreate({ templateID: "base", network }, 300)).toThrow(words);
    expect(statusOf(() => parseNetworkUpdate(network))).toBe(400);
  });

  it.each([
    [{ denyOut: ["203.0.113.7", "198.51.100.0/24", "0.0.0.0/0"] }],
    [{ allowOut: ["203.0.113.7", "2001:db8::/32"] }],
    [{ allowOut: ["example.com", "*.example.com", "203.0.113.7"], denyOut: ["0.0.0.0/0", "10.0.0.0/8"] }],
  ])("is taken where E2B takes its network rules: %j", (network) => {
    expect(parseCreate({ templateID: "base", network }, 300).network).toEqual(network);
  });

  it("may put headers into requests to hosts, and shows their values nowhere", () => {
    const rules = {
      "A.example.com": [{ transform: { headers: { "X-Key": "secret" } } }],
      "b.example.com": [],
    };
    const spec = parseCreate({ templateID: "base", network: { rules } }, 300);
    expect(spec.headers).toEqual({ "a.example.com": { "x-key": "secret" } });
    expect(JSON.stringify(spec.network)).not.toContain("secret");
    expect(spec.network?.rules).toEqual({
      "a.example.com": [{ transform: { headers: { "x-key": "***" } } }],
    });
  });

  it.each([
    [{ volumeMounts: [{ name: "v", path: "/v" }] }],
    [{ mcp: {} }],
    [{ iam: {} }],
    [{ network: { egressProxy: { address: "x:1080" } } }],
  ])("is refused as not to be had locally: %j", (body) => {
    expect(statusOf(() => parseCreate({ templateID: "base", ...body }, 300))).toBe(501);
  });
});

describe("other bodies", () => {
  it("may be empty where everything is optional", () => {
    expect(parseConnect(undefined)).toBeUndefined();
    expect(parseConnect({ timeout: 5 })).toBe(5_000);
    expect(parsePause(undefined)).toBe(true);
    expect(parsePause({ memory: true })).toBe(true);
    expect(parseNetworkUpdate({})).toEqual({ network: {}, headers: {}, allowInternetAccess: true });
  });

  it("may ask for a pause that keeps no memory, at once or at the time-out", () => {
    expect(parsePause({ memory: false })).toBe(false);
    const create = { templateID: "base", autoPause: true };
    expect(parseCreate(create, 300).pauseKeepsMemory).toBe(true);
    expect(parseCreate({ ...create, autoPauseMemory: false }, 300).pauseKeepsMemory).toBe(false);
  });

  it("are refused when they ask for a reboot, or for no time", () => {
    expect(statusOf(() => parseConnect({ memory: false }))).toBe(501);
    expect(statusOf(() => parseTimeout({}))).toBe(400);
  });
});
