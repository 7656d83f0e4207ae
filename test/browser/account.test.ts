import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startFloom } from "../support/floom-instance.ts";
import type { FloomInstance } from "../support/floom-instance.ts";
import { findFreePort } from "../support/find-free-port.ts";
import { verifies } from "../verifies.ts";
import { findAccessibilityFaults, launchBrowser, openContext } from "./open-page.ts";
import { press } from "./watch-page.ts";

// A Floom of its own at a name, since browsers keep no passkey for a number; its people sign in as on the internet.

const PASSWORD = "correct horse battery";
const OWNER = "owner@floom.test";

let floom: FloomInstance;
let origin: string;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  const port = await findFreePort();
  origin = `http://localhost:${port}`;
  floom = await startFloom({ seed: false, port, env: { FLOOM_PUBLIC_URL: origin, FLOOM_SIGN_UP: "open" } });
  browser = await launchBrowser();
  await ask("POST", "/api/auth/setup", { email: OWNER, password: PASSWORD, name: "Olga" });
});
afterAll(async () => {
  await browser.close();
  await floom.stop();
});
beforeEach(async () => {
  context = await openContext(browser);
  page = await context.newPage();
});
afterEach(() => context.close());

/** As the owner's token. */
function ask(method: string, path: string, json?: object): Promise<Response> {
  const headers = { authorization: `Bearer ${floom.token}`, "content-type": "application/json" };
  return fetch(`${origin}${path}`, {
    method,
    headers,
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
}

/** Signs in by address and password, on the page that shows when nobody is. */
async function signIn(email: string, path = "/"): Promise<void> {
  await page.goto(`${origin}${path}`);
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("textbox", { name: "E-mail" }).fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("link", { name: "Account" }).waitFor();
}

/** What a mail to this address leads to. */
async function readMailedLink(email: string, subject: RegExp): Promise<string> {
  const mails = (await (await fetch(`${origin}/api/dev/outbox`)).json()) as {
    to: string[];
    subject: string;
    text: string;
  }[];
  const mail = mails.find((one) => one.to.includes(email) && subject.test(one.subject));
  return /http\S+/.exec(mail?.text ?? "")?.[0] ?? "";
}

test("a person signs in with a passkey that they added to their account", async () => {
  verifies("web:account:passkey");
  const authenticator = await context.newCDPSession(page);
  await authenticator.send("WebAuthn.enable");
  await authenticator.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await signIn(OWNER);
  await page.getByRole("link", { name: "Account" }).click();
  await page.getByText("None yet.").waitFor();
  await page.getByRole("textbox", { name: "Its name" }).fill("Office laptop");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByText("Office laptop").waitFor();

  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.getByRole("link", { name: "Account" }).click();
  expect(await page.locator(".facts").innerText()).toContain(OWNER);

  await page.getByRole("button", { name: "Remove the passkey Office laptop" }).click();
  await page.getByText("None yet.").waitFor();
});

test("whoever signed in as themselves stays so on their own machine, and sees and ends their other sessions", async () => {
  verifies("web:account:sessions", "web:account:session-before-owner");
  const elsewhere = await openContext(browser);
  const other = await elsewhere.request.post(`${origin}/api/auth/login`, {
    data: { email: OWNER, password: PASSWORD },
    headers: { origin },
  });
  expect(other.status()).toBe(200);
  await signIn(OWNER);
  await page.reload();
  await page.getByRole("link", { name: "Account" }).click();
  await page.getByText("This browser", { exact: true }).waitFor();
  const signOuts = page.getByRole("button", { name: /^Sign out .+ at / });
  const before = await signOuts.count();
  expect(before).toBeGreaterThan(0);
  while ((await signOuts.count()) > 0) {
    const left = await signOuts.count();
    await signOuts.first().click();
    await expect.poll(() => signOuts.count()).toBeLessThan(left);
  }
  expect((await elsewhere.request.get(`${origin}/api/account`)).status()).toBe(401);
  await page.getByText("This browser", { exact: true }).waitFor();
  await elsewhere.close();
});

test("somebody who is invited signs up, joins at a click, and works in that workspace", async () => {
  verifies("web:invite:accepted", "web:workspaces:chosen");
  const bea = "bea@floom.test";
  const made = await ask("POST", "/api/workspace/members", { email: bea, role: "viewer" });
  const { link: invitation } = (await made.json()) as { link: string };
  expect(invitation).toMatch(/\/invite#/);

  await page.goto(`${origin}/sign-up`);
  await page.getByRole("textbox", { name: "Name" }).fill("Bea");
  await page.getByRole("textbox", { name: "E-mail" }).fill(bea);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
  await expect.poll(() => readMailedLink(bea, /Confirm/)).toContain("#link=");
  await page.goto(await readMailedLink(bea, /Confirm/));
  await page.getByRole("button", { name: "Confirm that it is mine" }).click();
  await page.getByRole("heading", { name: "Your address is confirmed" }).waitFor();
  await signIn(bea);

  await page.goto(invitation);
  await page.getByRole("heading", { name: "Join the workspace?" }).waitFor();
  expect(await findAccessibilityFaults(page)).toEqual([]);
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await page.getByRole("button", { name: /^Go to / }).click();
  const choice = page.getByRole("combobox", { name: "Workspace" });
  await choice.waitFor();
  await expect.poll(() => choice.locator("option").count()).toBe(2);
  const [own, joined] = await choice.locator("option").all();
  expect(await choice.inputValue()).toBe(await joined?.getAttribute("value"));
  const chosen = await own?.getAttribute("value");
  // The app begins anew in the other workspace.
  await Promise.all([page.waitForEvent("load"), choice.selectOption(chosen ?? "")]);
  await expect.poll(() => choice.inputValue()).toBe(chosen);

  await page.goto(invitation.replace(/.$/, "x"));
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: "It was taken up" }).waitFor();
});

test("an account is looked through, saved and deleted by its person, with no fault that axe finds", async () => {
  verifies("web:account:export-and-deletion");
  const eve = "eve@floom.test";
  await fetch(`${origin}/api/auth/sign-up/email`, {
    method: "POST",
    headers: { origin, "content-type": "application/json" },
    body: JSON.stringify({ email: eve, password: PASSWORD, name: "Eve" }),
  });
  await expect.poll(() => readMailedLink(eve, /Confirm/)).toContain("#link=");
  const token = (await readMailedLink(eve, /Confirm/)).split("#link=")[1] ?? "";
  await fetch(`${origin}/api/auth/verify-email?token=${token}`);
  await signIn(eve);
  await page.goto(`${origin}/account`);
  await page.getByText("None yet.").waitFor();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findAccessibilityFaults(page)).toEqual([]);
  }
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save what is kept of me" }).click(),
  ]);
  expect(saved.suggestedFilename()).toBe("floom-account.json");

  await page.getByRole("button", { name: "Delete my account …" }).click();
  await page.getByRole("textbox", { name: "Your e-mail address, to be sure" }).fill("else@floom.test");
  await page.getByRole("button", { name: "Delete my account for good" }).click();
  await page.getByRole("alert").filter({ hasText: "address" }).waitFor();
  await page.getByRole("textbox", { name: "Your e-mail address, to be sure" }).fill(eve);
  await page.getByRole("button", { name: "Delete my account for good" }).click();
  await page.waitForURL(`${origin}/`);
  expect((await context.request.get(`${origin}/api/account`)).status()).toBe(401);
});

test("a terminal is let in on its page by keyboard alone, with no fault that axe finds", async () => {
  verifies("web:terminal:let-in");
  const asked = await ask("POST", "/api/cli-auth/devices", { client_name: "floom on a laptop" });
  const device = (await asked.json()) as { user_code: string; device_code: string };
  await page.goto(`${origin}/cli-auth#user_code=${device.user_code}`);
  await press(page.getByRole("textbox", { name: "Code" }), "Enter");
  await page.getByText("floom on a laptop").waitFor();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findAccessibilityFaults(page)).toEqual([]);
  }
  await press(page.getByRole("button", { name: "Approve" }), "Enter");
  await page.getByText("floom on a laptop is let in").waitFor();
  const polled = await ask("POST", "/api/cli-auth/poll", { device_code: device.device_code });
  expect(await polled.json()).toMatchObject({ status: "approved" });
});
