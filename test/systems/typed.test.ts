import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deployedSchema } from "#contract/deploys/deploy";
import type { Deployed } from "#contract/deploys/deploy";
import { problemSchema } from "#contract/problem";
import { runDetailSchema } from "#contract/runs/run";
import { uploadSchema } from "#contract/workers/worker";
import { startFloom } from "../support/floom-instance.ts";
import type { FloomInstance } from "../support/floom-instance.ts";
import { verifies } from "../verifies.ts";

// Typed Python as a person deploys it: the CLI's own process and plain requests against a whole Floom.

const program = resolve(import.meta.dirname, "..", "..", "cli", "bin", "floom.mjs");

const code = `"""Small tools."""
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal
import floom


@dataclass
class Line:
    name: str
    price: Decimal
    amount: int = 1


@dataclass
class Bill:
    total: Decimal
    lines: int
    currency: str


def bill(lines: list[Line], currency: Literal["EUR", "USD"] = "EUR") -> Bill:
    """Adds up a bill."""
    return Bill(sum((line.price * line.amount for line in lines), Decimal(0)), len(lines), currency)


async def due(day: date, wait: timedelta = timedelta(days=14)) -> date:
    return day + wait


@dataclass
class Page:
    text: floom.File
    title: str = "untitled"


def count(pages: list[Page]) -> dict[str, int]:
    return {page.title: len(open(page.text.path).read()) for page in pages}
`;

let floom: FloomInstance;
let dir: string;
let deployed: Deployed;

beforeAll(async () => {
  floom = await startFloom({ seed: false });
  dir = mkdtempSync(join(tmpdir(), "floom-typed-e2e-"));
});
afterAll(async () => {
  await floom.stop();
  rmSync(dir, { recursive: true });
});

function call(...argv: string[]): { status: number | null; stdout: string; stderr: string } {
  const { FLOOM_API_URL: _url, FLOOM_TOKEN: _token, ...others } = process.env;
  const env = { ...others, FLOOM_HOME: floom.home, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync("node", [program, ...argv], {
    cwd: dir,
    env,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const send = (url: string, init: RequestInit) =>
  fetch(url, { ...init, headers: { ...init.headers, authorization: `Bearer ${floom.token}` } });

async function post(action: string, inputs: object): Promise<Response> {
  const found = deployed.actions.find(({ name }) => name === action);
  return send(`${found?.api}?wait=60`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ inputs }),
  });
}

const runOf = async (answer: Response) => runDetailSchema.parse(await answer.json());

it("one command with a file answers a page, and an endpoint, a tool and a form for each function", () => {
  verifies("typing:deploy:one-call");
  writeFileSync(join(dir, "app.py"), code);
  const { status, stdout } = call("deploy", "app.py", "--name", "small-tools", "--json");
  expect(status).toBe(0);
  deployed = deployedSchema.parse(JSON.parse(stdout));
  expect(deployed).toMatchObject({
    worker: "small-tools",
    tools: ["small-tools__bill", "small-tools__due", "small-tools__count"],
    missing_secrets: [],
    actions: [{ name: "bill" }, { name: "due" }, { name: "count" }],
  });
  expect(call("deploy", "app.py", "--name", "small-tools").stdout).toContain("unchanged: version 1");
});

it("each function is run with what its hints say, and what it returns are the outputs", async () => {
  verifies("typing:actions:judged-by-schema");
  const lines = [
    { name: "tea", price: "2.10", amount: 3 },
    { name: "cake", price: "3.70" },
  ];
  expect(await runOf(await post("bill", { lines }))).toMatchObject({
    status: "completed",
    action: "bill",
    outputs: { total: "10.00", lines: 2, currency: "EUR" },
  });
  expect(await runOf(await post("due", { day: "2026-02-20" }))).toMatchObject({
    status: "completed",
    outputs: { result: "2026-03-06" },
  });
});

it("a file is handed to the function wherever in its inputs it lies", async () => {
  verifies("typing:actions:judged-by-schema");
  const body = new FormData();
  body.append("file", new Blob(["four"], { type: "text/plain" }), "notes.txt");
  const { id } = uploadSchema.parse(
    await (await send(`${new URL(deployed.api).origin}/api/uploads`, { method: "POST", body })).json(),
  );
  const run = await runOf(await post("count", { pages: [{ text: id, title: "one" }, { text: id }] }));
  expect(run).toMatchObject({ status: "completed", outputs: { one: 4, untitled: 4 } });
});

it("the command line runs an action, and uploads what it takes as a file", () => {
  const { stdout } = call(
    "run",
    "small-tools",
    "-a",
    "due",
    "-i",
    "day=2026-02-01",
    "-i",
    "wait=P1D",
    "--json",
  );
  expect(JSON.parse(stdout)).toMatchObject({ status: "completed", outputs: { result: "2026-02-02" } });
});

it("inputs that do not fit are refused at their fields, and nothing runs", async () => {
  verifies("typing:actions:judged-by-schema");
  const answer = await post("bill", { lines: [{ name: "tea", price: "much" }], currency: "GBP" });
  expect(answer.status).toBe(422);
  const { errors = [] } = problemSchema.parse(await answer.json());
  expect(errors.map(({ pointer }) => pointer)).toEqual(["/inputs/lines/0/price", "/inputs/currency"]);
});

it("what cannot be a form is shown with its line and what to write instead, and the old version stays", () => {
  verifies("typing:refusal:line-and-suggestion");
  writeFileSync(join(dir, "app.py"), `${code}\n\ndef send(*names: str) -> None: ...\n`);
  const { status, stderr } = call("deploy", "app.py", "--name", "small-tools");
  expect(status).toBe(2);
  expect(stderr).toMatch(/app\.py:\d+:\d+ error open_parameters/);
  expect(stderr).toContain("def send(*names: str) -> None: ...");
  expect(stderr).toContain("fix Write names: list[str] instead.");
  expect(call("workers", "versions", "small-tools", "--json").stdout).not.toContain('"number": 2');
});
