import { expect, it } from "vitest";
import { buildTestSpec, logEntry, withEngine } from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";

const bound = (name: string, hosts: string[]) => ({
  name,
  hosts,
  header: "authorization",
  text: "Bearer sk-bound",
});
const given = (...secrets: ReturnType<typeof bound>[]) => ({
  values: Object.fromEntries(secrets.map(({ name }) => [name, `\${secret:${name}}`])),
  bound: secrets,
});

it("a secret that is bound to hosts goes to the provider's rules, and the sandbox is told a word for it", async () => {
  verifies("secrets:hosts:never-inside");
  await withEngine(async (h) => {
    h.resolveSecrets = async () => given(bound("KEY", ["api.example.com", "b.example.com"]));
    h.listValuesToMask = async () => ["sk-bound"];
    await h.engine.accept(buildTestSpec({ secrets: ["KEY"] }), true);
    const [launch] = h.driver.launches;
    const lines = { authorization: "Bearer sk-bound" };
    expect(launch?.network.headers).toEqual({ "api.example.com": lines, "b.example.com": lines });
    expect(launch?.config?.secrets).toEqual({ KEY: "${secret:KEY}" });
    expect(JSON.stringify([launch?.config, h.engine.record])).not.toContain("sk-bound");
    // A host that echoes what it got tells it to the script: what the script tells of it is masked all the same.
    await h.post([logEntry("it said: sk-bound")]);
    expect(h.broadcast.filter(({ type }) => type === "log")).toMatchObject([{ message: "it said: ***" }]);
  });
});

it("nothing is put into requests of a dry run, from which none leaves", async () => {
  await withEngine(async (h) => {
    h.resolveSecrets = async () => given(bound("KEY", ["api.example.com"]));
    await h.engine.accept(buildTestSpec({ secrets: ["KEY"], dry: true }), true);
    expect(h.driver.launches[0]?.network.headers).toEqual({});
  });
});

it("two secrets in one header of requests to one host are refused by their names", async () => {
  await withEngine(async (h) => {
    h.resolveSecrets = async () => given(bound("ONE", ["a.example.com"]), bound("TWO", ["a.example.com"]));
    await h.engine.accept(buildTestSpec({ secrets: ["ONE", "TWO"] }), true);
    expect(h.engine.view()?.detail).toMatchObject({ status: "failed", error_code: "secrets_clash" });
    expect(h.engine.view()?.detail.error).toContain("ONE and TWO");
    expect(h.driver.launches).toEqual([]);
  });
});
