import { CommandExitError } from "e2b";
import type { Sandbox, SandboxOpts } from "e2b";

/** What can be compared: plain values, as JSON has them. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** Where a behaviour is measured: E2B's cloud, or a server on this machine. */
export interface Place {
  isCloud: boolean;
  /** A sandbox for one behaviour, which is killed when that is over. */
  create: (options?: SandboxOpts) => Promise<Sandbox>;
  /** The one sandbox that behaviours share which leave nothing behind that another would trip over. */
  box: () => Promise<Sandbox>;
  /** The SDK's own options that lead here. */
  connection: SandboxOpts;
  /** The HTTP status that a stranger gets from a port inside, 0 when there is no way to it. */
  visit: (box: Sandbox, port: number) => Promise<number>;
}

/**
 * One thing that a script or a client of the SDK can notice. `expected` is what E2B gives, by its SDK's types and tests
 * and its published sources. Where a local sandbox gives something else on purpose, `byDesign` says what, and which row
 * of the table in `docs/explanation/sandbox.md` says why.
 */
export interface Behaviour {
  name: string;
  expected: Value;
  byDesign?: { row: string; local: Value };
  measure: (place: Place) => Promise<Value>;
}

/** What a command writes to its standard output, without the last line break; its exit code when that is not 0. */
export async function output(place: Place, command: string, options: { user?: "root" } = {}): Promise<Value> {
  return outputIn(await place.box(), command, options);
}

/** The same in a given sandbox. */
export async function outputIn(
  box: Sandbox,
  command: string,
  options: { user?: "root" } = {},
): Promise<Value> {
  try {
    return (await box.commands.run(command, options)).stdout.trimEnd();
  } catch (error) {
    if (error instanceof CommandExitError) return { exit_code: error.exitCode };
    throw error;
  }
}

/** How the SDK tells a refusal: the status that its message begins with, else the name of the error. */
export async function refusal(operation: () => Promise<unknown>): Promise<string> {
  try {
    await operation();
    return "accepted";
  } catch (error) {
    if (!(error instanceof Error)) return String(error);
    return /^\d{3}(?=: )/.exec(error.message)?.[0] ?? error.name;
  }
}

/** Waits until `check` holds, asking again every 50 ms; false when that takes longer than 20 seconds. */
export async function eventually(check: () => boolean | Promise<boolean>): Promise<boolean> {
  const giveUpAt = performance.now() + 20_000;
  while (!(await check())) {
    if (performance.now() > giveUpAt) return false;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return true;
}
