import { Sandbox } from "e2b";
import type { SandboxOpts } from "e2b";

/** Where the sandbox server under test is, in the words of the SDK's own options. */
export interface Target {
  apiKey: string;
  apiUrl: string;
  sandboxUrl: string;
}

/** What a case gets: the target, and sandboxes that are killed when the case is over. */
interface CaseContext {
  target: Target;
  /** Creates a sandbox for this case alone. */
  create: (options?: SandboxOpts) => Promise<Sandbox>;
  /** The case's one ordinary sandbox, made at its first use. */
  sandbox: () => Promise<Sandbox>;
}

/** One behaviour of the server as the official SDK sees it. Runs unchanged in Node and in workerd. */
export interface ConformanceCase {
  name: string;
  run: (context: CaseContext) => Promise<void>;
}

const CASE_SANDBOX_TIMEOUT_MS = 120_000;

/** Runs one case and leaves no sandbox behind. Rejects with the case's own failure. */
export async function runCase(testCase: ConformanceCase, target: Target): Promise<void> {
  const created: Sandbox[] = [];
  let shared: Promise<Sandbox> | undefined;
  const create = async (options: SandboxOpts = {}): Promise<Sandbox> => {
    const sandbox = await Sandbox.create({ timeoutMs: CASE_SANDBOX_TIMEOUT_MS, ...target, ...options });
    created.push(sandbox);
    return sandbox;
  };
  try {
    await testCase.run({
      target,
      create,
      async sandbox() {
        shared ??= create();
        return shared;
      },
    });
  } finally {
    await Promise.all(created.map(async (sandbox) => sandbox.kill()));
  }
}

/** Settles when `check` holds, asking again every 20 ms; rejects after `limitMs`. */
export async function eventually(
  what: string,
  check: () => boolean | Promise<boolean>,
  limitMs = 15_000,
): Promise<void> {
  const giveUpAt = Date.now() + limitMs;
  while (!(await check())) {
    if (Date.now() > giveUpAt) throw new Error(`not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
