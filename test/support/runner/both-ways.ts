import { parseJournal, RunnerLab } from "./start-runner.ts";
import type { Attempt, Script } from "./start-runner.ts";

/** In a place of its own, which is called HOME in secrets; its name is left out of what is told. */
export async function runOnce(script: Script): Promise<Attempt> {
  const lab = await RunnerLab.open();
  try {
    const { secrets = {} } = script.config ?? {};
    const placed = Object.entries(secrets).map(([name, value]) => [name, value.replace("HOME", lab.home)]);
    const config = { ...script.config, secrets: Object.fromEntries(placed) as Record<string, string> };
    const { entries } = await lab.run({ ...script, config });
    const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    return parseJournal(text.replaceAll(lab.home, "/home"));
  } finally {
    await lab.close();
  }
}

/** The same script in a Python that is started on it, and in one that has waited for it. */
export async function runBothWays(script: Script) {
  return { started: await runOnce(script), brought: await runOnce({ ...script, brought: true }) };
}
