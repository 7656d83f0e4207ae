import { randomInt } from "node:crypto";
import fs from "node:fs";
import type { Server } from "node:http";
import { availableParallelism, totalmem } from "node:os";
import path from "node:path";
import { openAuthority } from "./egress/authority.ts";
import { realOutside } from "./egress/proxy.ts";
import type { Outside } from "./egress/proxy.ts";
import { HeaderVault } from "./host/header-vault.ts";
import { listenOn } from "./host/listen.ts";
import { Registry } from "./host/registry.ts";
import { SandboxHost } from "./host/sandbox-host.ts";
import { Sandboxes } from "./host/sandboxes.ts";
import { chooseUidRange, UidAllocator } from "./host/uid-range.ts";
import { WarmPool } from "./host/warm-pool.ts";
import { Watch } from "./host/watch.ts";
import { describeMemoryLimit, findCgroupParent } from "./isolation/cgroup.ts";
import type { CgroupParent } from "./isolation/cgroup.ts";
import { IsolationUnavailable, probeIsolation } from "./isolation/detect.ts";
import { readLargestSize, readLimits } from "./isolation/limits.ts";
import { describeFiles } from "./isolation/own-files.ts";
import type { SpawnOptions } from "./isolation/spawn-bwrap.ts";
import { Launcher } from "./launcher/launcher.ts";
import { Launchers } from "./launcher/launchers.ts";
import { log } from "./log.ts";
import type { ServerOptions } from "./options.ts";
import { equalsSecret } from "./router/signature.ts";
import { Layers } from "./isolation/layers.ts";
import { TemplateStore } from "./templates/template-store.ts";
import { Templates } from "./templates/templates.ts";
import { installSources } from "./runtime/install-sources.ts";
import { openRuntimeDir } from "./runtime/runtime-dir.ts";
import { createSandboxDirs, removeSandboxDirs, sandboxDirs } from "./runtime/sandbox-dirs.ts";
import { lockState } from "./runtime/state-lock.ts";
import { createSandboxServer } from "./server.ts";

export interface RunningServer {
  url: string;
  /** Who holds sandboxes to their memory, in a sentence. */
  memoryLimit: string;
  /** Whose the files are that sandboxes see of the host, in a sentence. */
  files: string;
  stop: (options: { killSandboxes: boolean }) => Promise<void>;
}

const SWEEP_EVERY_MS = 1_000;
const WATCH_EVERY_MS = 1_000;

/** Root runs each sandbox under an unprivileged uid of its own; anyone else runs them under their own uid. */
function createUidAllocator(): UidAllocator | null {
  if (process.getuid?.() !== 0) return null;
  const range = chooseUidRange(fs.readFileSync("/proc/self/uid_map", "utf8"));
  return range === null ? null : new UidAllocator(range, randomInt(range.count));
}

/** The sources with which a sandbox does start: with file systems of its own, or where that fails without. */
async function withTheFilesItCanHave<Sources extends SpawnOptions["sources"]>(
  options: Omit<SpawnOptions, "command" | "listenFd" | "name"> & { sources: Sources },
): Promise<Sources> {
  try {
    await probeIsolation(options);
    return options.sources;
  } catch (error) {
    if (!(error instanceof IsolationUnavailable)) throw error;
    const sources = { ...options.sources, ownFiles: null };
    await probeIsolation({ ...options, sources });
    log("no file systems of a sandbox's own", { reason: error.message });
    return sources;
  }
}

interface PreparedHost {
  host: SandboxHost;
  registry: Registry;
  layers: Layers;
  hasOverlays: boolean;
  runtimeDir: string;
  cgroupParent: CgroupParent;
  files: string;
}

async function prepareHost(options: ServerOptions, outside: Outside): Promise<PreparedHost> {
  fs.mkdirSync(options.stateDir, { recursive: true, mode: 0o700 });
  lockState(options.stateDir);
  const limits = readLimits(process.env, availableParallelism());
  const runtimeDir = openRuntimeDir(options.stateDir);
  const authority = openAuthority(options.stateDir, Date.now);
  const installed = installSources({
    authority: authority.certificate,
    runtimeDir,
    limits,
    nodeBinary: process.execPath,
    edgeOrigin: options.edgeOrigin,
    startProgram: options.startProgram,
  });
  const uids = createUidAllocator();
  const probeDirs = sandboxDirs(runtimeDir, "probe");
  const probeUid = uids?.take(new Set()) ?? null;
  createSandboxDirs(probeDirs, probeUid);
  const sources = await withTheFilesItCanHave({
    sources: installed,
    egressDir: probeDirs.egressDir,
    bootIdFile: probeDirs.bootIdFile,
    configFile: null,
    limits,
    uid: probeUid,
  }).finally(() => removeSandboxDirs(probeDirs));
  const registry = new Registry(path.join(options.stateDir, "registry.sqlite"));
  const cgroupParent = findCgroupParent(limits, process.env["FLOOM_SANDBOX_CGROUP"]);
  log("isolation", { uid: uids === null ? "own" : "one per sandbox", cgroup: cgroupParent ?? "none" });
  const sandboxes = new Sandboxes({ registry, runtimeDir, cgroupParent });
  const deps = {
    context: { sources, limits, cgroupParent },
    launchers: new Launchers(() => Launcher.start({ runtimeDir, sources })),
    runtimeDir,
    live: {
      ...outside,
      authority,
      headerVault: new HeaderVault(authority.keyText),
      edgeOrigin: options.edgeOrigin,
    },
    uids,
    now: Date.now,
  };
  const layers = new Layers(runtimeDir, sources.rootEntries);
  const host = new SandboxHost({ ...deps, layers }, sandboxes);
  const hasOverlays = sources.ownFiles !== null;
  return {
    host,
    registry,
    layers,
    runtimeDir,
    cgroupParent,
    files: describeFiles(sources.ownFiles),
    hasOverlays,
  };
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return `http://127.0.0.1:${address.port}`;
}

/**
 * Starts the server: proves isolation, takes up what a former server left, starts one sandbox to the point
 * where it serves, then listens on loopback. Throws IsolationUnavailable when sandboxes cannot be isolated.
 */
export async function startServer(
  options: ServerOptions,
  outside: Outside = realOutside,
): Promise<RunningServer> {
  const { host, registry, layers, hasOverlays, runtimeDir, cgroupParent, files } = await prepareHost(
    options,
    outside,
  );
  await host.recover();
  const store = new TemplateStore(path.join(options.stateDir, "templates.sqlite"));
  const templates = new Templates({
    host,
    layers,
    hasOverlays,
    store,
    workDir: options.stateDir,
    largest: readLargestSize(process.env, { memoryBytes: totalmem(), cpuCount: availableParallelism() }),
    now: Date.now,
  });
  await host.startLauncher();
  if (options.poolSize > 0) await host.startForks();
  const pool = new WarmPool(host, options.poolSize);
  await pool.prime();
  const isAuthorized = (key: string): boolean => equalsSecret(key, options.apiKey);
  const server = createSandboxServer({ host, pool, templates, now: Date.now, isAuthorized });
  await listenOn(server, { port: options.port, host: "127.0.0.1" });
  const sweeper = setInterval(() => host.sandboxes.sweep(), SWEEP_EVERY_MS).unref();
  const watch = new Watch(host.sandboxes, host.limits, Date.now);
  const watcher = setInterval(() => watch.look(), WATCH_EVERY_MS).unref();
  return {
    url: urlOf(server),
    memoryLimit: describeMemoryLimit(cgroupParent),
    files,
    stop: async ({ killSandboxes }) => {
      clearInterval(sweeper);
      clearInterval(watcher);
      server.close();
      await pool.close();
      host.stopForks();
      if (killSandboxes) await Promise.all(host.sandboxes.listOwned().map(({ id }) => host.kill(id)));
      server.closeAllConnections();
      host.sandboxes.close();
      registry.close();
      store.close();
      if (killSandboxes) fs.rmSync(runtimeDir, { recursive: true, force: true });
    },
  };
}
