import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { callApi, testHost } from "../../test/support/workerd/api-harness.ts";
import {
  Browser,
  password,
  readMail,
  readMailedToken,
  readMails,
  signUp,
} from "../../test/support/workerd/account-harness.ts";
import { openOtherEdge } from "../../test/support/workerd/other-edge.ts";
import { verifies } from "../../test/verifies.ts";

const ada = "ada@floom.test";
const code = async (answer: Response) => problemSchema.parse(await answer.json()).code;
const whoIs = async (browser: Browser) => (await browser.call("GET", "/api/account")).status;
const logIn = (browser: Browser, email: string, word: string) =>
  browser.call("POST", "/api/auth/login", { json: { username: email, password: word } });

/** A second look at something, but for what differs from answer to answer. */
async function looksLike(answer: Response): Promise<unknown> {
  const { request_id: _, ...body }: Record<string, unknown> = await answer.json();
  const headers = [...answer.headers].filter(([name]) => !/^(?:x-request-id|content-length)$/.test(name));
  return { status: answer.status, headers, body };
}

it("the owner's token makes the first account, confirmed, and no second one", async () => {
  verifies("accounts:setup:owner-token");
  const json = { email: "Owner@floom.test", password, name: "Owner" };
  const ways = async () => (await callApi("GET", "/api/auth/setup-required", { token: "" })).json();
  expect(await ways()).toMatchObject({ setup_required: true, local: false, mail: true, social: [] });
  expect((await callApi("POST", "/api/auth/setup", { token: "", json })).status).toBe(401);
  expect((await callApi("POST", "/api/auth/setup", { json })).status).toBe(201);
  expect(await ways()).toMatchObject({ setup_required: false });
  const again = await callApi("POST", "/api/auth/setup", { json: { ...json, email: "b@floom.test" } });
  expect([again.status, await code(again)]).toEqual([409, "set_up_already"]);

  const browser = new Browser();
  const answer = await logIn(browser, "owner@floom.test", password);
  expect(await answer.json()).toMatchObject({ email: "owner@floom.test", email_verified: true });
  expect(await whoIs(browser)).toBe(200);
});

it("where people are invited, a stranger's sign-up is answered like any other and makes no account", async () => {
  verifies("accounts:sign-up:invited-unless-said", "accounts:answers:same-for-unknown");
  const edge = openOtherEdge({ FLOOM_SIGN_UP: "" });
  const json = { email: "stranger@floom.test", password, name: "S" };
  const headers = { "cf-connecting-ip": "192.0.2.77", origin: "http://floom.test" };
  const up = await edge.call("POST", "/api/auth/sign-up/email", { token: "", json, headers });
  expect([up.status, await up.json()]).toMatchObject([200, { token: null }]);
  const link = await edge.call("POST", "/api/auth/magic-link", {
    token: "",
    json: { email: json.email },
    headers,
  });
  expect([link.status, await link.json()]).toEqual([200, { url: null, expires_in: 900 }]);
  expect(await readMails()).toEqual([]);
  expect(await env.DB.prepare("SELECT count(*) AS n FROM users").first("n")).toBe(0);
});

it("an unknown address is answered exactly like a known one", async () => {
  verifies("accounts:answers:same-for-unknown");
  await signUp(new Browser(), ada);
  const ask = async (email: string, ask: (browser: Browser, email: string) => Promise<Response>) =>
    JSON.stringify(await looksLike(await ask(new Browser(), email))).replaceAll(email, "(email)");
  for (const one of [
    (browser: Browser, email: string) => logIn(browser, email, "wrong wrong wrong"),
    (browser: Browser, email: string) => browser.call("POST", "/api/auth/magic-link", { json: { email } }),
    (browser: Browser, email: string) =>
      browser.call("POST", "/api/auth/request-password-reset", { json: { email } }),
    (browser: Browser, email: string) =>
      browser.call("POST", "/api/auth/send-verification-email", { json: { email } }),
  ])
    expect(await ask("nobody@floom.test", one)).toBe(await ask(ada, one));

  const json = { password, name: "Ada" };
  const twice = await new Browser().call("POST", "/api/auth/sign-up/email", {
    json: { ...json, email: ada },
  });
  const fresh = await new Browser().call("POST", "/api/auth/sign-up/email", {
    json: { ...json, email: "eve@floom.test" },
  });
  const shape = (body: { user: object }) => [Object.keys(body), Object.keys(body.user)];
  expect(shape(await twice.json())).toEqual(shape(await fresh.json()));
  expect(await readMail(ada, /account .* already/)).not.toContain("#link=");
});

it("a mailed link signs in once, and a replay of it nobody", async () => {
  verifies("accounts:magic-link:once");
  const browser = new Browser();
  await browser.call("POST", "/api/auth/magic-link", { json: { email: ada } });
  const token = await readMailedToken(ada, /sign-in link/);
  // What opens links in mails to look at them uses none up.
  expect((await browser.call("GET", `/api/auth/magic-link/verify?token=${token}`)).status).toBe(404);
  expect((await browser.call("POST", `/api/auth/magic/${token}`)).status).toBe(200);
  expect(await whoIs(browser)).toBe(200);
  const replayed = await new Browser().call("POST", `/api/auth/magic/${token}`);
  expect([replayed.status, await code(replayed), replayed.headers.getSetCookie()]).toEqual([
    401,
    "link_used_or_old",
    [],
  ]);
  const stored = await env.DB.prepare("SELECT * FROM verifications").all();
  expect(JSON.stringify(stored.results)).not.toContain(token);
});

it("a link that is too old signs nobody in and sets no password", async () => {
  verifies("accounts:links:expire");
  await signUp(new Browser(), ada);
  await new Browser().call("POST", "/api/auth/magic-link", { json: { email: ada } });
  await new Browser().call("POST", "/api/auth/request-password-reset", { json: { email: ada } });
  const link = await readMailedToken(ada, /sign-in link/);
  const reset = await readMailedToken(ada, /new password/);
  await env.DB.prepare("UPDATE verifications SET expires_at = ?")
    .bind(Date.now() - 1)
    .run();
  expect((await new Browser().call("POST", `/api/auth/magic/${link}`)).status).toBe(401);
  const json = { token: reset, newPassword: "another long password" };
  expect((await new Browser().call("POST", "/api/auth/reset-password", { json })).status).toBe(400);
  expect((await logIn(new Browser(), ada, password)).status).toBe(200);
});

it("a new password is set once by a link, and signs every browser out", async () => {
  verifies("accounts:reset:once-and-signs-out");
  const browser = new Browser();
  await signUp(browser, ada);
  await browser.call("POST", "/api/auth/request-password-reset", { json: { email: ada } });
  const token = await readMailedToken(ada, /new password/);
  const json = { token, newPassword: "another long password" };
  expect((await new Browser().call("POST", "/api/auth/reset-password", { json })).status).toBe(200);
  expect(await whoIs(browser)).toBe(401);
  expect((await logIn(new Browser(), ada, password)).status).toBe(401);
  expect((await logIn(new Browser(), ada, "another long password")).status).toBe(200);
  const again = { token, newPassword: "a third long password" };
  expect((await new Browser().call("POST", "/api/auth/reset-password", { json: again })).status).toBe(400);
});

it("who guesses passwords is told to wait, by the right one too, and the count outlives the isolate", async () => {
  verifies("accounts:rate:brute-force-429");
  await signUp(new Browser(), ada);
  const attacker = new Browser("192.0.2.251");
  const tried: number[] = [];
  for (let n = 0; n < 8; n += 1) tried.push((await logIn(attacker, ada, `guess number ${n}`)).status);
  expect(tried).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  const right = await logIn(attacker, ada, password);
  expect([right.status, await code(right)]).toEqual([429, "too_many_sign_ins"]);
  expect(Number(right.headers.get("retry-after"))).toBeGreaterThan(0);
  const direct = await attacker.call("POST", "/api/auth/sign-in/email", { json: { email: ada, password } });
  expect([direct.status, Number(direct.headers.get("retry-after")) > 0]).toEqual([429, true]);
  expect(await env.DB.prepare("SELECT count(*) AS n FROM sign_in_rates").first("n")).toBeGreaterThan(0);
  expect((await logIn(new Browser("192.0.2.252"), ada, password)).status).toBe(200);
});

it("guesses that come all at once are counted one by one", async () => {
  verifies("accounts:rate:brute-force-429");
  const attacker = new Browser("192.0.2.253");
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => logIn(attacker, ada, `guess number ${n}`)),
  );
  expect(answers.filter(({ status }) => status !== 429).length).toBeLessThanOrEqual(5);
});

it("a sign-in begins a session of its own, whatever cookie was there before", async () => {
  verifies("accounts:session:no-fixation");
  const attacker = new Browser();
  await signUp(attacker, "mallory@floom.test");
  await signUp(new Browser(), ada);
  const planted = attacker.cookie;
  const victim = await new Browser().call("POST", "/api/auth/login", {
    json: { email: ada, password },
    headers: { cookie: planted },
  });
  const [given = ""] = victim.headers.getSetCookie();
  expect(given).not.toContain(planted.split("=")[1]);
  expect(await (await attacker.call("GET", "/api/account")).json()).toMatchObject({
    email: "mallory@floom.test",
  });
});

it("a cookie that was changed, made up or signed out stands for nobody", async () => {
  verifies("accounts:cookie:not-forged");
  const browser = new Browser();
  await signUp(browser, ada);
  const cookie = browser.cookie;
  const [name = "", value = ""] = cookie.split(/=(.*)/s);
  const token = decodeURIComponent(value).split(".")[0] ?? "";
  const row = await env.DB.prepare("SELECT token FROM sessions WHERE token = ?").bind(token).first("token");
  expect(row).toBe(token);
  for (const made of [token, `${token}.`, `${token}.${"A".repeat(43)}=`, `x${value}`, ""]) {
    expect(
      (await callApi("GET", "/api/account", { token: "", headers: { cookie: `${name}=${made}` } })).status,
    ).toBe(401);
  }
  await browser.call("POST", "/api/auth/logout");
  expect((await callApi("GET", "/api/account", { token: "", headers: { cookie } })).status).toBe(401);
});

it("a page of another origin changes nothing, with the cookie or without", async () => {
  verifies("accounts:cookie:own-origin-alone");
  const browser = new Browser();
  await signUp(browser, ada);
  for (const origin of ["http://evil.test", "null", "http://floom.test.evil.test", "http://floom.test:81"]) {
    for (const [path, json] of [
      ["/api/auth/login", { email: ada, password }],
      ["/api/auth/sign-in/email", { email: ada, password }],
      ["/api/auth/logout", undefined],
      ["/api/auth/sign-out", {}],
      ["/api/auth/update-user", { name: "Mallory" }],
    ] as const) {
      const answer = await browser.call("POST", path, { ...(json && { json }), headers: { origin } });
      expect([path, origin, answer.status]).toEqual([path, origin, 403]);
    }
  }
  const bare = await callApi("DELETE", "/api/account", {
    token: "",
    json: { confirm: ada },
    headers: { cookie: browser.cookie },
  });
  expect(bare.status).toBe(401);
  expect(await whoIs(browser)).toBe(200);
});

it("a link of a mail leads to this server, whatever page was asked to go to", async () => {
  verifies("accounts:mail:links-lead-here");
  const evil = { callbackURL: "https://evil.test/", redirectTo: "https://evil.test/" };
  const json = { email: ada, password, name: "Ada", ...evil };
  const answer = await new Browser().call("POST", "/api/auth/sign-up/email", { json });
  expect(answer.status).toBe(403);
  await signUp(new Browser(), ada);
  expect(await readMail(ada, /Confirm/)).toContain("http://floom.test/verify-email#link=");
});

it("a browser stays signed in when the signing key is rotated, as long as the one before is named, and not beyond", async () => {
  verifies("accounts:cookie:rotation");
  const browser = new Browser();
  await signUp(browser, ada);
  const newKey = "a-new-signing-key-0123456789abcdef0123456789abcdef";
  const ask = async (keys: string) => {
    const edge = openOtherEdge({ FLOOM_SIGNING_KEY: keys });
    const headers = { cookie: browser.cookie };
    const read = await edge.call("GET", "/api/account", { token: "", headers });
    const own = await edge.call("GET", "/api/auth/get-session", { token: "", headers });
    return [read.status, (await own.text()) === "null"];
  };
  expect(await ask(`${newKey},${testHost.config.signingKey}`)).toEqual([200, false]);
  expect(await ask(newKey)).toEqual([401, true]);
  const forged = { cookie: browser.cookie.replace(/\.[^.]*$/, `.${"A".repeat(43)}%3D`) };
  const edge = openOtherEdge({ FLOOM_SIGNING_KEY: `${newKey},${testHost.config.signingKey}` });
  expect((await edge.call("GET", "/api/account", { token: "", headers: forged })).status).toBe(401);
});

it("the ways in that the library answers are counted together, by the server's own rate", async () => {
  verifies("accounts:rate:brute-force-429");
  const edge = openOtherEdge({ FLOOM_RATE_LIMITS: "sign_in=2/600" as never });
  const headers = { "cf-connecting-ip": "203.0.113.9", origin: "http://floom.test" };
  const ask = async (path: string, json: object) =>
    (await edge.call("POST", `/api/auth/${path}`, { token: "", json, headers })).status;
  expect(await ask("sign-in/email", { email: ada, password: "x" })).not.toBe(429);
  expect(await ask("request-password-reset", { email: ada })).not.toBe(429);
  expect(await ask("sign-up/email", { email: ada, password, name: "A" })).toBe(429);
  expect(await ask("sign-out", {})).not.toBe(429);
});
