import type { TestProject } from "vitest/node";
import { startFloom } from "./floom-instance.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The one Floom that the tests of a project share; `inject("floom")` in a test. */
    floom: { url: string; token: string; home: string; lines: string[] };
  }
}

/** Vitest global set-up: one Floom for all files of a project, with the examples pushed. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const floom = await startFloom();
  project.provide("floom", { url: floom.url, token: floom.token, home: floom.home, lines: floom.lines });
  return () => floom.stop();
}
