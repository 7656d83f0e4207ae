import { expect, it } from "vitest";
import { serveHttp, serveStdio } from "./library.ts";
import type { McpRuntime } from "./runtime.ts";

const runtime: McpRuntime = {
  served: [],
  origin: "http://127.0.0.1:1",
  token: "",
  stop: async () => undefined,
};

it("an address is closed again where whoever is told of it throws", async () => {
  let url = "";
  const onListening = (told: string): void => {
    url = told;
    throw new Error("mine");
  };
  await expect(serveHttp(runtime, { port: 0, onListening })).rejects.toThrow("mine");
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});

it("a transport, a port, a path, a host or a time limit that is none is refused as the caller's", async () => {
  const signal = AbortSignal.abort();
  const wrong = [
    { transport: "sse" },
    { port: -1 },
    { port: 65_536 },
    { path: "mcp" },
    { host: "" },
    { callTimeoutSeconds: 0 },
    { callTimeoutSeconds: Number.NaN },
  ];
  for (const options of wrong) {
    await expect(
      serveHttp(runtime, { signal, port: 0, ...options }),
      JSON.stringify(options),
    ).rejects.toMatchObject({
      name: "ServeError",
      kind: "usage",
    });
  }
  await expect(serveStdio(runtime, { signal, callTimeoutSeconds: 86_401 })).rejects.toMatchObject({
    kind: "usage",
  });
});
