import { stripVTControlCharacters } from "node:util";

/** What a deployment is made of, decided before anything is done. */
export interface Deployment {
  /** The script's name in the account, and the beginning of its database's and bucket's. */
  name: string;
  account: { id: string; name: string };
  /** The origin at which it is reached. */
  publicUrl: string;
  /** The host name to route to it; null for one below workers.dev. */
  domain: string | null;
}

/** Why a deployment cannot go on, and what to do; what was done before stays, and the next try goes on from there. */
export class DeployStopped extends Error {
  readonly advice: string;
  constructor(message: string, advice: string, options?: ErrorOptions) {
    super(message, options);
    this.advice = advice;
  }
}

/** What of the outside a deployment needs; a test hands in its own. */
export interface DeployDeps {
  wrangler: Wrangler;
  /** Null where nobody sits before the terminal. `secret`: what is typed is not shown. */
  ask: ((question: string, kind: "plain" | "secret") => Promise<string>) | null;
  fetch: typeof globalThis.fetch;
  environment: NodeJS.ProcessEnv;
  /** One line of progress. */
  tell: (line: string) => void;
  /** What is shown once and kept nowhere else: standard output. */
  print: (line: string) => void;
  sleep: (ms: number) => Promise<void>;
}

export interface WranglerAnswer {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs wrangler to its end; `input` is its standard input. */
export type Wrangler = (args: readonly string[], input?: string) => Promise<WranglerAnswer>;

/** What wrangler said, without colours and frames, for a person. */
export function sayWhy({ stdout, stderr }: WranglerAnswer): string {
  const plain = stripVTControlCharacters(`${stdout}\n${stderr}`);
  const lines = plain.split("\n").map((line) => line.trim());
  const said = lines.filter((line) => line !== "" && !/^(?:⛅️|─+|🪵|If you think this is a bug)/u.test(line));
  return said.slice(-6).join("\n  ");
}
