import { beforeEach, expect, it } from "vitest";
import { approvalSchema } from "#contract/approvals/approval";
import { problemSchema } from "#contract/problem";
import { routes } from "#contract/routes";
import type { TableRoute } from "#contract/routes";
import { Browser, signUp } from "../test/support/workerd/account-harness.ts";
import { callApi, ownerToken, ownerWorkspace } from "../test/support/workerd/api-harness.ts";
import { nothing, readAnswer, requestOf } from "../test/support/workerd/route-requests.ts";
import type { Things } from "../test/support/workerd/route-requests.ts";
import { seedThings } from "../test/support/workerd/seed-things.ts";
import { verifies } from "../test/verifies.ts";

const all: TableRoute[] = Object.values(routes);
const guarded = all.filter((route) => route.access !== "public");
const changing = all.filter((route) => route.method !== "GET");

let things: Things = nothing;
beforeEach(async () => {
  things = await seedThings({ token: ownerToken, workspace_id: ownerWorkspace }, "their-worker");
});

interface Way {
  /** The token that is shown; empty for none. */
  token?: string;
  headers?: Record<string, string>;
  /** What is put behind the path, besides what the route itself takes there. */
  query?: string;
}

/** What is answered, without what belongs to this one answer. */
async function ask(route: TableRoute, of: Things, way: Way) {
  const { method, path, call } = requestOf(route, of);
  const { token = "", query = "" } = way;
  const headers = { ...call.headers, ...way.headers };
  const address = query === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${query}`;
  const response = await callApi(method, address, { ...call, headers, token });
  const requestId = response.headers.get("x-request-id") ?? "";
  const text = (await readAnswer(response))
    .replaceAll(requestId, "(request)")
    .replaceAll(path.split("?")[0] ?? "", "(path)");
  const told = [...response.headers].filter(([name]) => name !== "x-request-id" && name !== "content-length");
  return { status: response.status, headers: told, text };
}

/** The code of a refusal, empty for what is none. */
function codeOf({ text }: { text: string }): string {
  return problemSchema.safeParse(JSON.parse(text)).data?.code ?? "";
}

async function readApproval() {
  return approvalSchema.parse(await (await callApi("GET", `/api/approvals/${things.approval}`)).json());
}

async function readLinkToken(): Promise<string> {
  const { public_link } = await readApproval();
  const token = new URL(public_link ?? "").searchParams.get("token") ?? "";
  expect(token).not.toBe("");
  return token;
}

it("the token of a review link opens no guarded route, however it is shown: it is answered as no token is", async () => {
  verifies("access:every-route:link-token-401");
  const link = await readLinkToken();
  const ways: Way[] = [
    { token: link },
    { headers: { "x-floom-token": link } },
    { headers: { "x-workeros-run-token": link } },
    { query: `token=${link}` },
  ];
  for (const route of guarded) {
    const none = await ask(route, things, {});
    expect([route.id, none.status, codeOf(none)]).toEqual([route.id, 401, "unauthenticated"]);
    for (const way of ways) expect([route.id, await ask(route, things, way)]).toEqual([route.id, none]);
    // Nor does it tell what there is.
    expect([route.id, await ask(route, nothing, { token: link })]).toEqual([route.id, none]);
  }
  expect((await readApproval()).status).toBe("pending");
}, 120_000);

it("the token of a review link opens the way to its own approval and to no other", async () => {
  verifies("access:every-route:link-token-401");
  const query = `token=${await readLinkToken()}`;
  const ofLinks = all.filter(({ path }) => path.includes("/approvals/public/"));
  expect(ofLinks.length).toBeGreaterThan(3);
  const other = { ...things, approval: `apr_${"1".repeat(26)}` };
  for (const route of ofLinks) {
    const refused = await ask(route, other, { query });
    expect([route.id, codeOf(refused)]).toEqual([route.id, "review_link_invalid"]);
    expect([route.id, await ask(route, nothing, { query })]).toEqual([route.id, refused]);
    expect([route.id, await ask(route, things, {})]).toEqual([route.id, refused]);
  }
});

/** Pages that are not this server's, as browsers tell of them: of another site, of no site, and of another port. */
const foreign: Record<string, string>[] = [
  { origin: "https://evil.test" },
  { origin: "null" },
  { origin: "http://floom.test:8080" },
  { origin: "http://floom.test:8080", "sec-fetch-site": "same-site" },
  { origin: "http://floom.test", "sec-fetch-site": "cross-site" },
];

it("every route that changes something refuses a page of another site or port, signed in or not, whatever there is", async () => {
  verifies("access:every-route:foreign-page-403");
  const browser = new Browser();
  await signUp(browser, "ada@example.com");
  const { cookie } = browser;
  for (const route of changing) {
    const refused = await ask(route, nothing, { headers: { origin: "https://evil.test" } });
    expect([route.id, refused.status, codeOf(refused)]).toEqual([route.id, 403, "cross_site_request"]);
    for (const page of foreign) {
      const way = { headers: { ...page, cookie } };
      expect([route.id, page, await ask(route, things, way)]).toEqual([route.id, page, refused]);
      expect([route.id, page, await ask(route, nothing, way)]).toEqual([route.id, page, refused]);
    }
  }
  expect((await browser.call("GET", "/api/account")).status).toBe(200);
  expect((await readApproval()).status).toBe("pending");
}, 120_000);

it("no route lets a page of another site read what it answers, and every one is open to this server's own page", async () => {
  verifies("access:every-route:foreign-page-403");
  const browser = new Browser();
  await signUp(browser, "ada@example.com");
  const leaves = new Set(["logOut", "deleteAccount", "deleteWorkspace"]);
  for (const route of all.filter(({ id, access }) => access !== "run_token" && !leaves.has(id))) {
    const own = await ask(route, nothing, {
      headers: { origin: "http://floom.test", cookie: browser.cookie },
    });
    if (own.status === 403) expect([route.id, codeOf(own)]).not.toEqual([route.id, "cross_site_request"]);
    if (route.access !== "public") expect([route.id, own.status === 401]).toEqual([route.id, false]);
    if (route.method !== "GET") continue;
    const read = await ask(route, nothing, {
      headers: { origin: "https://evil.test", cookie: browser.cookie },
    });
    const leave = read.headers.filter(([name]) => name.startsWith("access-control-"));
    expect([route.id, leave]).toEqual([route.id, []]);
  }
}, 120_000);
