import { createServer } from "node:http";
import type { Server } from "node:http";
import { afterEach, expect, it } from "vitest";
import { callCli } from "../test/support/cli-host.ts";

let server: Server | undefined;
afterEach(() => server?.close());

it("what answers in a server's place is told of as that, and not as a fault of the CLI", async () => {
  server = createServer((_, response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<html>Sign in to the network</html>"),
  );
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const env = { FLOOM_API_URL: `http://127.0.0.1:${port}`, FLOOM_TOKEN: "a-token" };
  const run = `run_${"0".repeat(26)}`;
  for (const argv of [["whoami"], ["workers", "list"], ["runs", "logs", "-f", run], ["audit", "tail"]]) {
    const { exitCode, stderr } = await callCli([...argv, "--json"], { env });
    expect([exitCode, JSON.parse(stderr)]).toMatchObject([6, { code: "unexpected_answer" }]);
  }
});

it("a token that cannot be sent is told of as that, and not as a server that is away, and is not repeated", async () => {
  for (const token of ["two\nlines", "ü", "a b"]) {
    const { exitCode, stderr } = await callCli(["whoami"], { env: { FLOOM_TOKEN: token } });
    expect([exitCode, stderr.includes("FLOOM_TOKEN"), stderr.includes(token)]).toEqual([3, true, false]);
  }
});
