import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { routes } from "../routes.ts";
import { parseRates, rates } from "./rates.ts";
import { rateOf } from "./route-rates.ts";

const theInternet = { isOwnMachine: false };

it("a server that can be reached has the table's rates, one's own machine a thousandfold", () => {
  expect(parseRates("", theInternet)).toMatchObject({ run_start: { requests: 10, seconds: 60 } });
  expect(parseRates("", { isOwnMachine: true })).toMatchObject({ run_start: { requests: 10_000 } });
  expect(parseRates("generous", theInternet)).toMatchObject({ run_start: { requests: 10_000 } });
});

it("a setting changes what it names", () => {
  const table = parseRates("run_start=100, webhook=600/10", theInternet);
  expect(table.run_start).toEqual({ requests: 100, seconds: 60 });
  expect(table.webhook).toEqual({ requests: 600, seconds: 10 });
  expect(table.default).toEqual({ requests: rates.default.requests, seconds: 60 });
  expect(parseRates("generous,run_start=2", theInternet).run_start).toEqual({ requests: 2, seconds: 60 });
});

it.each(["run_start", "run_start=0", "runs=5", "run_start=5/0", "run_start=-1", "toString=5"])(
  "refuses %s, and says what there is",
  (text) => {
    expect(() => parseRates(text, theInternet)).toThrow("run_start");
  },
);

it("each route meets the rate that Floom gave its like, and each that does not look like one the usual", () => {
  verifies("access:rates:by-table");
  const named = Object.fromEntries(Object.values(routes).map((route) => [route.id, rateOf(route)]));
  expect(named).toMatchObject({
    startRun: "run_start",
    replayRun: "run_start",
    createWorker: "create",
    subscribeToEvents: "create",
    createWorkerFromBundle: "heavy",
    getMe: "who_am_i",
    postRunJournal: "runner",
    setRunStoreValue: "run_store",
    listRunStore: "run_store",
    setStoreValue: "default",
    listRuns: "default",
    setSecret: "default",
  });
  const of = (method: "GET" | "POST", path: string) => rateOf({ method, path, access: "public" });
  for (const path of ["/api/auth/login", "/api/auth/setup", "/api/auth/magic-link", "/api/cli-auth/devices"])
    expect([path, of("POST", path)]).toEqual([path, "sign_in"]);
  expect(of("POST", "/api/auth/tokens")).toBe("tokens");
  expect(of("POST", "/api/workspace/invitations")).toBe("invite");
  expect(of("GET", "/api/workspace/export")).toBe("export");
});
