import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { rootDir } from "../checkout.ts";

/** Where one local Floom keeps its state; everything below `dir` belongs to it alone. */
export interface FloomHome {
  dir: string;
  /** D1, R2 and Durable Object files of the edge. */
  edgeStateDir: string;
  sandboxStateDir: string;
  /** Pid files of what is running now. */
  runDir: string;
  logDir: string;
  /** The owner token, where the CLI finds it. */
  tokenFile: string;
}

/** What the parts of one local Floom share and nobody else may read. */
export interface LocalSecrets {
  ownerToken: string;
  signingKey: string;
  /** `id:key` lines, the current one first; a new one is put on top by hand. */
  masterKeys: string;
  sandboxApiKey: string;
}

/** Opens (and creates when new) the home named by `FLOOM_HOME`, by default `.floom` in the checkout. */
export function openHome(environment: NodeJS.ProcessEnv): FloomHome {
  const named = environment["FLOOM_HOME"];
  const dir = named === undefined || named === "" ? join(rootDir, ".floom") : resolve(named);
  const home: FloomHome = {
    dir,
    edgeStateDir: join(dir, "edge"),
    sandboxStateDir: join(dir, "sandbox"),
    runDir: join(dir, "run"),
    logDir: join(dir, "log"),
    tokenFile: join(dir, "token"),
  };
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const folder of [home.edgeStateDir, home.sandboxStateDir, home.runDir, home.logDir])
    mkdirSync(folder, { recursive: true, mode: 0o700 });

  return home;
}

/**
 * Reads the home's secrets; each is made once, at the first start, and only the owner can read its file. Throws with the
 * file's name when it holds no master keys: an edge must not come up that can open nothing.
 */
export function openSecrets(home: FloomHome): LocalSecrets {
  return {
    ownerToken: keepSecret(home.tokenFile, () => `flm_${randomBytes(32).toString("base64url")}`),
    signingKey: keepSecret(join(home.dir, "signing-key"), () => randomBytes(32).toString("base64url")),
    masterKeys: keepMasterKeys(join(home.dir, "master-keys")),
    sandboxApiKey: keepSecret(join(home.dir, "sandbox-key"), () => `e2b_${randomBytes(20).toString("hex")}`),
  };
}

/** As the edge reads it: 32 bytes are 43 characters and one sign that may be left out. */
const masterKeyForm = /^[A-Za-z0-9_-]{1,32}:[A-Za-z0-9+/_-]{43}=?$/;

function keepMasterKeys(file: string): string {
  const text = keepSecret(file, () => `k1:${randomBytes(32).toString("base64")}`);
  const wrong = text.split(/[\s,]+/).findIndex((entry) => entry !== "" && !masterKeyForm.test(entry));
  if (wrong === -1) return text;
  throw new Error(`${file}: Master key ${wrong + 1} must be <id>:<32 bytes in base64>.`);
}

function keepSecret(file: string, make: () => string): string {
  try {
    const kept = readFileSync(file, "utf8").trim();
    if (kept !== "") return kept;
  } catch (error) {
    // Only where there is none yet is one made: whatever was sealed under one that cannot be read now would be lost.
    const isThere = !(error instanceof Error && "code" in error && error.code === "ENOENT");
    if (isThere) throw error;
  }
  const secret = make();
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}
