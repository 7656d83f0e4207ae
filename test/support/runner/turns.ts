import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { vi } from "vitest";
import type { RunnerConfig } from "#contract/runner/runner";
import type { RunnerLab, Script } from "./start-runner.ts";

const PATIENCE = { timeout: 20_000, interval: 20 };

/** Runs of one version, one after the other in the sandbox that the first has left. */
export class Turns {
  readonly #lab: RunnerLab;
  readonly #orders: RunnerConfig;
  readonly #bundle: Buffer;

  private constructor(lab: RunnerLab, orders: RunnerConfig, bundle: Buffer) {
    this.#lab = lab;
    this.#orders = orders;
    this.#bundle = bundle;
  }

  /** With the first turn behind it. */
  static async begin(lab: RunnerLab, script: Script): Promise<Turns> {
    await lab.prepare({ ...script, config: { ...script.config, reuse: true } });
    const control = join(lab.home, ".floom");
    const orders = JSON.parse(await readFile(join(control, "run.json"), "utf8")) as RunnerConfig;
    const turns = new Turns(lab, orders, await readFile(join(control, "bundle.zip")));
    await lab.wait().ready;
    await turns.tell();
    return turns;
  }

  /** Where the orders of a turn lie. */
  placeOf(use: number): string {
    return join(this.#lab.home, ".floom", `use-${use}`);
  }

  /** Sends the orders of a turn, as the edge does. */
  async send(use: number): Promise<void> {
    const place = this.placeOf(use);
    await mkdir(place, { recursive: true });
    await writeFile(join(place, "bundle.zip"), this.#bundle);
    const config = { ...this.#orders, use, bundle_path: join(place, "bundle.zip") };
    await writeFile(join(place, "run.json"), JSON.stringify(config));
  }

  /** Tells the runner that waits to begin, and waits for its end. */
  async tell(): Promise<void> {
    const waiting = join(this.#lab.home, ".floom", "waiting-digest");
    const pid = await vi.waitFor(async () => {
      const number = Number(await readFile(waiting, "utf8"));
      if (number === 0) throw new Error("Its number is not written yet.");
      return number;
    }, PATIENCE);
    process.kill(pid, "SIGUSR1");
    await vi.waitFor(async () => {
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => null);
      if (command !== null) throw new Error(`The runner goes on: ${command}`);
    }, PATIENCE);
  }

  /** A whole turn; the text of its journal. */
  async take(use: number): Promise<string> {
    this.#lab.edge.forget();
    await this.send(use);
    await this.tell();
    return readFile(join(this.placeOf(use), "journal.ndjson"), "utf8");
  }
}
