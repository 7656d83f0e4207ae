import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import type { JournalEntry } from "#contract/runner/runner";
import {
  buildTestSpec,
  logEntry,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";
import type { EngineHarness } from "../../../test/support/workerd/engine-harness.ts";
import { toJournal } from "../../../test/support/workerd/fake-driver.ts";
import { verifies } from "../../../test/verifies.ts";
import { sha256Hex } from "../../platform/crypto.ts";

const secret = `tok_9f-"Käse"/+ %<x>`;
const bytes = new TextEncoder().encode(secret);
const base64 = (text: string) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The twelve ways in which a script lets its secret out. */
const spellings = [
  secret,
  base64(secret),
  base64(`a${secret}`),
  base64(`ab${secret}`),
  base64(secret).replaceAll("+", "-").replaceAll("/", "_"),
  encodeURIComponent(secret),
  encodeURIComponent(secret).toLowerCase().replace("k%", "K%"),
  encodeURIComponent(secret).replaceAll("%20", "+"),
  JSON.stringify(secret).slice(1, -1),
  hex,
  hex.toUpperCase(),
  [...secret].toReversed().join(""),
];

/** No piece of twelve characters from within a spelling; at its edges it is nobody's but its surroundings'. */
function expectNothingReadable(text: string, where: string): void {
  for (const spelled of spellings) {
    for (let from = 3; from + 15 <= spelled.length; from += 1) {
      const piece = spelled.slice(from, from + 12);
      expect(text.includes(piece), `${where} shows ${piece}`).toBe(false);
      expect(text.includes(JSON.stringify(piece).slice(1, -1)), `${where} shows ${piece}`).toBe(false);
    }
  }
}

const spec = () => buildTestSpec({ secrets: ["TOKEN"] });

async function begin(h: EngineHarness): Promise<void> {
  h.resolveSecrets = async () => ({ values: { TOKEN: secret }, bound: [] });
  h.listValuesToMask = async () => [secret];
  await h.engine.accept(spec(), true);
}

/** Everything that is kept of a run, or told to anybody. */
async function tellAll(h: EngineHarness): Promise<Record<string, string>> {
  const { objects } = await env.FILES.list();
  const files = await Promise.all(objects.map(async ({ key }) => (await env.FILES.get(key))?.text()));
  return {
    view: JSON.stringify(h.engine.view()),
    events: JSON.stringify(h.engine.eventsAfter(0, 1000)),
    broadcast: JSON.stringify(h.broadcast),
    list: JSON.stringify(h.projected),
    alerts: JSON.stringify(h.news),
    approvals: JSON.stringify(h.approvals),
    files: JSON.stringify(files),
    record: JSON.stringify(h.engine.record),
  };
}

async function expectAllClean(h: EngineHarness): Promise<void> {
  for (const [where, text] of Object.entries(await tellAll(h))) expectNothingReadable(text, where);
}

it("a secret in twelve spellings is readable in no log, event, output, error, list, alert or archive", async () => {
  verifies("secrets:redaction:nothing-readable");
  await withEngine(async (h) => {
    await begin(h);
    await h.post(spellings.map((spelled) => logEntry(`it is ${spelled}, as you see`)));
    await h.post([
      { type: "progress", at: start, percent: 5, message: `with ${secret}` },
      { type: "phase", at: start, phase: "install", detail: `pip --token ${secret}` },
    ]);
    await h.post([
      resultEntry({
        outcome: "failure",
        error_code: "execution_error",
        error: `ValueError: ${secret} ${hex}`,
        error_raw: spellings.join("\n"),
        outputs: { nested: [{ [secret]: spellings }] },
      }),
    ]);
    await expectAllClean(h);
    const { events } = h.engine.eventsAfter(0, 1000) ?? { events: [] };
    const told = JSON.stringify(events.length > 0 ? events : h.broadcast);
    expect(told).toContain("it is ***, as you see");
    expect(h.engine.view()?.detail.error).toContain("ValueError: *** ***");
  });
});

it("nor where it is divided: between lines of a post, between posts, and after the object went away", async () => {
  verifies("secrets:redaction:nothing-readable");
  await withEngine(async (h) => {
    await begin(h);
    for (const spelled of spellings) {
      const cut = Math.floor(spelled.length / 2);
      await h.post([logEntry(`a ${spelled.slice(0, cut)}`), logEntry(`${spelled.slice(cut)} b`)]);
    }
    h.evict();
    await h.post([logEntry(`after: ${secret}`)]);
    await h.post([logEntry("half: "), logEntry(secret.slice(0, 8))]);
    await h.post([logEntry(`${secret.slice(8)}, and done`)]);
    await h.post([resultEntry()]);
    await expectAllClean(h);
    expect(JSON.stringify(h.broadcast)).toContain("***, and done");
  });
});

it("nor when the journal is fetched from the sandbox, or outputs lie in a file there", async () => {
  verifies("secrets:redaction:nothing-readable");
  await withEngine(async (h) => {
    await begin(h);
    const result = JSON.stringify({ outputs: { all: spellings } });
    h.driver.files.set("result.json", result);
    h.driver.journal = toJournal([
      logEntry(`fetched ${secret}`),
      resultEntry({ outputs: null, outputs_sha256: await sha256Hex(result) }),
    ]);
    h.clock.now += 120_000;
    await h.engine.dispatch({ type: "woke" });
    await expect.poll(() => h.engine.view()?.detail.status).toBe("completed");
    await expectAllClean(h);
  });
});

it("nor in what a script asks people, and a file whose path holds it is not kept", async () => {
  const file: JournalEntry = {
    type: "file",
    at: start,
    kind: "artifact",
    name: `named ${secret}`,
    path: `out/${hex}.txt`,
    media_type: "text/plain",
    size_bytes: 1,
    sha256: "0".repeat(64),
  };
  await withEngine(async (h) => {
    h.resolveSecrets = async () => ({ values: { TOKEN: secret }, bound: [] });
    h.listValuesToMask = async () => [secret];
    const asks = { label: "Send", expires_ms: 60_000, on_expiry: "reject" as const };
    const approvals = { ...asks, not_by_requester: false, approvers_needed: 1 };
    await h.engine.accept({ ...spec(), approvals }, true);
    const decision_required = { label: `Send ${secret}`, preview: spellings.join(" "), preview_type: "text" };
    await h.post([file, resultEntry({ outputs: { to: secret }, decision_required })]);
    expect(h.engine.view()?.detail.status).toBe("pending_approval");
    expect(h.engine.view()?.detail.artifacts).toEqual([]);
    await expectAllClean(h);
  });
});

it("nor in a file that it leaves: that is not kept, and the run says so", async () => {
  verifies("secrets:redaction:nothing-readable", "secrets:redaction:files");
  for (const text of [spellings.join("\n"), `a,b\r\n${secret},c`, `\0\u0001PNG${hex}\uffff`]) {
    await withEngine(async (h) => {
      await begin(h);
      const entry = async (path: string, content: string): Promise<JournalEntry> => ({
        type: "file",
        at: start,
        kind: "artifact",
        name: path,
        path,
        media_type: "text/plain",
        size_bytes: new TextEncoder().encode(content).byteLength,
        sha256: await sha256Hex(content),
      });
      h.driver.files.set("out/told.txt", text);
      h.driver.files.set("out/clean.txt", "clean");
      await h.post([await entry("out/told.txt", text), await entry("out/clean.txt", "clean"), resultEntry()]);
      const detail = h.engine.view()?.detail;
      expect(detail).toMatchObject({ status: "failed", error_code: "secret_in_file" });
      expect(detail?.error).toContain("out/told.txt");
      expect(detail?.error).not.toContain("out/clean.txt");
      await expectAllClean(h);
    });
  }
});

it("nothing is taken from a run as long as it cannot be told what to mask", async () => {
  await withEngine(async (h) => {
    await begin(h);
    h.listValuesToMask = async () => {
      throw new Error("the database is away");
    };
    await expect(h.post([logEntry(secret)])).rejects.toThrow("the database is away");
    expect(h.broadcast.filter(({ type }) => type === "log")).toEqual([]);
    h.listValuesToMask = async () => [secret];
    await h.post([logEntry(secret)]);
    expect(h.broadcast.filter(({ type }) => type === "log")).toMatchObject([{ message: "***" }]);
  });
});

it("a run whose secret was deleted before its launch fails by the secret's name and gets no sandbox", async () => {
  verifies("secrets:run:missing-refused");
  await withEngine(async (h) => {
    await h.engine.accept(spec(), true);
    expect(h.engine.view()?.detail).toMatchObject({ status: "failed", error_code: "missing_secrets" });
    expect(h.engine.view()?.detail.error).toContain("TOKEN");
    expect(h.driver.launches).toEqual([]);
  });
});

it("the script is given its declared secrets, and what is kept of the run holds none", async () => {
  verifies("secrets:run:declared-only");
  await withEngine(async (h) => {
    await begin(h);
    expect(h.driver.launches[0]?.config?.secrets).toEqual({ TOKEN: secret });
    await expectAllClean(h);
  });
});
