import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { accountExportSchema, browserSessionSchema } from "#contract/accounts/account";
import { problemSchema } from "#contract/problem";
import { Browser, password, signUp } from "../../test/support/workerd/account-harness.ts";
import { callApi, testHost } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";
import { accountDeps } from "../compose/account-deps.ts";
import { deleteOwnAccount, requireSession } from "./own-account-service.ts";

const ada = "ada@floom.test";
const code = async (answer: Response) => problemSchema.parse(await answer.json()).code;
const sessionsOf = async (browser: Browser) =>
  browserSessionSchema.array().parse(await (await browser.call("GET", "/api/account/sessions")).json());

async function signedIn(email = ada): Promise<Browser> {
  const browser = new Browser();
  await signUp(browser, email);
  return browser;
}

it("a person sees where they are signed in, and signs one of those out", async () => {
  verifies("accounts:own:sessions");
  const here = await signedIn();
  const there = new Browser();
  await there.call("POST", "/api/auth/login", { json: { email: ada, password } });
  const sessions = await sessionsOf(here);
  expect(sessions).toHaveLength(2);
  expect(sessions.filter(({ current }) => current)).toHaveLength(1);
  const other = sessions.find(({ current }) => !current)?.id ?? "";
  expect((await here.call("DELETE", `/api/account/sessions/${other}`)).status).toBe(204);
  expect((await there.call("GET", "/api/account")).status).toBe(401);
  expect((await here.call("GET", "/api/account")).status).toBe(200);
});

it("another person's session is answered as one that does not exist, and goes on", async () => {
  verifies("accounts:own:nobody-elses");
  const hers = await signedIn();
  const his = await signedIn("bob@floom.test");
  const [theirs] = await sessionsOf(his);
  const foreign = await hers.call("DELETE", `/api/account/sessions/${theirs?.id}`);
  const missing = await hers.call("DELETE", "/api/account/sessions/none");
  expect([foreign.status, await code(foreign)]).toEqual([missing.status, await code(missing)]);
  expect((await his.call("GET", "/api/account")).status).toBe(200);
});

it("no token of a workspace opens an account, the owner's neither", async () => {
  verifies("accounts:own:nobody-elses");
  for (const path of ["/api/account", "/api/account/export", "/api/account/sessions"])
    expect((await callApi("GET", path)).status).toBe(401);
});

it("an export holds what is kept of a person and nothing that could be used to be them", async () => {
  verifies("accounts:own:export-without-secrets");
  const browser = await signedIn();
  const answer = await browser.call("GET", "/api/account/export");
  const text = await answer.text();
  const exported = accountExportSchema.parse(JSON.parse(text));
  expect(exported.account.email).toBe(ada);
  expect(exported.ways_in.map(({ provider }) => provider)).toEqual(["credential"]);
  const kept = await env.DB.prepare(
    "SELECT s.token, a.password FROM sessions s JOIN accounts a ON a.user_id = s.user_id",
  ).first<{ token: string; password: string }>();
  for (const secret of [kept?.token, kept?.password, password]) expect(text).not.toContain(secret);
});

it("an account goes with every way in, once its address is repeated", async () => {
  verifies("accounts:own:deletion");
  const browser = await signedIn();
  const slip = await browser.call("DELETE", "/api/account", { json: { confirm: "bob@floom.test" } });
  expect([slip.status, await code(slip)]).toEqual([422, "invalid_request"]);
  expect((await browser.call("DELETE", "/api/account", { json: { confirm: "Ada@floom.test" } })).status).toBe(
    204,
  );
  expect((await browser.call("GET", "/api/account")).status).toBe(401);
  const again = await new Browser().call("POST", "/api/auth/login", { json: { email: ada, password } });
  expect(again.status).toBe(401);
  for (const table of ["users", "sessions", "accounts", "passkeys"]) {
    expect([table, await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first("n")]).toEqual([
      table,
      0,
    ]);
  }
});

it("a browser that was signed in long ago deletes no account", async () => {
  verifies("accounts:own:deletion-needs-fresh-sign-in");
  const browser = await signedIn();
  await env.DB.prepare("UPDATE sessions SET created_at = created_at - 3600000").run();
  const answer = await browser.call("DELETE", "/api/account", { json: { confirm: ada } });
  expect([answer.status, await code(answer)]).toEqual([403, "sign_in_too_old"]);
});

it("nobody who alone owns a workspace goes, and is told which", async () => {
  verifies("accounts:own:deletion-leaves-no-workspace-alone");
  const browser = await signedIn();
  const owned = [{ name: "Sales" }, { name: "Support" }];
  const deps = { ...accountDeps(testHost), listOwnedAlone: async () => owned };
  const request = new Request("http://floom.test/api/account", { headers: { cookie: browser.cookie } });
  const session = await requireSession(deps, request);
  await expect(deleteOwnAccount(deps, session, ada)).rejects.toMatchObject({
    code: "only_owner_of_workspaces",
    message: expect.stringContaining("Sales, Support"),
  });
  expect((await browser.call("GET", "/api/account")).status).toBe(200);
});
