import { afterAll, beforeAll, describe, it } from "vitest";
import { startSandboxServer } from "../../support/sandbox-server.ts";
import type { SandboxServer } from "../../support/sandbox-server.ts";
import { verifies } from "../../verifies.ts";
import { startWorkerdRunner } from "./start-workerd.ts";
import type { WorkerdRunner } from "./start-workerd.ts";
import { suites } from "./suite/all.ts";
import type { SuiteName } from "./suite/all.ts";
import { runCase } from "./suite/case.ts";
import type { ConformanceCase, Target } from "./suite/case.ts";

let server: SandboxServer;
let workerd: WorkerdRunner;
beforeAll(async () => {
  [server, workerd] = await Promise.all([startSandboxServer(), startWorkerdRunner()]);
});
afterAll(async () => {
  await workerd.stop();
  await server.stop();
});

const runtimes = ["Node", "workerd"] as const;
type Runtime = (typeof runtimes)[number];

/** Every case of a suite, once per runtime. */
function casesOf(suite: SuiteName): { runtime: Runtime; name: string; testCase: ConformanceCase }[] {
  return runtimes.flatMap((runtime) =>
    suites[suite].map((testCase) => ({ runtime, name: testCase.name, testCase })),
  );
}

async function expectPass(
  suite: SuiteName,
  { runtime, testCase }: { runtime: Runtime; testCase: ConformanceCase },
) {
  const target: Target = server.sdk;
  if (runtime === "Node") await runCase(testCase, target);
  else await workerd.run({ suite, name: testCase.name, target });
}

describe("the official E2B SDK", () => {
  it.each(casesOf("sandboxes"))("$runtime, sandboxes: $name", async (entry) => {
    verifies("conformance:e2b:sandboxes");
    await expectPass("sandboxes", entry);
  });

  it.each(casesOf("commands"))("$runtime, commands: $name", async (entry) => {
    verifies("conformance:e2b:commands");
    await expectPass("commands", entry);
  });

  it.each(casesOf("files"))("$runtime, files: $name", async (entry) => {
    verifies("conformance:e2b:files");
    await expectPass("files", entry);
  });

  it.each(casesOf("watch"))("$runtime, watching: $name", async (entry) => {
    verifies("conformance:e2b:watch");
    await expectPass("watch", entry);
  });

  it.each(casesOf("signedUrls"))("$runtime, signed URLs: $name", async (entry) => {
    verifies("conformance:e2b:signed-urls");
    await expectPass("signedUrls", entry);
  });

  it.each(casesOf("git"))("$runtime, git: $name", async (entry) => {
    verifies("conformance:e2b:git");
    await expectPass("git", entry);
  });

  it.each(casesOf("network"))("$runtime, network: $name", async (entry) => {
    verifies("conformance:e2b:network");
    await expectPass("network", entry);
  });

  it.each(casesOf("templates"))("$runtime, templates: $name", async (entry) => {
    verifies("conformance:e2b:templates");
    await expectPass("templates", entry);
  });

  it.each(casesOf("refusals"))("$runtime, refusals: $name", async (entry) => {
    verifies("conformance:e2b:refusals");
    await expectPass("refusals", entry);
  });
});
