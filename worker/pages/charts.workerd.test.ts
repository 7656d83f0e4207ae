import { exports } from "cloudflare:workers";
import { expect, it } from "vitest";
import { createdShareSchema } from "#contract/shares/share";
import { runDetailSchema } from "#contract/runs/run";
import { callApi, runTokenOf, seedWorker } from "../../test/support/workerd/api-harness.ts";
import { resultEntry } from "../../test/support/workerd/engine-harness.ts";
import { toJournal } from "../../test/support/workerd/fake-driver.ts";
import { verifies } from "../../test/verifies.ts";

const chart = {
  $schema: "https://vega.github.io/schema/vega-lite/v6.json",
  title: "Sold each day",
  mark: "bar",
  data: {
    values: [
      { day: "Mo", sold: 3 },
      { day: "Tu", sold: 5 },
    ],
  },
  encoding: { x: { field: "day", type: "nominal" }, y: { field: "sold", type: "quantitative" } },
};
const outputs = {
  sales: chart,
  other: { ...chart, data: { url: "https://evil.example/rows.json" } },
  secret: "x",
};

const get = (path: string, headers: Record<string, string> = {}) =>
  exports.default.fetch(
    new Request(`http://floom.test${path}`, { headers: { accept: "text/html", ...headers } }),
  );

/** A run that has put the charts out, and a link to its result. */
async function seedCharts(): Promise<{ id: string; shared: string }> {
  await seedWorker("charts");
  const started = await callApi("POST", "/api/workers/charts/runs", { json: {} });
  const { id } = runDetailSchema.parse(await started.json());
  const read = async () => runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());
  await expect.poll(async () => (await read()).attempt).toBe(1);
  const posted = await callApi("POST", `/api/runs/${id}/runner/journal?attempt=1&offset=0`, {
    token: await runTokenOf(id),
    headers: { "content-type": "application/x-ndjson" },
    body: toJournal([resultEntry({ outputs })]) as BodyInit,
  });
  expect(posted.status).toBe(200);
  await expect.poll(async () => (await read()).status).toBe("completed");
  const answer = await callApi("POST", `/api/runs/${id}/shares`, { json: {} });
  return { id, shared: `/s/${createdShareSchema.parse(await answer.json()).token}` };
}

it("a page without scripts shows a chart as a picture that the edge draws, with its rows; what is not drawn is said", async () => {
  verifies("typing:outputs:chart-drawn", "typing:outputs:chart-hostile");
  const { id, shared } = await seedCharts();
  const page = await (await get(shared)).text();
  expect(page).toMatch(/<img[^>]*alt="Chart: Sold each day\. Its rows are in the table below\."/);
  expect(page).toContain("<td>Tu</td>");
  expect(page).toContain("data.url is not drawn");
  const pictures = [...page.matchAll(/(?:src|srcset)="([^"]*\/chart\?[^"]*)"/g)].map(([, at = ""]) =>
    at.replaceAll("&amp;", "&"),
  );
  expect(pictures).toHaveLength(4);
  for (const picture of pictures) {
    const answer = await get(picture);
    expect([picture, answer.status, answer.headers.get("content-type")]).toEqual([
      picture,
      200,
      "image/svg+xml; charset=utf-8",
    ]);
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(await answer.text()).toMatch(/^<svg .*Sold each day/);
  }
  for (const at of ["/secret", "/none", "", "/sales/data"])
    expect((await get(`${shared}/chart?at=${at}`)).status).toBe(404);
  expect((await get(`${shared}/chart?at=/other`)).status).toBe(422);

  const asked = await callApi("GET", `/api/runs/${id}/chart?at=/sales&look=dark`);
  expect([asked.status, await asked.text()]).toEqual([200, expect.stringContaining("#9db8ff")]);
  expect((await callApi("GET", `/api/runs/${id}/chart?at=/other`)).status).toBe(422);
  expect((await callApi("GET", `/api/runs/${id}/chart?at=/none`)).status).toBe(404);
});
