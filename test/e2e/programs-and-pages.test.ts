import { expect, inject, test } from "vitest";
import { problemSchema } from "#contract/problem";
import { verifies } from "../verifies.ts";

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Response> {
  return fetch(new URL(path, inject("floom").url), { method, headers });
}

test("a browser is given the application at every address of a page, and its files as they are", async () => {
  for (const path of ["/", "/workers", "/runs", "/nothing/like/that"]) {
    const page = await ask(path, { accept: BROWSER });
    expect([path, page.status, page.headers.get("content-type")]).toEqual([
      path,
      200,
      "text/html; charset=utf-8",
    ]);
    expect(page.headers.get("x-frame-options")).toBe("DENY");
    expect(await page.text()).toContain('<div id="root">');
  }
  const script =
    /src="(\/assets\/[^"]+\.js)"/.exec(await (await ask("/", { accept: BROWSER })).text())?.[1] ?? "";
  const file = await ask(script);
  expect([file.status, file.headers.get("content-type")]).toEqual([200, "text/javascript; charset=utf-8"]);
  expect(file.headers.get("cache-control")).toContain("immutable");
});

test("a program with a shared secret and no /api is answered data, and never a page", async () => {
  verifies("compat:program-gets-no-page");
  const { token } = inject("floom");
  const secret = { "x-floom-secret": token };
  for (const path of [
    "/workers",
    "/runs",
    "/approvals",
    "/secrets",
    "/contexts",
    "/connections",
    "/system/alerts",
  ])
    expect([path, Array.isArray(await (await ask(path, secret)).json())]).toEqual([path, true]);
  expect(await (await ask("/health")).json()).toMatchObject({ status: "ok" });
  const refused: [path: string, status: number, method?: string][] = [
    ["/", 404],
    ["/nothing", 404],
    ["/integrations/catalog", 501],
    ["/", 404, "POST"],
    ["/assets/nothing.js", 404],
    ["/workers/hello-worker/runs", 405],
    ["/runs", 405, "DELETE"],
  ];
  for (const [path, status, method = "GET"] of refused) {
    const answer = await ask(path, { ...secret, accept: "*/*" }, method);
    expect([method, path, problemSchema.parse(await answer.json()).status]).toEqual([method, path, status]);
  }
  expect((await ask("/workers")).status).toBe(401);
});
