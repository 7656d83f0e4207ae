import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { verifies } from "../verifies.ts";
import { findAccessibilityFaults } from "./open-page.ts";
import { useApp } from "./use-app.ts";

const COMPANIES = resolve(import.meta.dirname, "../../workers-examples/csv-enricher/companies.csv");

let page: Page;
let faults: string[];
const { url, token, open } = useApp((at) => {
  ({ page, faults } = at);
});

const signIn = (path = "/") => page.goto(`${url}${path}#token=${token}`);
const status = (word: string) => page.locator(".facts").getByText(word, { exact: true });
const tokenField = () => page.getByRole("textbox", { name: "Token" });
const pressRun = () => page.getByRole("button", { name: "Run", exact: true }).click();

test("the link signs in, and the token does not stay in the address", async () => {
  verifies("web:sign-in:token-leaves-the-address");
  await signIn();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  expect(page.url()).toBe(`${url}/`);
});

test("a link with another token asks before it signs in with that", async () => {
  verifies("web:sign-in:link-replaces-no-token-unasked");
  await signIn();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.goto(`${url}/#token=somebody-elses`);
  await page.getByRole("button", { name: "Stay signed in as before" }).waitFor();
  expect(new URL(page.url()).hash).toBe("");
  expect(await findAccessibilityFaults(page)).toEqual([]);
  await page.getByRole("button", { name: "Stay signed in as before" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.goto(`${url}/#token=somebody-elses`);
  await page.getByRole("button", { name: "Use the link’s token" }).click();
  await page.getByText("does not accept the token").waitFor();
});

test("what a page's policy forbids is heard of, and no page of the edge's own needs it", async () => {
  verifies("edge:pages:strict-policy");
  for (const path of ["/api/docs", "/approvals/review?id=x&token=y"]) {
    const answer = await page.goto(`${url}${path}`);
    expect(answer?.headers()["content-security-policy"]).not.toContain("unsafe");
    // The style counts: without it a page has the browser's own margins.
    expect(await page.evaluate(() => getComputedStyle(document.body).marginTop)).not.toBe("8px");
  }
  expect(faults).toEqual([]);
  await page.goto(url);
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "globalThis.stolen = true";
    document.head.append(script);
  });
  // Once by the page's own policy, and once by the one that came with it.
  await expect.poll(() => [...new Set(faults)]).toEqual([expect.stringContaining("script-src")]);
  faults.length = 0;
});

test("at the machine itself the page opens without a sign-in, and a sign-out stays one", async () => {
  verifies("accounts:local:own-page-is-owner");
  await page.goto(url);
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Go on without a password" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  expect(await tokenField().count()).toBe(0);
});

/** Opens a page, and signs out of it: the browser of this machine was let in by itself. */
async function openSignedOut(address: string): Promise<void> {
  await page.goto(address);
  await page.getByRole("button", { name: "Sign out" }).click();
  await tokenField().waitFor();
}

test("after a sign-out nothing but the sign-in page is shown", async () => {
  await openSignedOut(`${url}/workers/hello-worker`);
  await tokenField().fill("not-the-token");
  await page.keyboard.press("Enter");
  await page.getByText("does not accept the token").waitFor();
  await tokenField().fill(token);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Hello worker" }).waitFor();
  expect(await tokenField().count()).toBe(0);
});

test("a worker is run from its form by keyboard alone", async () => {
  await open("/workers/hello-worker");
  await page.getByRole("textbox", { name: "Name" }).focus();
  await page.keyboard.type("Grace");
  await page.keyboard.press("Enter");
  await status("Completed").waitFor();
  await expect
    .poll(() => page.getByRole("region", { name: "Outputs" }).innerText())
    .toContain("Hello, Grace!");
});

test("an input that the API refuses is explained beside its field", async () => {
  await signIn("/workers/hello-worker");
  await page.getByRole("textbox", { name: "Name" }).fill("x".repeat(81));
  await pressRun();
  expect(await page.locator(".field-error").innerText()).toContain("80 characters");
});

test("a file goes in, and the files that come out can be saved", async () => {
  await signIn("/workers/csv-enricher");
  await page.locator("input[type=file]").setInputFiles(COMPANIES);
  await pressRun();
  await status("Completed").waitFor();
  await page.getByText("Delta, Söhne").waitFor();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download out/enriched.csv" }).click();
  expect((await saved).suggestedFilename()).toBe("enriched.csv");
});

test("a running worker is watched line by line and cancelled after a second question", async () => {
  verifies("web:run:watched-and-cancelled");
  await signIn("/workers/slow-progress");
  await pressRun();
  await page.getByText("line 2 of 60", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Cancel run" }).click();
  await page.getByRole("button", { name: "Yes, cancel it" }).click();
  await status("Cancelled").waitFor();
  expect(await page.locator(".log").innerText()).not.toContain("line 60 of 60");
});

test("a run that asks is decided on the page its own page leads to", async () => {
  verifies("web:run:asks-and-says-how-to-decide", "web:accessible:no-axe-fault");
  await signIn("/workers/outbound-approval-demo");
  await page.getByRole("textbox", { name: "Recipient" }).fill("ada@example.com");
  await page.getByRole("textbox", { name: "Topic" }).fill("engines");
  await pressRun();
  await page.getByRole("heading", { name: "Asks: Send the e-mail to ada@example.com" }).waitFor();
  expect(await findAccessibilityFaults(page)).toEqual([]);
  const asked = page.url();
  await page.getByRole("link", { name: "Review and decide" }).click();
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByRole("status").getByText("Approved").waitFor();
  await page.goto(asked);
  await page.getByRole("heading", { name: "Approved: Send the e-mail to ada@example.com" }).waitFor();
  await page.getByText("What was approved is done by").waitFor();
});

test.each(["light", "dark"] as const)("axe finds no fault in any page in %s mode", async (colorScheme) => {
  verifies("web:accessible:no-axe-fault");
  await page.emulateMedia({ colorScheme });
  await openSignedOut(url);
  expect(await findAccessibilityFaults(page)).toEqual([]);
  for (const path of ["/sign-up", "/reset-password", "/verify-email#link=x", "/sign-in/link#link=x"]) {
    await page.goto(`${url}${path}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect([path, await findAccessibilityFaults(page)]).toEqual([path, []]);
  }
  await signIn();
  await page.getByRole("heading", { name: "Last runs" }).waitFor();
  expect(await findAccessibilityFaults(page)).toEqual([]);
  await signIn("/workers/two-outputs");
  await page.getByRole("textbox", { name: "Text" }).fill("to be or not to be");
  expect(await findAccessibilityFaults(page)).toEqual([]);
  await pressRun();
  await status("Completed").waitFor();
  await page.getByRole("heading", { name: "Outputs", exact: true }).waitFor();
  expect(await findAccessibilityFaults(page)).toEqual([]);
});
