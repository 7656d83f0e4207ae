import { describe, expect, it } from "vitest";
import { routes } from "#contract/routes";
import type { TableRoute } from "#contract/routes";
import { isEdgeRequest, passesToEdge } from "./edge-access.ts";
import { parseAbsoluteForm } from "./target.ts";

const all: TableRoute[] = Object.values(routes);
const edge = "http://127.0.0.1:8787";

function judge(line: string): boolean {
  const [method = "", text = ""] = line.split(" ");
  const parsed = parseAbsoluteForm(text);
  return parsed !== undefined && isEdgeRequest(method, parsed.url, edge);
}

describe("isEdgeRequest", () => {
  it("lets every route through that takes a run's token, and none that takes another credential", () => {
    const letThrough = all.filter(({ method, path }) =>
      judge(`${method} ${edge}${path.replaceAll(/\{[a-z_]+\}/g, "x")}`),
    );
    const ofRuns = all.filter(({ access }) => access === "run_token");
    expect(letThrough.filter(({ id }) => id !== "getHealth")).toEqual(ofRuns);
  });

  it.each([
    `POST ${edge}/api/runs/run_1/runner/journal?from=0`,
    `PUT ${edge}/api/runs/run_1/runner/files?path=a%2Fb`,
    `POST ${edge}/api/runs/run_1/calls`,
    `GET ${edge}/api/runs/run_1/calls/run_2`,
    `PUT ${edge}/api/runs/run_1/store/entry?place=worker&key=a%2F..%2Fb`,
    `POST ${edge}/api/runs/run_1/store/increment`,
    `GET ${edge}/api/health`,
    "POST http://2130706433:8787/api/runs/x/runner/journal",
  ])("lets %s through", (line) => {
    expect(judge(line)).toBe(true);
  });

  it.each([
    `GET ${edge}/api/workers`,
    `GET ${edge}/api/store`,
    `PUT ${edge}/api/store/entry?key=a`,
    `GET ${edge}/api/runs/run_1/store/export`,
    `GET ${edge}/api/runs`,
    `GET ${edge}/api/runs/run_1`,
    `GET ${edge}/api/runs/run_1/events`,
    `PUT ${edge}/api/runs/run_1/runner/dependencies/abc`,
    `POST ${edge}/api/runs/run_1/cancel`,
    `DELETE ${edge}/api/runs/run_1/runner/journal`,
    `POST ${edge}/api/health`,
    `POST ${edge}/api/runs/../workers`,
    `POST ${edge}/api/runs/x/calls/../../../workers`,
    `POST ${edge}/api/runs/%2e%2e/calls`,
    `POST ${edge}/api/runs/..%2fworkers/calls`,
    `POST ${edge}/api/runs//x/calls`,
    `POST ${edge}/api/runs/a/b/calls`,
    `GET ${edge}/api/healthy`,
    "POST http://127.0.0.1:8788/api/runs/x/calls",
    "POST http://localhost:8787/api/runs/x/calls",
    "POST https://127.0.0.1:8787/api/runs/x/calls",
    "POST http://user@127.0.0.1:8787/api/runs/x/calls",
    "POST /api/runs/x/calls",
  ])("keeps %s out", (line) => {
    expect(judge(line)).toBe(false);
  });
});

it("lets no header to the edge by which anything before it is steered", () => {
  const steering = [
    "mf-original-url",
    "cf-connecting-ip",
    "x-forwarded-for",
    "forwarded",
    "x-real-ip",
    "cookie",
  ];
  for (const name of [...steering, "host", "x-http-method-override", "origin"])
    expect(passesToEdge(name), name).toBe(false);

  for (const name of ["authorization", "content-type", "accept"]) expect(passesToEdge(name), name).toBe(true);
});
