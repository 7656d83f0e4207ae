import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { routes } from "#contract/routes";
import { connect } from "../examples/run-example.ts";
import { verifies } from "../verifies.ts";
import { findAccessibilityFaults, launchBrowser, openContext } from "./open-page.ts";

const { url, token } = inject("floom");
const client = connect({ url, token });
const NAME = "council-in-a-page";
const manifest = `schema_version: "0.3"
name: ${NAME}
title: Talk
version: 0.1.0
exec: {mode: council}
council:
  rounds: 2
  members:
    - {name: ada, human: true}
    - {name: bob, human: true}
`;

let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await launchBrowser();
  page = await (await openContext(browser)).newPage();
  await client.call(routes.createWorker, { json: { worker_yml: manifest } });
});
afterAll(() => browser.close());

test("a council is followed on its run's page, spoken to, and stopped", async () => {
  verifies("councils:interventions-reach");
  verifies("councils:stop-stops");
  const json = { inputs: { topic: "Ship on Friday?" } };
  const { id } = await client.call(routes.startRun, { params: { worker: NAME }, query: { wait: 60 }, json });
  await client.call(routes.approveRun, { params: { run: id }, json: { comment: "I would <b>wait</b>." } });
  await page.goto(`${url}/runs/${id}#token=${token}`);
  await page.getByRole("heading", { name: "Council" }).waitFor();
  await page.getByText("I would <b>wait</b>.", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Answer" }).waitFor();
  await page.getByRole("textbox", { name: "Say something to them" }).fill("Think of the costs.");
  await page.getByRole("button", { name: "Say it" }).click();
  await page.getByText("from outside: Think of the costs.").waitFor();
  expect(await findAccessibilityFaults(page)).toEqual([]);
  await page.getByRole("button", { name: "Stop the council" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop the council" }).click();
  await page.getByText("They have ended: round 1 of 2").waitFor();
  const { messages } = await client.call(routes.getCouncil, { params: { run: id } });
  expect(messages.map(({ kind }) => kind)).toEqual(["message", "stop"]);
});
