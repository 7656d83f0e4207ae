import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { routes } from "#contract/routes";
import type { LearningSummary } from "#contract/memory/memory";
import { learningIdSchema, runIdSchema, userIdSchema, workerNameSchema } from "#contract/ids";
import { verifies } from "../verifies.ts";
import { findFaultsOfLooks } from "./open-page.ts";
import { press } from "./watch-page.ts";
import { useApp } from "./use-app.ts";

let page: Page;
const { api, open, said } = useApp((at) => {
  ({ page } = at);
});

const findFaults = () => findFaultsOfLooks(page);

const dialog = () => page.getByRole("dialog");

test("a session is begun, written in, ended and deleted by keyboard alone", async () => {
  verifies("web:sessions:begun-noted-ended");
  await open("/sessions");
  await press(page.getByRole("button", { name: "Begin a session" }), "Enter");
  await dialog().getByRole("textbox", { name: "What it is about" }).fill("Mend the digest");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Mend the digest", level: 1 }).waitFor();
  const session = new URL(page.url()).pathname.split("/").at(-1) ?? "";
  await press(page.getByRole("button", { name: "Write something down" }), "Enter");
  await dialog().getByRole("textbox", { name: "Note" }).fill("The import is slow.");
  await press(dialog().getByRole("button", { name: "Add it" }), "Enter");
  await said("It is written down.");
  await page.getByText("The import is slow.").waitFor();
  const { runs } = await api.call(routes.listRuns, { query: { limit: 1 } });
  const run =
    runs[0] ??
    (await api.call(routes.startRun, {
      params: { worker: "hello-worker" },
      json: { inputs: { name: "you" } },
    }));
  await api.call(routes.addWorkSessionRun, { params: { session, run: run.id } });
  await open(`/sessions/${session}`);
  await page.getByRole("table", { name: "Runs of the session, newest first" }).waitFor();
  expect(await findFaults()).toEqual([]);
  await press(page.getByRole("button", { name: "End it" }), "Enter");
  await dialog().getByRole("textbox", { name: "What came out of it" }).fill("It is fast now.");
  await press(dialog().getByRole("button", { name: "End it" }), "Enter");
  await said("Mend the digest has ended.");
  await page.getByText("It is fast now.").waitFor();
  expect(await page.getByRole("button", { name: "Write something down" }).count()).toBe(0);
  await open("/sessions");
  expect(await findFaults()).toEqual([]);
  await press(page.getByRole("link", { name: "Mend the digest" }), "Enter");
  await press(page.getByRole("button", { name: "Delete", exact: true }), "Enter");
  await press(dialog().getByRole("button", { name: "Delete" }), "Enter");
  await said("Mend the digest is deleted.");
  await expect.poll(() => new URL(page.url()).pathname).toBe("/sessions");
});

test("workers are put into a folder together and found there, and a list of workers is saved", async () => {
  verifies("registry:folders:made-by-people", "web:runs:saved-views");
  await open("/workers");
  await press(page.getByRole("button", { name: "Put into a folder …" }), "Enter");
  for (const id of ["hello-worker", "word-count"]) {
    const { name } = await api.call(routes.getWorker, { params: { worker: id } });
    await press(
      dialog()
        .getByRole("checkbox", { name: new RegExp(`^${name}`) })
        .first(),
      "Space",
    );
  }
  await dialog().getByRole("combobox", { name: "Folder" }).fill("Odds and ends");
  expect(await findFaults()).toEqual([]);
  await press(dialog().getByRole("button", { name: "Move 2 workers" }), "Enter");
  await said("2 workers moved.");
  await press(page.getByRole("link", { name: "Odds and ends 2" }), "Enter");
  await expect.poll(() => page.locator(".worker-card").count()).toBe(2);
  await press(page.getByRole("button", { name: "Save this view …" }), "Enter");
  await dialog().getByRole("textbox", { name: "Name" }).fill("Mine");
  await page.keyboard.press("Enter");
  await said("Mine is saved.");
  await open("/workers");
  await press(page.getByRole("link", { name: "Mine" }), "Enter");
  await expect.poll(() => page.locator(".worker-card").count()).toBe(2);
  expect(await findFaults()).toEqual([]);
  await press(page.getByRole("button", { name: "Forget this view" }), "Enter");
  await said("Mine is forgotten.");
  for (const worker of ["hello-worker", "word-count"])
    await api.call(routes.setWorkerFolder, { params: { worker }, json: { folder: null } });
});

test("a template of sandboxes is made, refused with its reason, changed and deleted", async () => {
  verifies("web:settings:templates-and-imports");
  await open("/settings");
  await press(page.getByRole("button", { name: "New template" }), "Enter");
  await dialog().getByRole("textbox", { name: "Name" }).fill("numbers");
  const text = dialog().getByRole("textbox", { name: "template.yml" });
  await text.fill("nonsense: [1]");
  await press(dialog().getByRole("button", { name: "Save it" }), "Enter");
  await dialog().getByRole("alert").waitFor();
  await text.fill("pip: [pandas==2.3.3]\nmemory_mb: 1024");
  await press(dialog().getByRole("button", { name: "Save it" }), "Enter");
  await said("numbers is saved.");
  await press(page.getByRole("button", { name: "Change the template numbers" }), "Enter");
  await expect.poll(() => text.inputValue()).toBe('pip: ["pandas==2.3.3"]\nmemory_mb: 1024\n');
  expect(await findFaults()).toEqual([]);
  await press(dialog().getByRole("button", { name: "Save it" }), "Enter");
  await said("numbers is saved.");
  await press(page.getByRole("button", { name: "Delete the template numbers" }), "Enter");
  await press(dialog().getByRole("button", { name: "Delete" }), "Enter");
  await said("numbers is deleted.");
});

test("an archive is looked through first, and told thing by thing; what is no archive is refused", async () => {
  verifies("web:settings:templates-and-imports");
  await open("/settings");
  await press(page.getByRole("button", { name: "Import …" }), "Enter");
  const field = dialog().getByLabel("Archive");
  await field.setInputFiles({ name: "no.zip", mimeType: "application/zip", buffer: Buffer.from("no zip") });
  await press(dialog().getByRole("button", { name: "Import", exact: true }), "Enter");
  await dialog().getByRole("alert").waitFor();
  const answer = await api.open(routes.exportWorkspace, { query: { runs: "false" } });
  const buffer = Buffer.from(await answer.arrayBuffer());
  await field.setInputFiles({ name: "workspace.zip", mimeType: "application/zip", buffer });
  await press(dialog().getByRole("checkbox", { name: "Only say what would become of each thing" }), "Space");
  await press(dialog().getByRole("button", { name: "Import", exact: true }), "Enter");
  await dialog().getByRole("table", { name: "What became of each thing" }).waitFor();
  await dialog().getByRole("cell", { name: "worker hello-worker" }).waitFor();
  expect(await findFaults()).toEqual([]);
});

test("how much a member may spend is shown and set", async () => {
  verifies("web:members:caps");
  const member = {
    user_id: userIdSchema.parse(`usr_${"0".repeat(26)}`),
    email: "ada@example.com",
    name: null,
    role: "editor",
    joined_at: "2026-01-01T00:00:00.000Z",
  };
  const sent: unknown[] = [];
  await page.route("**/api/workspace/members", (route) => route.fulfill({ json: [member] }));
  await page.route("**/api/admin/users/*/spend-caps", (route) => {
    const caps = { daily_spend_cap_usd: 5, monthly_spend_cap_usd: null };
    if (route.request().method() !== "PUT") return route.fulfill({ json: caps });
    sent.push(route.request().postDataJSON());
    return route.fulfill({ json: caps });
  });
  await open("/members");
  await press(page.getByRole("button", { name: "Say how much ada@example.com may spend" }), "Enter");
  const daily = dialog().getByRole("spinbutton", { name: "Dollars a day" });
  await expect.poll(() => daily.inputValue()).toBe("5");
  expect(await findFaults()).toEqual([]);
  await daily.fill("");
  await dialog().getByRole("spinbutton", { name: "Dollars a month" }).fill("12.5");
  await press(dialog().getByRole("button", { name: "Save" }), "Enter");
  await said("What ada@example.com may spend is saved.");
  expect(sent).toEqual([{ daily_spend_cap_usd: null, monthly_spend_cap_usd: 12.5 }]);
});

test("what an agent has learned waits with its reason, and is kept or dropped on its page", async () => {
  verifies("web:memory:rules-and-learnings");
  const worker = "research-brief";
  let state: LearningSummary["state"] = "proposed";
  const learning = (): LearningSummary => ({
    id: learningIdSchema.parse(`lrn_${"0".repeat(26)}`),
    worker_id: workerNameSchema.parse(worker),
    run_id: runIdSchema.parse(`run_${"0".repeat(26)}`),
    learning: "Dates come first.",
    source: "a mail",
    state,
    why_waiting: state === "proposed" ? "The run had read what comes from outside." : null,
    created_at: "2026-01-01T00:00:00.000Z",
    decided_by: null,
    decided_at: null,
  });
  await page.route(`**/api/workers/${worker}/learnings?*`, (route) =>
    route.fulfill({ json: { learnings: state === "dropped" ? [] : [learning()], next_cursor: null } }),
  );
  await page.route(`**/api/workers/${worker}/learnings`, (route) =>
    route.fulfill({ json: { learnings: state === "dropped" ? [] : [learning()], next_cursor: null } }),
  );
  await page.route(`**/api/workers/${worker}/learnings/*/review`, (route) => {
    const { verdict } = route.request().postDataJSON() as { verdict: "keep" | "drop" };
    state = verdict === "keep" ? "kept" : "dropped";
    return route.fulfill({ json: learning() });
  });
  await open(`/workers/${worker}/memory`);
  await page.getByText("The run had read what comes from outside.").waitFor();
  expect(await findFaults()).toEqual([]);
  await press(page.getByRole("button", { name: "Keep: Dates come first." }), "Enter");
  await said("Runs are told of it from now on.");
  await page.getByRole("cell", { name: "Yes" }).waitFor();
  await press(page.getByRole("button", { name: "Drop: Dates come first." }), "Enter");
  await press(dialog().getByRole("button", { name: "Drop" }), "Enter");
  await said("It is dropped.");
  await page.getByText("Dates come first.").waitFor({ state: "detached" });
});

test("a query worker is asked on its page, and what it answers stands below as bars and as a table", async () => {
  verifies("web:queries:explored");
  const { id } = await api.call(routes.getWorker, { params: { worker: "sales-data" } });
  const actions = await api.call(routes.listActions, { params: { worker: id } });
  const action = actions.find(({ name }) => name.includes("best"))?.name ?? "";
  await open(`/workers/${id}/explore?action=${action}`);
  await press(page.getByRole("radio", { name: "DE" }), "Space");
  await press(page.getByRole("button", { name: "Run", exact: true }), "Enter");
  await page.getByRole("figure", { name: /by product/ }).waitFor();
  await page.getByRole("combobox", { name: "Draw" }).selectOption("revenue");
  await page.getByRole("figure", { name: /^revenue by product: / }).waitFor();
  await page.getByRole("columnheader", { name: "revenue" }).first().waitFor();
  expect(new URL(page.url()).pathname).toBe(`/workers/${id}/explore`);
  expect(await findFaults()).toEqual([]);
});
