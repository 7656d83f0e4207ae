import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { findFreePort } from "../support/find-free-port.ts";
import { verifies } from "../verifies.ts";
import { findAccessibilityFaults, launchBrowser, openContext } from "./open-page.ts";

// What a person meets whom an editor's program has sent here to be let in.

const floom = inject("floom");
const origin = floom.url;
const PERSON = { email: "olga@floom.test", password: "correct horse battery", name: "Olga" };

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  const headers = { authorization: `Bearer ${floom.token}`, "content-type": "application/json" };
  await fetch(`${origin}/api/auth/setup`, { method: "POST", headers, body: JSON.stringify(PERSON) });
});
afterAll(() => browser.close());
beforeEach(async () => {
  page = await (await openContext(browser)).newPage();
});
afterEach(() => page.context().close());

/** Signs in as the person on the page that is open, whoever this machine takes them for. */
async function signIn(): Promise<void> {
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("textbox", { name: "E-mail" }).fill(PERSON.email);
  await page.getByRole("textbox", { name: "Password" }).fill(PERSON.password);
  await page.keyboard.press("Enter");
}

/** A program that registers itself, as an editor does, and is sent back to this port. */
async function registerClient(port: number): Promise<string> {
  const answer = await fetch(`${origin}/oauth2/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_name: "An editor",
      redirect_uris: [`http://127.0.0.1:${port}/callback`],
      token_endpoint_auth_method: "none",
    }),
  });
  const { client_id } = (await answer.json()) as { client_id: string };
  return client_id;
}

test("the protocol's own suite is let in by a person who signs in on the way, by keyboard alone", async () => {
  verifies("oauth:flow:public-suite");
  const port = await findFreePort();
  const clientId = await registerClient(port);
  const program = resolve(import.meta.dirname, "../../node_modules/.bin/conformance");
  const args = ["--url", origin, "--client-id", clientId, "--resource", `${origin}/mcp`];
  const suite = spawn(program, ["authorization", ...args, "--port", String(port)]);
  const exited = once(suite, "exit");
  const wrong = text(suite.stderr);
  let said = "";
  suite.stdout.setEncoding("utf8").on("data", (part: string) => (said += part));
  await expect.poll(() => said).toMatch(/oauth2\/authorize\S+\s/);
  await expect.poll(() => said).toContain("Callback server started");
  const address = /http\S+oauth2\/authorize\S+/.exec(said)?.[0] ?? "";
  await page.goto(address);
  await signIn();
  await page.getByRole("heading", { name: "Let An editor act for you?" }).waitFor();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findAccessibilityFaults(page)).toEqual([]);
  }
  await page.getByRole("combobox", { name: "In the workspace" }).focus();
  while (!(await page.getByRole("button", { name: "Allow" }).evaluate((it) => it === document.activeElement)))
    await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const [status] = await exited;
  expect(said + (await wrong)).toContain("3 passed, 0 failed");
  expect(status).toBe(0);
  // In a tab of its own: the first one may still be on its way back to the program.
  const account = await page.context().newPage();
  await account.goto(`${origin}/account`);
  await account.getByText("An editor").waitFor();
});

test("a program that is denied is told so, and is not connected", async () => {
  const port = await findFreePort();
  const address = new URL(`${origin}/oauth2/authorize`);
  const asked = {
    client_id: await registerClient(port),
    redirect_uri: `http://127.0.0.1:${port}/callback`,
    response_type: "code",
    state: "kept",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
    resource: `${origin}/mcp`,
  };
  for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
  await page.goto(address.href);
  await signIn();
  const sentBack = page.waitForRequest((request) => request.url().includes("/callback"));
  await page.getByRole("button", { name: "Deny" }).click();
  const back = new URL((await sentBack).url()).searchParams;
  expect([back.get("error"), back.get("state"), back.get("code")]).toEqual(["access_denied", "kept", null]);
});
