import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createClient } from "#contract/client";
import { routes } from "#contract/routes";
import { verifies } from "../verifies.ts";
import { findAccessibilityFaults, launchBrowser, openContext } from "./open-page.ts";

const { url, token } = inject("floom");
const api = createClient<Response>({ origin: url, token, fetch: (address, init) => fetch(address, init) });
const DIR = resolve(import.meta.dirname, "../../workers-examples/ticket-router");
const NAME = "judged-router";
const params = { worker: NAME };

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

async function readFiles(change: (script: string) => string = (script) => script) {
  const names = ["worker.yml", "run.py", "evals/routing.yml"];
  return Promise.all(
    names.map(async (path) => {
      const text = await readFile(resolve(DIR, path), "utf8");
      const content = path === "worker.yml" ? text.replace("name: ticket-router", `name: ${NAME}`) : text;
      return { path, content: path === "run.py" ? change(content) : content };
    }),
  );
}

test("a worker's page shows how its versions have done, and case by case what got worse", async () => {
  verifies("web:worker:evaluations");
  await api.call(routes.createWorker, { json: { files: await readFiles() } });
  const page = await (await openContext(browser, { viewport: { width: 1280, height: 1400 } })).newPage();
  const faults: string[] = [];
  page.on("pageerror", ({ message }) => faults.push(message));
  await page.goto(`${url}/workers/${NAME}/evaluations#token=${token}`);
  await page.getByRole("heading", { name: "Not evaluated yet" }).waitFor();
  await page.getByRole("button", { name: "Evaluate version 1" }).click();
  const table = page.getByRole("table", { name: "Evaluations, newest first" });
  await table.getByText("pass", { exact: true }).waitFor();
  await table.getByText("baseline", { exact: true }).waitFor();

  const files = await readFiles((script) => script.replace('"down", ', ""));
  await api.call(routes.replaceWorkerFiles, { params, json: { files } });
  await page.reload();
  await table.getByText("fail", { exact: true }).waitFor();
  await table.getByRole("button", { name: "Cases" }).first().click();
  const cases = page.getByRole("table", { name: "Cases of the evaluation" });
  await cases.getByText('team is "general"', { exact: false }).waitFor();
  const compared = page.getByRole("table", { name: "Cases, side by side" });
  expect(await compared.getByRole("row", { name: /site is down/ }).textContent()).toContain("lost");
  expect(await findAccessibilityFaults(page)).toEqual([]);
  const picture = process.env["FLOOM_PICTURE"];
  if (picture !== undefined) await page.screenshot({ path: picture, fullPage: true });
  await page.context().close();
  expect(faults).toEqual([]);
});
