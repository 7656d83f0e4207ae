import { expect, it } from "vitest";
import { ownerToken } from "../../test/support/workerd/api-harness.ts";
import { openOtherEdge } from "../../test/support/workerd/other-edge.ts";
import { verifies } from "../../test/verifies.ts";

const HERE = "http://127.0.0.1:8787";
const settings = (publicUrl: string, environment = "local") =>
  ({
    FLOOM_PUBLIC_URL: publicUrl,
    FLOOM_ENVIRONMENT: environment,
    FLOOM_SIGNING_KEY: "5b1e0a5e1fd94be0a7a2c6a2a1f6d0c93e7b8842d0cf4c11",
  }) as never;
const own = { origin: HERE, "sec-fetch-site": "same-origin", "cf-connecting-ip": "127.0.0.1" };

async function ask(
  headers: Record<string, string>,
  { publicUrl = HERE, origin = HERE, environment = "local" } = {},
): Promise<Response> {
  const edge = openOtherEdge(settings(publicUrl, environment));
  return edge.call("POST", "/api/auth/local", { token: "", origin, headers });
}

it("this machine's own page is the owner's, without signing in", async () => {
  verifies("accounts:local:own-page-is-owner");
  expect(await (await ask(own)).json()).toEqual({ token: ownerToken });
  const there = "http://localhost:8787";
  expect((await ask({ ...own, origin: there }, { origin: there })).status).toBe(200);
  const edge = openOtherEdge(settings(HERE));
  const ways = await edge.call("GET", "/api/auth/setup-required", { token: "", origin: HERE });
  expect(await ways.json()).toMatchObject({ local: true });
});

it.each([
  [
    "a page on another port",
    { ...own, origin: "http://127.0.0.1:3000", "sec-fetch-site": "same-site" },
    HERE,
  ],
  ["a page of another site", { ...own, origin: "https://evil.test", "sec-fetch-site": "cross-site" }, HERE],
  ["a sandboxed frame", { ...own, origin: "null" }, HERE],
  ["a page that hides where it comes from", { "cf-connecting-ip": "127.0.0.1" }, HERE],
  ["the page of another loopback name", { ...own, origin: "http://localhost:8787" }, HERE],
  ["a browser of another machine", { ...own, "cf-connecting-ip": "192.0.2.7" }, HERE],
  ["whoever comes by a tunnel of this machine", { ...own, "x-floom-by-proxy": "1" }, HERE],
  ["whoever does not say where they are", { origin: HERE, "sec-fetch-site": "same-origin" }, HERE],
  [
    "a name that somebody led to this machine",
    { ...own, origin: "http://rebound.evil.test:8787" },
    "http://rebound.evil.test:8787",
  ],
])("but not %s", async (_, headers, origin) => {
  verifies("accounts:local:no-other-page");
  const answer = await ask(headers as Record<string, string>, { origin });
  expect([403, 421]).toContain(answer.status);
  expect(await answer.text()).not.toContain(ownerToken);
});

it("a server that is reached from elsewhere lets in nobody who has not signed in, at its loopback address neither", async () => {
  verifies("accounts:local:not-beyond-loopback");
  for (const [publicUrl, environment] of [
    ["https://floom.example", "local"],
    ["http://192.168.1.7:8787", "local"],
    [HERE, "production"],
  ] as const) {
    const answer = await ask(own, { publicUrl, environment });
    expect([publicUrl, answer.status]).toEqual([publicUrl, 403]);
  }
});

it("mails that were kept are read in development, and are nowhere else", async () => {
  verifies("accounts:outbox:development-alone");
  const edge = openOtherEdge({ ...(settings(HERE) as object), FLOOM_SIGN_UP: "open" } as never);
  const json = { email: "ada@floom.test" };
  await edge.call("POST", "/api/auth/magic-link", { token: "", json, origin: HERE, headers: own });
  const page = await edge.call("GET", "/dev/outbox", {
    token: "",
    origin: HERE,
    headers: { ...own, accept: "text/html" },
  });
  expect(page.headers.get("content-type")).toContain("text/html");
  expect(await page.text()).toContain("/sign-in/link#link=");
  const listed = await edge.call("GET", "/dev/outbox", {
    token: "",
    origin: HERE,
    headers: { ...own, accept: "application/json" },
  });
  expect(await listed.json()).toMatchObject([
    { to: ["ada@floom.test"], subject: expect.stringContaining("link") },
  ]);
  for (const [publicUrl, environment] of [
    ["https://floom.example", "local"],
    [HERE, "production"],
  ] as const) {
    const other = openOtherEdge(settings(publicUrl, environment));
    for (const accept of ["text/html", "application/json"]) {
      expect(
        (await other.call("GET", "/dev/outbox", { token: "", origin: HERE, headers: { ...own, accept } }))
          .status,
      ).toBe(404);
    }
  }
});
