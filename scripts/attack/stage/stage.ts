import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "#contract/client";
import type { Client } from "#contract/client";
import { openHome, openSecrets } from "../../local/home.ts";
import { startLocal } from "../../local/start-local.ts";
import type { Need } from "../model/attempt.ts";
import { startCanary } from "./canary.ts";
import type { Canary } from "./canary.ts";
import { hasProcessList } from "./process-list.ts";
import { Yard } from "./yard.ts";

/** What only the suite that started the system knows about it. */
export interface OwnSystem {
  home: string;
  sandboxUrl: string;
  sandboxKey: string;
  edgePid: number;
  sandboxPid: number;
}

/** Everything an area may use. */
export interface Stage {
  url: string;
  token: string;
  client: Client<Response>;
  yard: Yard;
  canary: Canary;
  /** A folder of this suite's own on this machine; gone in the end. */
  folder: string;
  /** A file in it that no sandbox may read. */
  secretFile: string;
  has: ReadonlySet<Need>;
  own: OwnSystem | null;
}

export const SECRET = "attack-secret-on-the-host-7d1e";

export interface StageOptions {
  /** A system that runs already; without it one is started, and stopped in the end. */
  given?: { url: string; token: string };
  say: (line: string) => void;
}

/** Sets the stage, lets `play` use it, and clears it away whatever happens. */
export async function withStage<T>(options: StageOptions, play: (stage: Stage) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "attack-"));
  const canary = await startCanary();
  try {
    const secretFile = join(folder, "secret");
    writeFileSync(secretFile, SECRET, { mode: 0o644 });
    const place = { folder, secretFile, canary };
    if (options.given) return await playOn({ ...place, ...options.given, own: null }, play);
    const environment = { ...process.env, FLOOM_HOME: join(folder, "home"), PORT: "0", E2B_API_KEY: "" };
    options.say("starting a system to attack");
    const floom = await startLocal({ environment, say: () => undefined });
    try {
      const own = lookAtHome(openHome(environment));
      return await playOn({ ...place, url: floom.url, token: floom.token, own }, play);
    } finally {
      await floom.stop();
    }
  } finally {
    canary.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Place = Omit<Stage, "client" | "yard" | "has">;

async function playOn<T>(place: Place, play: (stage: Stage) => Promise<T>): Promise<T> {
  const client = createClient<Response>({
    origin: place.url,
    token: place.token,
    fetch: (to, init) => fetch(to, init),
  });
  const yard = new Yard(client);
  try {
    return await play({ ...place, client, yard, has: listMeans(place) });
  } finally {
    await yard.clear();
  }
}

/** The process table tells of a system's sandboxes only where they run on this machine. */
function listMeans({ url, own }: Pick<Stage, "url" | "own">): Set<Need> {
  const means = new Set<Need>();
  const isHere = ["127.0.0.1", "localhost", "[::1]"].includes(new URL(url).hostname);
  if (isHere && hasProcessList()) means.add("process_table");
  if (own !== null) means.add("own_system");
  return means;
}

function lookAtHome(home: ReturnType<typeof openHome>): OwnSystem {
  const log = readFileSync(join(home.logDir, "sandbox.log"), "utf8");
  const sandboxUrl = /sandbox ready (http:\/\/127\.0\.0\.1:\d+)/.exec(log)?.[1];
  if (sandboxUrl === undefined) throw new Error("The sandbox server's log does not say where it listens.");
  const readPid = (name: string): number =>
    Number.parseInt(readFileSync(join(home.runDir, `${name}.pid`), "utf8"), 10);
  return {
    home: home.dir,
    sandboxUrl,
    sandboxKey: openSecrets(home).sandboxApiKey,
    edgePid: readPid("edge"),
    sandboxPid: readPid("sandbox"),
  };
}
