import { expect, it } from "vitest";
import {
  Browser,
  password,
  readMails,
  readMailedToken,
  signUp,
} from "../../test/support/workerd/account-harness.ts";
import { verifies } from "../../test/verifies.ts";

const session = async (browser: Browser) => (await browser.call("GET", "/api/auth/get-session")).json();

it("who signs up is mailed a link, and is signed in by the password once the address is confirmed", async () => {
  verifies("accounts:password:verified-first");
  const browser = new Browser();
  const json = { email: "Ada@floom.test", password, name: "Ada" };
  const up = await browser.call("POST", "/api/auth/sign-up/email", { json });
  expect(up.status).toBe(200);
  expect(await session(browser)).toBeNull();
  const early = await browser.call("POST", "/api/auth/sign-in/email", { json });
  expect(early.status).toBe(403);

  const token = await readMailedToken("ada@floom.test");
  expect((await browser.call("GET", `/api/auth/verify-email?token=${token}`)).status).toBe(200);
  expect(await session(browser)).toBeNull();
  expect((await browser.call("POST", "/api/auth/sign-in/email", { json })).status).toBe(200);
  expect(await session(browser)).toMatchObject({
    user: { email: "ada@floom.test", id: expect.stringMatching(/^usr_/), emailVerified: true },
  });
  expect(await readMails()).toHaveLength(1);
});

it("a session's cookie is out of reach of scripts, of other sites and of plain connections", async () => {
  verifies("accounts:cookie:attributes");
  const browser = new Browser();
  await signUp(browser, "ada@floom.test");
  const again = await browser.call("POST", "/api/auth/sign-in/email", {
    json: { email: "ada@floom.test", password },
  });
  const [line] = again.headers.getSetCookie();
  expect(line).toMatch(/^__Secure-floom\.session_token=/);
  for (const attribute of ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"]) expect(line).toContain(attribute);
});
