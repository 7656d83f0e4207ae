import type { Browser, BrowserContext, Frame, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { buildCard } from "../../worker/mcp/cards/build-card.ts";
import { findAccessibilityFaults, launchBrowser, openContext } from "./open-page.ts";
import { press } from "./watch-page.ts";

// A card inside a host that does no more than the protocol asks of one: a frame that may run scripts, and messages.

const ORIGIN = "https://floom.test";
const EVIL = `</script><script>parent.postMessage("broken out","*")</script><img src=x onerror='parent.postMessage("broken out","*")'>`;

const asked = {
  id: "apr_1",
  label: "Send the mail",
  worker: "Outbound",
  preview: "Hello Ada",
  preview_payload: null,
  outputs: { to: "ada@example.com", text: EVIL },
  files: [],
  expires_at: "2030-01-01T00:00:00.000Z",
  decide_at: `${ORIGIN}/runs/run_1`,
  may_decide: true,
};

let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  context = await openContext(browser);
  page = await context.newPage();
});
afterEach(() => context.close());

interface Call {
  method: string;
  params: { name?: string; arguments?: Record<string, unknown>; url?: string };
}

/** Shows a card with what a call gave; answers whatever the card asks of its host with `answer`. */
async function show(html: string, of: { input?: object; result: object; answer?: object }): Promise<Frame> {
  await page.route("**/*", (route) => route.abort());
  await page.setContent("<!doctype html><title>Host</title><main><h1>Host</h1></main>");
  await page.evaluate(
    ({ card, input, result, answer }) => {
      const frame = document.createElement("iframe");
      frame.setAttribute("sandbox", "allow-scripts");
      frame.title = "Card";
      frame.style.cssText = "width: 600px; height: 800px; border: 0";
      const calls: unknown[] = [];
      const welcome = {
        protocolVersion: "2026-01-26",
        hostCapabilities: { serverTools: {}, openLinks: {} },
        hostInfo: { name: "a-host", version: "1" },
        hostContext: { theme: "light" },
      };
      Object.assign(globalThis, { calls });
      const send = (message: object) => frame.contentWindow?.postMessage({ jsonrpc: "2.0", ...message }, "*");
      addEventListener("message", ({ source, data }) => {
        if (source !== frame.contentWindow) return;
        if (data === "broken out") calls.push({ method: data });
        else if (data.method === "ui/initialize") send({ id: data.id, result: welcome });
        else if (data.method === "ui/notifications/initialized") {
          send({ method: "ui/notifications/tool-input", params: { arguments: input } });
          send({ method: "ui/notifications/tool-result", params: result });
        } else if (data.id !== undefined) {
          calls.push({ method: data.method, params: data.params });
          send({ id: data.id, result: data.method === "tools/call" ? answer : {} });
        }
      });
      frame.srcdoc = card;
      document.body.append(frame);
    },
    { card: html, input: of.input ?? {}, result: of.result, answer: of.answer ?? {} },
  );
  await page.frameLocator("iframe").locator("h1", { hasNotText: "Floom" }).waitFor();
  const frame = page.frames()[1];
  if (frame === undefined) throw new Error("no card");
  return frame;
}

const calls = () => page.evaluate(() => (globalThis as unknown as { calls: Call[] }).calls);
const approvalCard = buildCard({ title: "Run", origin: ORIGIN });
const withApproval = (change: object = {}) => ({
  content: [],
  _meta: { "floom/approval": { ...asked, ...change } },
});

test("a card shows exactly what is asked, takes an edit, and hands the decision to the tool", async () => {
  const frame = await show(approvalCard, {
    result: withApproval(),
    answer: { structuredContent: { status: "approved", run_id: "run_2" }, content: [] },
  });
  expect(await findAccessibilityFaults(frame)).toEqual([]);
  expect(await frame.locator("pre").last().textContent()).toBe(JSON.stringify(asked.outputs, null, 1));
  await press(frame.getByRole("button", { name: "Edit" }), "Enter");
  await frame.locator("#edit").fill('{"to": "bob@example.com"}');
  await frame.locator("#reason").fill("to Bob instead");
  await frame.getByRole("button", { name: "Approve" }).click();
  await frame.getByText("Decided: approved.").waitFor();
  await expect.poll(async () => (await calls()).length).toBe(2);
  const [decided, told] = await calls();
  expect(decided).toEqual({
    method: "tools/call",
    params: {
      name: "approval_decide",
      arguments: {
        approval: "apr_1",
        decision: "approve",
        reason: "to Bob instead",
        edited_output: { to: "bob@example.com" },
      },
    },
  });
  expect(told?.method).toBe("ui/update-model-context");
  expect(await frame.getByRole("button", { name: "Approve" }).isDisabled()).toBe(true);
});

test("where people alone decide, a card only leads to the page, and to no address that is not this server's", async () => {
  const frame = await show(approvalCard, { result: withApproval({ may_decide: false }) });
  expect(await frame.getByRole("button", { name: "Approve" }).count()).toBe(0);
  await frame.getByRole("button", { name: "Open the page to decide" }).click();
  await expect.poll(calls).toEqual([{ method: "ui/open-link", params: { url: asked.decide_at } }]);
  const astray = await show(approvalCard, {
    result: withApproval({ may_decide: false, decide_at: "https://floom.test.evil.example/" }),
  });
  expect(await astray.getByRole("button").count()).toBe(0);
});

test("a worker's card shows its outputs and its form, says what is wrong where it is wrong, and calls the tool", async () => {
  const schema = {
    type: "object",
    properties: {
      name: { type: "string", title: "Name", description: EVIL },
      count: { type: "integer", default: 2 },
      loud: { type: "boolean" },
      tone: { enum: ["kind", "plain"] },
    },
    required: ["name"],
  };
  const card = buildCard({ title: EVIL, origin: ORIGIN, form: { tool: "greet", schema } });
  const outputs = { rows: [{ a: EVIL, b: 1 }], text: EVIL, [EVIL]: "x" };
  const frame = await show(card, {
    input: { name: "Ada" },
    result: {
      structuredContent: {
        status: "completed",
        outputs,
        url: `${ORIGIN}/runs/run_1`,
        files: [{ name: "chart.png", url: "javascript:alert(1)" }],
      },
      content: [],
    },
    answer: {
      isError: true,
      content: [],
      structuredContent: {
        code: "invalid_arguments",
        detail: "No.",
        errors: [{ pointer: "/name", detail: "is too short" }],
      },
    },
  });
  expect(await findAccessibilityFaults(frame)).toEqual([]);
  expect(await frame.locator("td").first().textContent()).toBe(EVIL);
  expect(await frame.locator("img, a").count()).toBe(0);
  expect(await frame.getByRole("button", { name: "chart.png" }).count()).toBe(0);
  expect(await frame.getByLabel("Name *").inputValue()).toBe("Ada");
  await frame.getByLabel("loud").check();
  await frame.getByRole("button", { name: "Run", exact: true }).click();
  await frame.getByText("is too short").waitFor();
  expect(await calls()).toEqual([
    {
      method: "tools/call",
      params: { name: "greet", arguments: { name: "Ada", count: 2, loud: true, tone: "kind" } },
    },
  ]);
});
