import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { chainStart, headMessage, linkMessage } from "#contract/audit/chain";
import type { AuditHead, AuditLink, ChainPlace } from "#contract/audit/chain";
import { workspaceIdSchema } from "#contract/ids";
import { callCli } from "../../../test/support/cli-host.ts";
import { verifies } from "../../../test/verifies.ts";
import { fingerprintOf } from "./judge-export.ts";

const workspaceId = workspaceIdSchema.parse(`wsp_${"0".repeat(26)}`);
const keys = generateKeyPairSync("ed25519");
const publicKey = keys.publicKey.export({ format: "jwk" }).x ?? "";

function makeLinks(names: readonly string[], after: ChainPlace = chainStart): AuditLink[] {
  let place = after;
  return names.map((name) => {
    const entry = JSON.stringify({ id: `evt_${name}`, details: { name: "\u202e\u0000" } });
    const hash = createHash("sha256")
      .update(linkMessage(workspaceId, place, entry))
      .digest("hex");
    place = { seq: place.seq + 1, hash };
    return { type: "entry", ...place, entry };
  });
}

function makeHead(last: ChainPlace, by = keys, x = publicKey): AuditHead {
  const signedAt = "2026-01-01T00:00:00.000Z";
  const unsigned = { workspace_id: workspaceId, after: chainStart, last, signed_at: signedAt, public_key: x };
  const signature = sign(null, Buffer.from(headMessage(unsigned)), by.privateKey).toString("base64url");
  return { type: "head", ...unsigned, signature };
}

const opening = { type: "chain", format: 1, workspace_id: workspaceId, after: chainStart };
const links = makeLinks(["a", "b", "c", "d"]);
const placeOf = ({ seq, hash }: ChainPlace): ChainPlace => ({ seq, hash });
const head = makeHead(placeOf(links[3] ?? chainStart));
const whole = [opening, ...links, head].map((line) => JSON.stringify(line));

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "floom-audit-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function judge(lines: readonly string[], more: readonly string[] = []) {
  const file = join(folder, "audit.ndjson");
  await writeFile(file, lines.map((line) => `${line}\n`).join(""));
  return callCli(["audit", "verify", "--file", file, ...more]);
}

it("an export that nobody has touched is ok, without a server and with its key", async () => {
  verifies("audit:chain:tamper-evident");
  const judged = await judge(whole);
  expect([judged.exitCode, judged.stdout.trimEnd().split("\n").at(-1)]).toEqual([0, "ok, 4 entries"]);
  const pinned = await judge(whole, ["--key", fingerprintOf(publicKey), "--json"]);
  expect(JSON.parse(pinned.stdout)).toEqual({
    ok: true,
    entries: 4,
    broken: null,
    key: fingerprintOf(publicKey),
  });
  expect((await judge([opening, makeHead(chainStart)].map((line) => JSON.stringify(line)))).stdout).toContain(
    "ok, 0 entries",
  );
});

const without = (...places: number[]) => whole.filter((_, index) => !places.includes(index));
const changed = (place: number, change: (line: string) => string) =>
  whole.map((line, index) => (index === place ? change(line) : line));
const swapped = whole.map((line, index) =>
  index === 2 ? (whole[3] ?? "") : index === 3 ? (whole[2] ?? "") : line,
);
const other = generateKeyPairSync("ed25519");
const otherX = other.publicKey.export({ format: "jwk" }).x ?? "";
const resigned = [opening, ...makeLinks(["a", "x", "c", "d"])];
const resignedHead = makeHead(placeOf(makeLinks(["a", "x", "c", "d"])[3] ?? chainStart), other, otherX);

const tamperings: [what: string, lines: string[], names: string][] = [
  ["an entry edited", changed(2, (line) => line.replace("evt_b", "evt_x")), "entry 2 (evt_x)"],
  ["a hash edited", changed(2, (line) => line.replace(/"hash":"./, '"hash":"_')), "entry 2"],
  ["an entry left out", without(3), "entry 3"],
  ["the first left out", without(1), "entry 1"],
  ["the last left out", without(4), "entry 4"],
  ["the end left out", without(5), "cut off"],
  ["the last and the end left out", without(4, 5), "cut off"],
  ["the beginning left out", without(0), "entry 1"],
  ["two exchanged", swapped, "entry 2"],
  ["one twice", whole.flatMap((line, index) => (index === 2 ? [line, line] : [line])), "entry 3"],
  ["one behind the end", whole.concat(whole[4] ?? ""), "behind the signed end"],
  ["a line cut", changed(4, (line) => line.slice(0, 20)), "entry 4"],
  ["an empty line", whole.flatMap((line, index) => (index === 2 ? ["", line] : [line])), "entry 2"],
  ["bytes that are no text", changed(2, () => "\u0000\u0001"), "entry 2"],
  ["the time of signing edited", changed(5, (line) => line.replace("2026", "2025")), "signature"],
  ["another workspace's name", changed(0, (line) => line.replace("wsp_0", "wsp_1")), "entry 1"],
  [
    "the end of a shorter chain",
    [...whole.slice(0, 5), JSON.stringify(makeHead(placeOf(links[2] ?? chainStart)))],
    "what was signed",
  ],
  [
    "a beginning that hides entries",
    [JSON.stringify({ ...opening, after: placeOf(links[0] ?? chainStart) }), ...whole.slice(2)],
    "another chain",
  ],
  ["nothing at all", [], "no export"],
  ["something else", ["{}", "[]"], "none of an export"],
];

it.each(tamperings)("%s is found, and where", async (_, lines, names) => {
  verifies("audit:chain:tamper-evident");
  const judged = await judge(lines);
  expect(judged.exitCode).toBe(1);
  expect(judged.stdout).toContain("broken at");
  expect(judged.stdout).toContain(names);
});

it("a chain that was written and signed anew is told by its key", async () => {
  const lines = [...resigned, resignedHead].map((line) => JSON.stringify(line));
  expect((await judge(lines)).exitCode).toBe(0);
  const pinned = await judge(lines, ["--key", publicKey]);
  expect([pinned.exitCode, pinned.stdout]).toEqual([1, expect.stringContaining("another key")]);
});

it("a file that is not there is a wrong use, as is a key without one", async () => {
  expect((await callCli(["audit", "verify", "--file", join(folder, "none")])).exitCode).toBe(2);
  expect((await callCli(["audit", "verify", "--key", "a"])).exitCode).toBe(2);
});
