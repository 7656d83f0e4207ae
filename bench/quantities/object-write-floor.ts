import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";

/** The least that can answer "durable": one row of one Durable Object, written and confirmed. */
const SCRIPT = `
import { DurableObject } from "cloudflare:workers";
export class Book extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, body TEXT)");
  }
  async write(body) {
    this.ctx.storage.sql.exec("INSERT INTO rows (body) VALUES (?)", body);
  }
}
export default {
  async fetch(request, env) {
    await env.BOOK.get(env.BOOK.idFromName("one")).write(await request.text());
    return new Response(null, { status: 202 });
  },
};
`;

export interface ObjectWriteFloor {
  /** Writes one row and waits until it is durable. */
  write: (body: string) => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts a script that does nothing but write, on the runtime and the disk that the edge uses. */
export async function startObjectWriteFloor(): Promise<ObjectWriteFloor> {
  const dir = mkdtempSync(join(tmpdir(), "floom-floor-"));
  const floor = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      cf: false as const,
      telemetry: { enabled: false },
      log: new Log(LogLevel.WARN),
      resourcePersistencePath: dir,
      workers: [
        {
          name: "floor",
          modules: true,
          script: SCRIPT,
          compatibilityDate: "2026-08-01",
          durableObjects: {
            BOOK: {
              className: "Book",
              useSQLite: true,
            },
          },
        },
      ],
    }),
  );
  const url = await floor.ready;
  return {
    write: async (body) => {
      const response = await fetch(url, { method: "POST", body });
      await response.arrayBuffer();
    },
    stop: async () => {
      await floor.dispose();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
