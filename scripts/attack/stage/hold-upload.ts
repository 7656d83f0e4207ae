import { createHash } from "node:crypto";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Stage } from "./stage.ts";

const TOKEN_WITHIN_MS = 20_000;

export interface HeldUpload {
  /** Sends the rest, and waits until it was answered. */
  finish: () => Promise<void>;
  stop: () => void;
}

/**
 * Begins to hand over a file of a run, with the token that its script tells in the log, and keeps the rest. It says that
 * it holds `claims`. Only a plain connection can be held so; at an edge behind TLS nothing is begun.
 */
export async function holdUpload(
  stage: Stage,
  {
    run,
    path,
    begin,
    rest,
    claims,
  }: { run: string; path: string; begin: string; rest: string; claims: string },
): Promise<HeldUpload> {
  const { hostname, port } = new URL(stage.url);
  const token = await readToken(stage, run);
  const socket = net.connect(Number(port || 80), hostname);
  socket.on("error", () => socket.destroy());
  const answered = new Promise<void>((resolve) => {
    socket.once("data", () => resolve());
    socket.once("close", () => resolve());
  });
  const length = begin.length + rest.length;
  const sha256 = createHash("sha256").update(claims).digest("hex");
  const what = `attempt=1&path=${encodeURIComponent(path)}&sha256=${sha256}`;
  socket.write(
    `PUT /api/runs/${run}/runner/files?${what} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n` +
      `Authorization: Bearer ${token}\r\nContent-Type: application/octet-stream\r\nContent-Length: ${length}\r\n\r\n${begin}`,
  );
  return {
    finish: async () => {
      if (!socket.destroyed) socket.write(rest);
      await Promise.race([answered, sleep(5000)]);
    },
    stop: () => socket.destroy(),
  };
}

async function readToken(stage: Stage, run: string): Promise<string> {
  const deadline = performance.now() + TOKEN_WITHIN_MS;
  while (performance.now() < deadline) {
    const line = (await stage.yard.log(run)).find((text) => text.startsWith("TOKEN "));
    if (line !== undefined) return Buffer.from(line.slice("TOKEN ".length), "hex").toString("latin1");
    await sleep(150);
  }
  return "";
}
