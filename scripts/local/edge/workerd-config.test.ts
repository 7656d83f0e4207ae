import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import type { V4WorkerOptions } from "miniflare";
import { afterEach, beforeEach, expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { buildLocalWorker } from "../../build/edge.ts";
import { serveWorkerd } from "./run-workerd.ts";
import { buildEdgeConfig } from "./workerd-config.ts";

/** Keeps a word in each kind of store that the edge has, and finds it again. */
const keeper = `
import { DurableObject } from "cloudflare:workers";
export class RunObject extends DurableObject {
  keep(word) { this.ctx.storage.sql.exec("CREATE TABLE kept (word)"); this.ctx.storage.sql.exec("INSERT INTO kept VALUES (?)", word); }
  find() { return this.ctx.storage.sql.exec("SELECT word FROM kept").one().word; }
}
export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const object = env.RUN_OBJECT.getByName("one");
    const word = searchParams.get("word");
    if (pathname === "/api/keep") {
      await env.DB.exec("CREATE TABLE kept (word TEXT)");
      await env.DB.prepare("INSERT INTO kept VALUES (?)").bind(word).run();
      await env.FILES.put("kept/word", word);
      await object.keep(word);
      return new Response("kept");
    }
    const row = await env.DB.prepare("SELECT word FROM kept").first();
    const file = await env.FILES.get("kept/word");
    return Response.json([row.word, await file.text(), await object.find(), env.GREETING]);
  },
};`;

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "floom-state-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

function buildBundle(more: Partial<V4WorkerOptions> = {}): V4WorkerOptions {
  const web = join(dir, "web");
  mkdirSync(web, { recursive: true });
  writeFileSync(join(web, "index.html"), "the page");
  return {
    name: "floom",
    rootPath: dir,
    compatibilityDate: "2026-08-01",
    modules: [{ type: "ESModule", path: join(dir, "index.js"), contents: keeper }],
    modulesRoot: dir,
    bindings: { GREETING: "hello" },
    d1Databases: { DB: { id: "00000000-0000-0000-0000-000000000001" } },
    r2Buckets: { FILES: { id: "floom-files" } },
    durableObjects: { RUN_OBJECT: { className: "RunObject", useSQLite: true } },
    assets: {
      directory: web,
      binding: "ASSETS",
      run_worker_first: ["/api/*"],
      routerConfig: { has_user_worker: true, static_routing: { asset_worker: [], user_worker: ["/api/*"] } },
      assetConfig: { not_found_handling: "single-page-application" },
    },
    ...more,
  } as V4WorkerOptions;
}

const database = {
  object: await buildLocalWorker("databaseObject"),
  binding: await buildLocalWorker("databaseBinding"),
};

it("finds again what an earlier Floom kept, whose runtime was Miniflare's", async () => {
  verifies("edge:state:found-again");
  const bundle = buildBundle();
  const stateDir = join(dir, "state");
  const earlier = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      telemetry: { enabled: false },
      resourcePersistencePath: stateDir,
      workers: [bundle],
    }),
  );
  expect(await (await earlier.dispatchFetch("http://edge/api/keep?word=kept")).text()).toBe("kept");
  await earlier.dispose();
  const config = await buildEdgeConfig({
    bundle,
    stateDir,
    front: await buildLocalWorker("front"),
    database,
  });
  const now = await serveWorkerd(config, { host: "127.0.0.1", port: 0 });
  try {
    const ask = async (path: string) => (await fetch(`http://127.0.0.1:${now.port}${path}`)).text();
    expect(JSON.parse(await ask("/api/find"))).toEqual(["kept", "kept", "kept", "hello"]);
    expect(await ask("/")).toBe("the page");
    expect(await ask("/runs/run_1")).toBe("the page");
  } finally {
    now.kill();
    await now.ended;
  }
});

it("refuses to start without a binding that the edge counts on", async () => {
  const bundle = buildBundle({ kvNamespaces: { CACHE: "cache" } });
  const options = { bundle, stateDir: join(dir, "state"), front: "", database };
  await expect(buildEdgeConfig(options)).rejects.toThrow(/CACHE/);
});

it("says that the runtime did not come up, and why", async () => {
  const services = [{ name: "front", worker: { compatibilityDate: "2026-08-01", modules: [] } }];
  await expect(serveWorkerd({ services, sockets: [] }, { host: "127.0.0.1", port: 0 })).rejects.toThrow(
    /ended before it listened/,
  );
});
