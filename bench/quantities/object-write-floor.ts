import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { timeFirstByte } from "./time-first-byte.ts";

/**
 * The least that can answer "durable": one row of one Durable Object, written and confirmed. Beside it, the least that
 * answers a page of so many bytes, and the least that keeps a file by its digest with a row that names it.
 */
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
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/page")
      return new Response("x".repeat(Number(searchParams.get("bytes"))), { headers: { "content-type": "text/html" } });
    const book = env.BOOK.get(env.BOOK.idFromName("one"));
    if (pathname === "/file") {
      const bytes = await request.arrayBuffer();
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      await env.FILES.put(digest.toHex(), bytes);
      await book.write(digest.toHex());
      return new Response(null, { status: 201 });
    }
    await book.write(await request.text());
    return new Response(null, { status: 202 });
  },
};
`;

export interface ObjectWriteFloor {
  /** Writes one row and waits until it is durable. */
  write: (body: string) => Promise<void>;
  /** Keeps a file, and waits until its row is durable. */
  keep: (file: Uint8Array<ArrayBuffer>) => Promise<void>;
  /** Milliseconds to the first byte of a page of so many bytes that nobody had to make. */
  timePage: (bytes: number) => Promise<number>;
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
          r2Buckets: ["FILES"],
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
  const post = async (path: string, body: string | Uint8Array<ArrayBuffer>) => {
    const response = await fetch(new URL(path, url), { method: "POST", body });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`The floor answered ${response.status}.`);
  };
  return {
    write: (body) => post("/", body),
    keep: (file) => post("/file", file),
    timePage: (bytes) => timeFirstByte(new URL(`/page?bytes=${bytes}`, url)),
    stop: async () => {
      await floor.dispose();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
