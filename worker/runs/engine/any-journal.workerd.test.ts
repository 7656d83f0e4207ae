import { expect, it } from "vitest";
import { createRandom } from "../../../test/support/random.ts";
import { buildTestSpec, start, withEngine } from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";

const POST_BYTES = 512 * 1024;
const encoder = new TextEncoder();
type Random = ReturnType<typeof createRandom>;

const pick = <T>(random: Random, choices: readonly [T, ...T[]]): T =>
  choices[random.below(choices.length)] ?? choices[0];

/** JSON text of about so many characters, of the kinds that take most room, or none of the kinds that can be read. */
function anyValue(random: Random, size: number): string {
  const many = (part: string) =>
    `[${Array(Math.max(1, Math.floor(size / (part.length + 1))))
      .fill(part)
      .join(",")}]`;
  return pick<() => string>(random, [
    () => JSON.stringify("a".repeat(size)),
    () => JSON.stringify(`${"a".repeat(size)}🙂`),
    () => JSON.stringify("\u0001\ud800\u2028".repeat(size / 20)),
    () => many("0.5"),
    () => `[0.5,${many("1").slice(1)}`,
    () => many("-0"),
    () => many("[]"),
    () => many('{"":{}}'),
    () => many('""'),
    () => `${"[".repeat(Math.min(size, 3000))}${"]".repeat(Math.min(size, 3000))}`,
    () => `1${"0".repeat(400)}`,
    () => "1e999",
    () => "NaN",
    () => '{"__proto__":{"a":1},"constructor":null}',
    () => "true",
  ])();
}

/** What a script makes the runner write, or writes into the journal itself. */
function anyLine(random: Random, size: number): string {
  const value = anyValue(random, size);
  const text = value.startsWith('"') ? value : JSON.stringify(value.slice(0, size));
  return pick<() => string>(random, [
    () => `{"type":"log","at":${random.below(2) * start},"stream":"stdout","level":"info","text":${text}}`,
    () => `{"type":"progress","at":1,"percent":${pick(random, ["null", "1e308", "-5"])},"message":${text}}`,
    () => `{"type":"partial","at":1,"count":1,"follows":true,"pieces":${value}}`,
    () =>
      `{"type":"file","at":1,"kind":"artifact","name":${text},"path":"out/${random.below(1e6)}","media_type":${text},"size_bytes":0,"sha256":${text}}`,
    () => `{"type":"phase","at":1,"phase":"install","detail":${text}}`,
    () => value,
    () => `{"type":"log","at":1,"text":${value}`,
  ])();
}

/** A result that says anything; whatever it says, it is the last word of the attempt. */
function anyResult(random: Random, size: number): string {
  const share = Math.floor(size / 4);
  const outcome = pick(random, ["success", "failure"]);
  const message = JSON.stringify(pick(random, ["No.", "n🙂".repeat(share)]));
  const extra = pick(random, [
    "",
    `,"decision_required":{"preview":${anyValue(random, share)}}`,
    `,"await_external":{"key":"k","label":${anyValue(random, share)}}`,
    `,"await_external":${anyValue(random, share)}`,
  ]);
  return `{"type":"result","at":1,"outcome":"${outcome}","error_code":null,"error":${message},"error_raw":null,"exit_code":0,"outputs":{"a":${anyValue(random, share)}}${extra},"usage":{"wall_ms":1,"cpu_ms":1,"max_memory_bytes":1,"log_bytes":0}}`;
}

it("whatever a script prints, returns or writes is taken in, or ends its one attempt as the script's own failure", async () => {
  verifies("run:limits:script-is-taken-or-ends");
  for (let seed = 1; seed <= 16; seed++) {
    await withEngine(async (h) => {
      const random = createRandom(seed);
      const inputs = { text: "a".repeat(random.below(2) * 200_000) };
      const approvals = random.chance(0.5)
        ? {
            label: "L",
            expires_ms: 1e6,
            on_expiry: "reject" as const,
            not_by_requester: false,
            approvers_needed: 1,
          }
        : null;
      await h.engine.accept(buildTestSpec({ inputs, given_inputs: inputs, approvals }), true);
      h.driver.openFile = async () => ({ kind: "open", body: new Blob([]).stream() });
      let offset = 0;
      const post = (lines: readonly string[]) => {
        const body = encoder.encode(lines.map((line) => `${line}\n`).join(""));
        if (body.byteLength > POST_BYTES) return;
        const answer = h.engine.takeJournal({ attempt: 1, launch: 1, offset, body });
        expect(answer.next_offset, `seed ${seed}`).toBe(offset + body.byteLength);
        offset = answer.next_offset;
      };
      for (let n = random.below(4); n > 0; n--) {
        const size = pick(random, [1, 100, 20_000, 120_000]);
        const count = Math.min(2000, Math.floor(POST_BYTES / (2 * (size + 150))));
        post(Array.from({ length: 1 + random.below(count + 1) }, () => anyLine(random, size)));
      }
      post([anyResult(random, pick(random, [100, 100_000, 400_000]))]);
      post([anyResult(random, 100)]);
      const ended = () => h.engine.view()?.detail.status;
      await expect
        .poll(ended, { message: `seed ${seed}` })
        .toMatch(/^(?:completed|failed|pending_approval)$/);
      expect(h.driver.launches, `seed ${seed}`).toHaveLength(1);
      expect(h.engine.view()?.detail.failure?.kind ?? "worker", `seed ${seed}`).toMatch(/^(?:worker|limit)$/);
      h.evict();
      expect(ended(), `seed ${seed}`).toMatch(/^(?:completed|failed|pending_approval)$/);
    });
  }
});
