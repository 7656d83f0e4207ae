import { describe, expect, it } from "vitest";
import { parseOptions } from "./options.ts";

const env = { FLOOM_SANDBOX_API_KEY: "a-long-secret" };

describe("parseOptions", () => {
  it("reads a full command line", () => {
    const argv = [
      "--port",
      "9",
      "--state-dir",
      "/s",
      "--edge-url",
      "http://127.0.0.1:1/x",
      "--pool",
      "0",
      "--kill-on-exit",
    ];
    expect(parseOptions(argv, env)).toEqual({
      port: 9,
      stateDir: "/s",
      edgeOrigin: "http://127.0.0.1:1",
      poolSize: 0,
      killOnExit: true,
      apiKey: "a-long-secret",
    });
  });

  it("needs nothing but a state directory and a key", () => {
    expect(parseOptions(["--state-dir", "/s"], env)).toMatchObject({
      port: 0,
      poolSize: 2,
      killOnExit: false,
    });
  });

  it.each([
    [["--state-dir", "/s", "--port", "x"], env, /--port/],
    [["--state-dir", "/s", "--pool", "65"], env, /--pool/],
    [["--state-dir", "/s", "--edge-url", "https://x"], env, /--edge-url/],
    [[], env, /--state-dir/],
    [["--state-dir", "/s"], {}, /FLOOM_SANDBOX_API_KEY/],
    [["--state-dir", "/s", "--unknown"], env, /unknown/],
  ])("refuses %j", (argv, environment, reason) => {
    expect(() => parseOptions(argv, environment)).toThrow(reason);
  });
});
