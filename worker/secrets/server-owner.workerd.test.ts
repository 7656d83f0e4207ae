import { beforeEach, expect, it } from "vitest";
import { roleSchema } from "#contract/access/access";
import { problemSchema } from "#contract/problem";
import { Browser, password, signUp } from "../../test/support/workerd/account-harness.ts";
import { callApi, ownerWorkspace, strangerToken, testHost } from "../../test/support/workerd/api-harness.ts";
import { seedMember, signIn } from "../../test/support/workerd/people.ts";
import { verifies } from "../../test/verifies.ts";
import { secretDeps } from "../compose/secret-deps.ts";
import { abandonWorkspaceKey } from "./abandon-service.ts";
import { rewrapAll } from "./rewrap-service.ts";

const REWRAP = "/api/master-key/rewrap";
const ABANDON = "/api/master-key/abandon";
const codeOf = async (answer: Response) => problemSchema.parse(await answer.json()).code;

beforeEach(async () => {
  await callApi("POST", "/api/secrets/API_KEY", { json: { value: "some value" } });
});

it("the owner who is signed in replaces the master key, and is told that nothing was lost", async () => {
  verifies("secrets:rotation:server-owner");
  const email = "ada@floom.test";
  const made = await callApi("POST", "/api/auth/setup", { json: { email, password, name: "Ada" } });
  expect(made.status).toBe(201);
  const browser = new Browser();
  await browser.call("POST", "/api/auth/login", { json: { email, password } });
  const headers = { "x-workeros-workspace": ownerWorkspace };
  const rewrapped = await browser.call("POST", REWRAP, { headers });
  expect([rewrapped.status, await rewrapped.json()]).toMatchObject([200, { left: 0 }]);
  expect(await codeOf(await browser.call("POST", ABANDON, { headers }))).toBe("workspace_key_opens");
  // In their personal workspace they own no more of the server than anybody owns in theirs.
  expect(await codeOf(await browser.call("POST", ABANDON))).toBe("owner_only");
  // A page of another site does not do it in their name.
  const evil = await browser.call("POST", REWRAP, { headers: { ...headers, origin: "https://evil.test" } });
  expect(await codeOf(evil)).toBe("cross_site_request");
});

it("nobody else does: no other role, no owner of another workspace, no token that the owner made", async () => {
  verifies("secrets:rotation:server-owner");
  const browser = new Browser();
  await signUp(browser, "eve@floom.test");
  const tokens = [await seedMember("w", "owner"), await strangerToken()];
  for (const path of [REWRAP, ABANDON]) {
    expect(await codeOf(await browser.call("POST", path))).toBe("owner_only");
    for (const token of tokens)
      expect(await codeOf(await callApi("POST", path, { token }))).toBe("owner_only");
  }
  const refused = { code: "owner_only" };
  for (const role of roleSchema.options.filter((one) => one !== "owner")) {
    await seedMember("m", role);
    const member = await signIn("m");
    await expect(rewrapAll(secretDeps(testHost), member)).rejects.toMatchObject(refused);
    await expect(abandonWorkspaceKey(secretDeps(testHost), member)).rejects.toMatchObject(refused);
  }
});
