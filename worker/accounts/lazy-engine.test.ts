import { build } from "esbuild";
import type { Metafile } from "esbuild";
import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";

const LIBRARY =
  /node_modules\/(?:@?better-auth|@simplewebauthn|better-call)\/|^worker\/accounts\/auth(?:-base)?\.ts$|^worker\/oauth\/auth-engine\.ts$/;

/** The edge in one file, as it is deployed. */
async function bundleEdge() {
  const { outputFiles, metafile } = await build({
    entryPoints: ["worker/index.ts"],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    loader: { ".py": "text", ".html": "text" },
    logLevel: "error",
  });
  return { text: outputFiles[0]?.text ?? "", metafile };
}

/** Every file that is evaluated when `entry` is: what a dynamic import names is not. */
function listEvaluated({ inputs }: Metafile, entry: string): Set<string> {
  const found = new Set([entry]);
  for (const path of found) {
    const imports = inputs[path]?.imports ?? [];
    for (const one of imports) if (one.kind !== "dynamic-import" && !one.external) found.add(one.path);
  }
  return found;
}

it("the library that signs people in is evaluated when it is asked for, not when the edge starts", async () => {
  verifies("accounts:lazy:not-on-start", "oauth:lazy:not-on-start");
  const { text, metafile } = await bundleEdge();
  const evaluated = listEvaluated(metafile, "worker/index.ts");
  expect(evaluated).toContain("worker/accounts/service.ts");
  expect(evaluated).toContain("worker/oauth/bearer-service.ts");
  expect([...evaluated].filter((path) => LIBRARY.test(path))).toEqual([]);
  expect(Object.keys(metafile.inputs).filter((path) => LIBRARY.test(path)).length).toBeGreaterThan(50);
  expect(text.split("init_auth()")).toHaveLength(2);
  expect(text).toContain("Promise.resolve().then(() => (init_auth(), auth_exports))");
  expect(text.split("init_auth_engine()")).toHaveLength(2);
  expect(text).toContain("Promise.resolve().then(() => (init_auth_engine(), auth_engine_exports))");
});
