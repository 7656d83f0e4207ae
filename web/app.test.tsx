import { QueryClientProvider } from "@tanstack/react-query";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { Router } from "wouter";
import { ApiContext } from "./api/api-context.ts";
import { createQueries, refreshAfter } from "./api/queries.ts";
import { Page } from "./shell/page-switch.tsx";

const api = {
  call: () => new Promise<never>(() => undefined),
  open: () => new Promise<never>(() => undefined),
};

function show(path: string): string {
  return renderToStaticMarkup(
    <QueryClientProvider client={createQueries()}>
      <ApiContext value={api}>
        <Router ssrPath={path}>
          <Page />
        </Router>
      </ApiContext>
    </QueryClientProvider>,
  );
}

test.each([
  ["/", "Loading the overview"],
  ["/workers", "Loading the workers"],
  ["/workers/hello-worker", "Loading the worker"],
  ["/workers/hello-worker/", "Loading the worker"],
  ["/workers/hello-worker/versions", "Loading the worker"],
  ["/runs", "Loading the runs"],
  ["/runs/run_01j", "Loading the run"],
  ["/runs/%E0%A4%A", "Loading the run"],
  ["/inbox/trg_01j", "Loading the webhooks"],
  ["/cli-auth", "Loading what is asked"],
  ["/runs/a/b", "There is no such page"],
  ["/elsewhere/x", "There is no such page"],
])("the address %s is understood", (path, shown) => {
  expect(show(path)).toContain(shown);
});

test("a page asks again by itself as long as its last answer says, and not after a failure", () => {
  const often = () => 3000;
  expect(refreshAfter({ data: 1, status: "success" }, often)).toBe(3000);
  expect(refreshAfter({ data: 1, status: "error" }, often)).toBe(false);
  expect(refreshAfter({ data: undefined, status: "pending" }, often)).toBe(false);
});
