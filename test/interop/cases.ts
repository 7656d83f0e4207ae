import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "#contract/client";
import type { Client } from "#contract/client";
import { routes } from "#contract/routes";
import type { CallOutcome, InteropClient, InteropKind, InteropPlace } from "./interop-client.ts";

/** The worker that the clients call, and its tool. */
const WORKER = "interop-wait";
const code = `import time

def wait(seconds: int = 1) -> str:
    """Waits so many seconds."""
    time.sleep(seconds)
    return f"waited {seconds}"
`;
/** Another, which asks a person before it acts, and leaves the answer to the client. */
const ASKING = "interop-ask";
const asking = [
  {
    path: "worker.yml",
    content: `schema_version: "0.3"
name: ${ASKING}
title: Asks first
version: "1.0.0"
exec:
  entry: run.py
  command: python run.py
approvals: { required: true, label: Send it, decide_in_client: true }
`,
  },
  {
    path: "run.py",
    content: `import json
inputs = json.load(open("inputs.json"))
json.dump({"status": "success", "outputs": {"phase": inputs["decision"]}}, open("result.json", "w"))
`,
  },
];
/** Longer than a client is ever left without a word, and than a call becomes a task for one that takes tasks. */
const LONG_SECONDS = 6;
/** Nobody waits for this. */
const GIVEN_UP_SECONDS = 600;
const LOOK_MS = 100;
const MOST_LOOKS = 300;

/** A Floom to try, with the worker on it. */
export interface Stage extends InteropPlace {
  api: Client<Response>;
}

/** Puts the worker on a server at this origin. */
export async function openStage(origin: string, token: string): Promise<Stage> {
  const api = createClient<Response>({ origin, token, fetch: (to, init) => fetch(to, init) });
  await api.call(routes.deploy, { json: { code, name: WORKER } });
  await api.call(routes.deploy, { json: { files: asking } });
  return { url: `${origin}/mcp`, token, api };
}

/** Throws what is wrong with an answer. */
function requireThat(isSo: boolean, said: unknown): void {
  if (!isSo) throw new Error(`It was told ${JSON.stringify(said)?.slice(0, 300)}.`);
}

const requireText = ({ text, isError }: CallOutcome, words: string) =>
  requireThat(!isError && text.includes(words), { text, isError });

async function giveUp(client: InteropClient, { api }: Stage): Promise<void> {
  const newest = async () =>
    (await api.call(routes.listRuns, { query: { worker_id: WORKER, limit: 1 } })).runs[0];
  const before = (await newest())?.id;
  const stop = new AbortController();
  const calling = client.call(WORKER, { seconds: GIVEN_UP_SECONDS }, stop.signal).then(
    () => "answered",
    () => "given up",
  );
  const isRunning = async () => {
    const run = await newest();
    return run !== undefined && run.id !== before && run.status === "running" ? run.id : null;
  };
  const id = await lookFor(isRunning, "its run");
  stop.abort();
  requireThat((await calling) === "given up", "an answer");
  const isOver = async () =>
    (await api.call(routes.getRun, { params: { run: id } })).status === "cancelled" || null;
  await lookFor(isOver, "the end of its run");
}

async function lookFor<T>(look: () => Promise<T | null>, what: string): Promise<T> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const found = await look();
    if (found !== null) return found;
    await sleep(LOOK_MS);
  }
  throw new Error(`There was no sign of ${what}.`);
}

type Case = (client: InteropClient, stage: Stage, kind: InteropKind) => Promise<void>;

const cases = {
  list: async (client) => {
    const names = await client.list();
    requireThat(names.includes("worker_list") && names.includes(WORKER), names);
  },
  call: async (client) => requireText(await client.call("worker_list", {}), WORKER),
  "long call": async (client) =>
    requireText(await client.call(WORKER, { seconds: LONG_SECONDS }), `waited ${LONG_SECONDS}`),
  cancel: giveUp,
  question: async (client, _, { asks }) =>
    requireText(await client.call(ASKING, {}), asks ? '"phase":"approved"' : "approval_required"),
  "bad arguments": async (client) => {
    // A name, since some clients make of a value what the schema says, or nothing.
    const { text, isError } = await client.call("worker_list", { nothing: 1 });
    requireThat(isError && text.includes("nothing"), { text, isError });
  },
} satisfies Record<string, Case>;

const WRONG_TOKEN = "wrong token";
export const caseNames = [...(Object.keys(cases) as (keyof typeof cases)[]), WRONG_TOKEN] as const;
export type CaseName = (typeof caseNames)[number];

/** Plays one case with a client of its own. Throws what went wrong. */
export async function playCase(kind: InteropKind, name: CaseName, stage: Stage): Promise<void> {
  if (name === WRONG_TOKEN) return requireRefused(kind, stage);
  const client = await kind.open(stage);
  try {
    await cases[name](client, stage, kind);
  } finally {
    await client.close();
  }
}

/** Whoever shows a token that is none is let in by nothing, however it finds that out. */
async function requireRefused(kind: InteropKind, { url }: Stage): Promise<void> {
  const list = async () => (await kind.open({ url, token: "of-nobody" })).list();
  const names = await list().catch(() => null);
  requireThat(names === null, names);
}
