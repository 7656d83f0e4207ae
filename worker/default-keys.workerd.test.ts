import { expect, it } from "vitest";
import { openOtherEdge } from "../test/support/workerd/other-edge.ts";
import { verifies } from "../test/verifies.ts";
import { readConfig } from "./env.ts";

const weak = "change-me-change-me-change-me-change-me";
const keys = { FLOOM_SIGNING_KEY: weak, FLOOM_OWNER_TOKEN: weak };
const edgeAt = (publicUrl: string, environment: string) =>
  openOtherEdge({ ...keys, FLOOM_PUBLIC_URL: publicUrl, FLOOM_ENVIRONMENT: environment } as never);

it.each([
  ["https://floom.example", "production"],
  ["https://floom.example", "local"],
  ["http://192.168.1.7:8787", "local"],
  ["", "production"],
])(
  "an edge at %j (%s) does nothing with keys of development, and names each",
  async (publicUrl, environment) => {
    verifies("accounts:keys:no-defaults-beyond-loopback");
    const edge = edgeAt(publicUrl, environment);
    expect(() => readConfig(edge.env)).toThrow(/^FLOOM_SIGNING_KEY, FLOOM_OWNER_TOKEN: .*openssl rand/);
    const answer = await edge.call("GET", "/api/workers", {
      token: weak,
      origin: publicUrl || "http://floom.test",
    });
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain(weak);
  },
);

it("on one's own machine any key does", () => {
  const { env } = edgeAt("http://127.0.0.1:8787", "local");
  expect(readConfig(env).publicUrl).toBe("http://127.0.0.1:8787");
});

it("a key of development is refused behind a new one too, as long as what it signed is believed", () => {
  verifies("accounts:keys:no-defaults-beyond-loopback");
  const chance = "q7Zf0xN3vKc9TgW2bLr8MhYpE5sUdJ1aQoXiVt6n";
  const { env } = openOtherEdge({
    FLOOM_SIGNING_KEY: `${chance},${weak}`,
    FLOOM_OWNER_TOKEN: chance,
    FLOOM_PUBLIC_URL: "https://floom.example",
  } as never);
  expect(() => readConfig(env)).toThrow(/^FLOOM_SIGNING_KEY \(2\): not chosen by chance/);
});
