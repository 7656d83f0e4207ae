import { InvalidArgumentError } from "e2b";
import type { Sandbox } from "e2b";
import { sandboxPaths, sandboxPathsOf } from "#contract/runner/runner";
import { fromBase64 } from "../platform/bytes.ts";
import type { LaunchRequest } from "../runs/ports/executor.ts";
import { runnerArchiveBase64 } from "./runner.gen.ts";
import { claimOf, doorOfWaiting, startCommandOf } from "./start-command.ts";

/** Bundles up to this size travel with the other files in one request; larger ones are streamed on their own. */
const INLINE_BUNDLE_BYTES = 1024 * 1024;

/** What goes into a sandbox before its runner starts. */
export interface Filling {
  config: object;
  bundle: LaunchRequest["bundle"];
  files: LaunchRequest["files"];
}

/** Which run of a sandbox is begun. */
export interface Beginning {
  /** Counts from 1. */
  use: number;
  attempt: number;
  /** Whether the sandbox is likely to have brought this very runner along: it is then sent only where it has not. */
  bringsRunner: boolean;
  /** Whether its runner has been heard, where that can be known: see LaunchRequest. */
  heard?: LaunchRequest["heard"] | undefined;
}

type Upload = { path: string; data: string | ArrayBuffer }[];

let decodedRunner: ArrayBuffer | undefined;

/** Once for all runs: decoding takes longer than sending. Nobody may change what it gives. */
function decodeRunner(): ArrayBuffer {
  if (decodedRunner === undefined) {
    const bytes = fromBase64(runnerArchiveBase64);
    if (bytes === null)
      throw new Error("The runner's archive is not base64; make it anew with `npm run gen`.");
    decodedRunner = bytes.buffer;
  }
  return decodedRunner;
}

const archive = (): Upload => [{ path: sandboxPaths.runner, data: decodeRunner() }];

/**
 * Fills a sandbox, and has its runner begin. Where one waits, the last of what is sent tells it to, and that it has claimed the
 * attempt is all that is asked; else a command starts it. However often this is done, an attempt begins once.
 * Behind a run that went well another runner waits as good as always: of that one it is waited for what it says by itself.
 */
export async function beginRun(sandbox: Sandbox, filling: Filling, beginning: Beginning): Promise<void> {
  const { use, attempt, bringsRunner, heard } = beginning;
  const isFirst = use === 1;
  await fillAndTell(sandbox, filling, { use, first: isFirst && !bringsRunner ? archive() : [] });
  if (!isFirst && heard !== undefined && (await heard())) return;
  if (await sandbox.files.exists(claimOf(use, attempt))) return;
  if (isFirst && bringsRunner) await sandbox.files.write(archive());
  const command = startCommandOf(use, attempt);
  const handle = await sandbox.commands.run(command, { background: true, timeoutMs: 0 });
  await handle.disconnect();
}

async function fillAndTell(
  sandbox: Sandbox,
  filling: Filling,
  { use, first }: { use: number; first: Upload },
): Promise<void> {
  const word: Upload = [{ path: doorOfWaiting, data: "go" }];
  try {
    await fill(sandbox, filling, { use, first, last: word });
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    // Who waited is gone, and has left its door: nobody can be told anything there.
    await fill(sandbox, filling, { use, first, last: [] });
  }
}

/** `last`: what is sent when all else is there. The runner itself is there from a sandbox's second run on. */
async function fill(
  sandbox: Sandbox,
  { config, bundle, files: more }: Filling,
  { use, first, last }: { use: number; first: Upload; last: Upload },
): Promise<void> {
  const paths = sandboxPathsOf(use);
  const files = [{ path: paths.config, data: JSON.stringify(config) }, ...first];
  if (bundle.size <= INLINE_BUNDLE_BYTES && more.length === 0) {
    await sandbox.files.write([...files, await readBundle(bundle, paths.bundle), ...last]);
    return;
  }
  if (bundle.size <= INLINE_BUNDLE_BYTES) files.push(await readBundle(bundle, paths.bundle));
  await sandbox.files.write(files);
  if (bundle.size > INLINE_BUNDLE_BYTES) await sandbox.files.write(paths.bundle, await bundle.open());
  for (const { path, open } of more)
    await sandbox.files.write(path.replace(sandboxPaths.control_dir, paths.control_dir), await open());
  if (last.length > 0) await sandbox.files.write(last);
}

async function readBundle(bundle: Filling["bundle"], path: string): Promise<Upload[number]> {
  return { path, data: await new Response(await bundle.open()).arrayBuffer() };
}
