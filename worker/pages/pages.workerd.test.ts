import { env, exports } from "cloudflare:workers";
import { expect, it } from "vitest";
import * as z from "zod";
import { createdShareSchema, shareSummarySchema } from "#contract/shares/share";
import type { Field } from "#contract/manifest/manifest";
import { runDetailSchema } from "#contract/runs/run";
import { callApi, seedWorker, testHost } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";
import { sha256Hex } from "../platform/crypto.ts";

/** As a browser asks that is signed in nowhere; where it is led is looked at, not followed. */
const page = (path: string, init: { cookie?: string; method?: string; body?: BodyInit } = {}) => {
  const { cookie = "", method = "GET", body = null } = init;
  const headers: Record<string, string> = { accept: "text/html", ...(cookie === "" ? {} : { cookie }) };
  const url = `http://floom.test${path}`;
  return exports.default.fetch(new Request(url, { method, headers, body, redirect: "manual" }));
};
const post = (path: string, fields: Record<string, string | File>, cookie = "") => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return page(path, { method: "POST", body, cookie });
};
const cookieOf = (answer: Response) => (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
const set = (json: object, worker = "greets") => callApi("PUT", `/api/workers/${worker}/app`, { json });

const field = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  kind: "scalar",
  type: "string",
  label: name,
  required: true,
  ...more,
});

async function seedApp(): Promise<string> {
  await seedWorker("greets", {
    inputs: [field("name"), field("table", { kind: "file", type: "file", required: false })],
  });
  return linkTo("greets");
}

async function linkTo(worker: string, json: object = {}): Promise<string> {
  const answer = await callApi("POST", `/api/workers/${worker}/shares`, { json });
  return createdShareSchema.parse(await answer.json()).token;
}

it("a link answers a page with the form in its HTML, which runs nothing but our script, to whoever has no token", async () => {
  verifies("shares:page:no-script");
  const token = await seedApp();
  const answer = await page(`/s/${token}`);
  expect(answer.status).toBe(200);
  const text = await answer.text();
  expect(text).toMatch(/<form method="post" action="\/s\/fls_\w+" enctype="multipart\/form-data"/);
  expect(text).toContain('name="/name"');
  expect(text).toMatch(/<input\s+type="file"/);
  const policy = answer.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe-inline");
  expect(answer.headers.get("x-frame-options")).toBe("DENY");
  expect(text).not.toMatch(/<script(?! type="module" src="\/pages\/page\.js")/);
  expect(text).not.toMatch(/ style="| on\w+="/);
});

it("a posted form starts a run and leads to its page, which asks again by itself and is its sender's alone", async () => {
  verifies("shares:page:no-script");
  const token = await seedApp();
  const sent = await post(`/s/${token}`, {
    "/name": "Ada",
    "/table": new File(["a,b\n1,2\n"], "t.csv", { type: "text/csv" }),
    _action: "run",
    _nonce: "0123456789abcdef",
  });
  expect(sent.status).toBe(303);
  const place = sent.headers.get("location") ?? "";
  const cookie = cookieOf(sent);
  const shown = await page(place, { cookie });
  expect([shown.status, await shown.text()]).toEqual([200, expect.stringContaining('http-equiv="refresh"')]);
  expect((await page(place)).status).toBe(404);
  const runId = place.split("/").at(-1) ?? "";
  const run = runDetailSchema.parse(await (await callApi("GET", `/api/runs/${runId}`)).json());
  expect(run).toMatchObject({ trigger_source: "public_share", inputs: { name: "Ada" } });
});

it("a link to a result that a visitor made ends when the link that they came by is revoked", async () => {
  verifies("shares:link:results-end-with-it");
  const token = await seedApp();
  const fields = { "/name": "Ada", _action: "run", _nonce: "0123456789abcdee" };
  const table = new File(["a,b\n1,2\n"], "t.csv", { type: "text/csv" });
  const sent = await post(`/s/${token}`, { ...fields, "/table": table });
  const place = sent.headers.get("location") ?? "";
  await page(`${place}/share`, { method: "POST", cookie: cookieOf(sent) });
  const list = async () =>
    z.array(shareSummarySchema).parse(await (await callApi("GET", "/api/shares?worker=greets")).json());
  const links = await list();
  expect(links.map(({ kind }) => kind).toSorted()).toEqual(["run", "worker"]);
  const link = links.find(({ kind }) => kind === "worker")?.id;
  expect((await callApi("DELETE", `/api/shares/${link}`)).status).toBe(204);
  expect(await list()).toEqual([]);
});

it("a form that asks for more rows comes back as it was filled in, and starts nothing", async () => {
  const token = await seedApp();
  const answer = await post(`/s/${token}`, { "/name": "Ada", _action: "run", _more: "/rows" });
  expect([answer.status, answer.headers.get("location")]).toEqual([200, null]);
  expect(await answer.text()).toContain('value="Ada"');
});

it("a page's address fills its form in", async () => {
  const token = await seedApp();
  expect(await (await page(`/s/${token}?name=Grace&other=1`)).text()).toMatch(
    /name="\/name"[^>]*value="Grace"/,
  );
});

it("what is wrong with a form is said beside what was filled in", async () => {
  const token = await seedApp();
  const answer = await post(`/s/${token}`, { "/name": "" });
  const text = await answer.text();
  expect(answer.status).toBe(422);
  expect(text).toContain('role="alert"');
  expect(text).toContain('aria-invalid="true"');
});

it("links and addresses that open nothing are one page, whatever was asked there", async () => {
  verifies("shares:link:one-answer");
  const token = await seedApp();
  const [share] = (await (await callApi("GET", "/api/shares")).json()) as { id: string }[];
  expect((await page(`/s/${token}`)).status).toBe(200);
  await callApi("DELETE", `/api/shares/${share?.id}`);
  const asked = [
    `/s/${token}`,
    "/s/fls_none",
    "/a/greets",
    "/a/none",
    "/embed/none",
    `/s/${token}/runs/run_x`,
    "/s/x/y",
  ];
  const answers = await Promise.all(
    asked.map(async (path) => {
      const answer = await page(path);
      return [answer.status, await answer.text()];
    }),
  );
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(answers[0]?.[0]).toBe(404);
  expect((await post(`/s/${token}`, { "/name": "Ada" })).status).toBe(404);
});

it("a result that a visitor shared ends with the link they came by, as a link that never was; the owner's stays", async () => {
  verifies("shares:link:one-answer");
  const revoke = {
    one: async () => {
      const listed = (await (await callApi("GET", "/api/shares")).json()) as { id: string; kind: string }[];
      const link = listed.find(({ kind }) => kind === "worker");
      return callApi("DELETE", `/api/shares/${link?.id}`);
    },
    all: () => callApi("DELETE", "/api/workers/greets/share-link"),
  };
  const token = await seedApp();
  for (const [how, end] of Object.entries(revoke)) {
    const link = how === "one" ? token : await linkTo("greets");
    const sent = await post(`/s/${link}`, { "/name": "Ada" });
    const place = sent.headers.get("location") ?? "";
    await post(`${place}/share`, {}, cookieOf(sent));
    // The page says the address of a result that is there; nothing runs here, so one that is known is put in its place.
    const shared = `/s/fls_of-a-visitor-${how}`;
    const hash = await sha256Hex(shared.slice(3));
    const known = env.DB.prepare("UPDATE shares SET hash = ? WHERE created_by LIKE 'shr_%'").bind(hash);
    expect((await known.run()).meta.changes).toBe(1);
    const run = place.split("/").at(-1) ?? "";
    const owners = await callApi("POST", `/api/runs/${run}/shares`, { json: {} });
    const kept = createdShareSchema.parse(await owners.json()).token;
    expect([how, (await page(shared)).status]).toEqual([how, 200]);
    expect((await end()).status).toBe(204);
    const over = await page(shared);
    const never = await page("/s/fls_none");
    expect([how, over.status, await over.text()]).toEqual([how, 404, await never.text()]);
    expect([how, (await page(`/s/${kept}`)).status]).toEqual([how, 200]);
  }
});

it("files of a visitor whom a link lets start no more are never kept", async () => {
  verifies("shares:visitor:paced");
  await seedApp();
  const token = await linkTo("greets", { visitor_runs_per_hour: 1 });
  const send = (text: string) =>
    post(`/s/${token}`, { "/name": "Ada", "/table": new File([text], "t.csv", { type: "text/csv" }) });
  expect((await send("a\n1\n")).status).toBe(303);
  expect((await send("b\n2\n")).status).toBe(429);
  const kept = await env.DB.prepare("SELECT count(*) AS n FROM uploads").first<{ n: number }>();
  expect(kept?.n).toBe(1);
});

it("a page with a password opens for whoever knows it, few tries a minute, and again only while it is the password", async () => {
  verifies("shares:app:states");
  verifies("shares:app:password-guarded");
  await seedApp();
  await set({ state: "password", password: "open sesame" });
  const row = await env.DB.prepare("SELECT password_hash FROM apps").first<{ password_hash: string }>();
  expect(row?.password_hash).not.toContain("sesame");
  const asked = await page("/a/greets");
  expect([asked.status, await asked.text()]).toEqual([401, expect.not.stringContaining('name="/name"')]);
  expect((await post("/a/greets", { "/name": "Ada" })).status).toBe(401);
  const opened = await post("/a/greets/unlock", { password: "open sesame" });
  expect(opened.status).toBe(303);
  const entry = opened.headers.getSetCookie().find((cookie) => cookie.startsWith("floom_entry_")) ?? "";
  expect(entry).toContain("HttpOnly");
  const cookie = entry.split(";")[0] ?? "";
  expect((await page("/a/greets", { cookie })).status).toBe(200);
  const tries = [];
  for (let i = 0; i < 6; i += 1)
    tries.push((await post("/a/greets/unlock", { password: `guess ${i}` })).status);
  expect(tries).toContain(429);
  expect(tries).not.toContain(303);
  expect((await post("/a/greets/unlock", { password: "open sesame" })).status).toBe(429);
  await set({ password: "another one" });
  expect((await page("/a/greets", { cookie })).status).toBe(401);
  expect((await page("/a/greets", { cookie: `${cookie}0` })).status).toBe(401);
});

it("an invited address is mailed a way in that is good once; no other can tell that it is not invited", async () => {
  verifies("shares:app:states");
  await seedApp();
  await set({ state: "invited", invited: ["ada@example.com"] });
  const told = await Promise.all(
    ["ada@example.com", "eve@example.com"].map(async (email) => {
      const answer = await post("/a/greets/invite", { email });
      return [answer.status, await answer.text()];
    }),
  );
  expect(told[0]).toEqual(told[1]);
  const mails = async () => testHost.files.listMails("wsp_00000000000000000000000000", 10);
  await expect.poll(async () => (await mails()).length).toBe(1);
  const [mail = ""] = await mails();
  expect(mail).toContain("ada@example.com");
  const key = /key=([\w-]+)/.exec(mail)?.[1] ?? "";
  // Looking does not use it up.
  expect((await page(`/a/greets/enter?key=${key}`)).status).toBe(200);
  const entered = await post("/a/greets/enter", { key });
  expect(entered.status).toBe(303);
  expect((await post("/a/greets/enter", { key })).status).toBe(403);
  const cookie =
    entered.headers
      .getSetCookie()
      .find((one) => one.startsWith("floom_entry_"))
      ?.split(";")[0] ?? "";
  expect((await page("/a/greets", { cookie })).status).toBe(200);
  await set({ invited: [] });
  expect((await page("/a/greets", { cookie })).status).toBe(401);
});

it("a public page is open to everybody and says what stands for it; in frames it stands where its owner says", async () => {
  verifies("shares:page:embedded-where-allowed");
  await seedApp();
  await set({ state: "public", embed_origins: ["https://blog.example"], theme: { accent: "#ffee00" } });
  const open = await page("/a/greets");
  expect(open.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(await open.text()).toContain('property="og:image" content="http://floom.test/a/greets/og.png"');
  const framed = await page("/embed/greets");
  expect(framed.headers.get("content-security-policy")).toContain(
    "frame-ancestors 'self' https://blog.example",
  );
  expect(framed.headers.get("x-frame-options")).toBeNull();
  const picture = new Uint8Array(await (await page("/a/greets/og.png")).arrayBuffer());
  expect(picture.slice(0, 4)).toEqual(Uint8Array.of(0x89, 0x50, 0x4e, 0x47));
  expect(await (await page("/a/greets/qr.svg")).text()).toContain("<svg");
});

it("another site's page cannot post a visitor's form", async () => {
  const token = await seedApp();
  const answer = await callApi("POST", `/s/${token}`, {
    token: "",
    headers: { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
    body: new URLSearchParams({ "/name": "Ada" }),
  });
  expect(answer.status).toBe(403);
});

it("over TLS a run that is started in another site's frame is found there again, and by no other site's frame", async () => {
  verifies("shares:page:embedded-where-allowed");
  await seedApp();
  await set({ state: "public", embed_origins: ["https://blog.example"] });
  const framed = (path: string, init: RequestInit = {}) =>
    exports.default.fetch(new Request(`https://floom.test${path}`, { redirect: "manual", ...init }));
  const body = new FormData();
  for (const [name, value] of Object.entries({ "/name": "Ada", _action: "run", _nonce: "0123456789abcdea" }))
    body.set(name, value);
  const sent = await framed("/embed/greets", { method: "POST", body });
  expect(sent.status).toBe(303);
  const line = sent.headers.get("set-cookie") ?? "";
  // A browser keeps it for the site that shows the frame alone, and sends it in that frame.
  const parts = line.split("; ").slice(1);
  expect(parts).toEqual(
    expect.arrayContaining(["SameSite=None", "Partitioned", "Secure", "HttpOnly", "Path=/"]),
  );
  const place = sent.headers.get("location") ?? "";
  const again = await framed(place, { headers: { cookie: cookieOf(sent) } });
  expect([again.status, again.headers.get("set-cookie")]).toEqual([200, null]);
  expect((await framed(place)).status).toBe(404);
  // Where the page is not framed its cookie is not sent from other sites at all.
  const alone = await framed("/a/greets");
  expect(alone.headers.get("set-cookie")).toMatch(/SameSite=Lax; Secure$/);
});
