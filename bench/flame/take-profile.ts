import * as z from "zod";
import { cpuProfileSchema } from "./fold-profile.ts";
import type { CpuProfile } from "./fold-profile.ts";

/** Microseconds between two looks at what runs. */
const INTERVAL_US = 500;

const targetsSchema = z.array(z.object({ id: z.string(), webSocketDebuggerUrl: z.string() }));
/** The edge's runtime answers some calls with neither. */
const answerSchema = z.object({
  id: z.number(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
});

/** A profile that is being taken. */
export interface RunningProfile {
  title: string;
  /** Ends it and answers what was seen. */
  stop: () => Promise<CpuProfile>;
}

/**
 * Begins to profile whatever an inspector at this address (`host:port`) offers, one profile for each isolate. Throws when
 * nobody answers there.
 */
export async function startProfiles(address: string): Promise<RunningProfile[]> {
  const targets = targetsSchema.parse(await (await fetch(`http://${address}/json`)).json());
  return Promise.all(targets.map(({ id, webSocketDebuggerUrl }) => startProfile(id, webSocketDebuggerUrl)));
}

/** Begins to profile the isolate behind one DevTools address (`ws://...`). */
export async function startProfile(title: string, url: string): Promise<RunningProfile> {
  const call = await openDevTools(url);
  await call("Profiler.enable");
  await call("Profiler.setSamplingInterval", { interval: INTERVAL_US });
  await call("Profiler.start");
  return {
    title,
    stop: async () => z.object({ profile: cpuProfileSchema }).parse(await call("Profiler.stop")).profile,
  };
}

type DevToolsCall = (method: string, params?: object) => Promise<unknown>;

async function openDevTools(url: string): Promise<DevToolsCall> {
  const socket = new WebSocket(url);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const opened = Promise.withResolvers<void>();
  const fail = () => {
    const error = new Error(`The inspector at ${url} does not answer.`);
    opened.reject(error);
    for (const { reject } of waiting.values()) reject(error);
  };
  socket.addEventListener("open", () => opened.resolve());
  socket.addEventListener("error", fail);
  socket.addEventListener("close", fail);
  socket.addEventListener("message", ({ data }) => {
    const answer = answerSchema.safeParse(JSON.parse(String(data)));
    if (!answer.success) return;
    const { id, result, error } = answer.data;
    if (error === undefined) waiting.get(id)?.resolve(result);
    else waiting.get(id)?.reject(new Error(`The inspector refuses: ${JSON.stringify(error)}`));
    waiting.delete(id);
  });
  await opened.promise;
  let last = 0;
  return (method, params = {}) => {
    last += 1;
    const answer = Promise.withResolvers<unknown>();
    waiting.set(last, answer);
    socket.send(JSON.stringify({ id: last, method, params }));
    return answer.promise;
  };
}
