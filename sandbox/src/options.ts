import { parseArgs } from "node:util";

export interface ServerOptions {
  port: number;
  stateDir: string;
  edgeOrigin: string;
  poolSize: number;
  killOnExit: boolean;
  /** A Python zip application that sandboxes bring along, and that waits in those of the pool. */
  startProgram: string | undefined;
  apiKey: string;
}

function parseWhole(name: string, text: string, largest: number): number {
  const value = Number(text);
  if (text === "" || !Number.isInteger(value) || value < 0 || value > largest)
    throw new Error(`--${name} must be a whole number from 0 to ${largest}, not ${JSON.stringify(text)}`);

  return value;
}

function parseOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:")
    throw new Error(`--edge-url must be an http:// address, not ${JSON.stringify(text)}`);
  return url.origin;
}

/** Reads the command line and `FLOOM_SANDBOX_API_KEY`. Throws with a sentence for the person who typed it. */
export function parseOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ServerOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: "string", default: "0" },
      "state-dir": { type: "string" },
      "edge-url": { type: "string", default: "http://127.0.0.1:8787" },
      pool: { type: "string", default: "2" },
      "start-program": { type: "string" },
      "kill-on-exit": { type: "boolean", default: false },
    },
  });
  const apiKey = env["FLOOM_SANDBOX_API_KEY"] ?? "";
  if (apiKey.length < 8)
    throw new Error("FLOOM_SANDBOX_API_KEY must be set to a secret of at least 8 characters");
  if (values["state-dir"] === undefined)
    throw new Error("--state-dir is missing: where the server keeps its records");
  return {
    port: parseWhole("port", values.port, 65_535),
    stateDir: values["state-dir"],
    edgeOrigin: parseOrigin(values["edge-url"]),
    poolSize: parseWhole("pool", values.pool, 64),
    startProgram: values["start-program"],
    killOnExit: values["kill-on-exit"],
    apiKey,
  };
}
