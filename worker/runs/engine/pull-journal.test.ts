import { expect, it } from "vitest";
import type { Executor } from "../ports/executor.ts";
import { endedItsRunner } from "./pull-journal.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function look(journal: string, runnerAlive: boolean) {
  let offset = 0;
  const readJournal: Executor["readJournal"] = (_, from) =>
    Promise.resolve({ kind: "read", bytes: bytes(journal).subarray(from), runnerAlive });
  return endedItsRunner({
    executor: { readJournal },
    sandboxId: "sbx",
    offset: () => offset,
    take: (from, body) => {
      offset = from + body.byteLength;
    },
    ended: () => journal.includes('"result"') && offset === journal.length,
  });
}

it("a runner that is gone after its script began was ended by the script", async () => {
  expect(await look('{"type":"phase","at":1,"phase":"run"}\n', false)).toBe(true);
});

it("one that lives, left a result after the first look, or never began its script was not", async () => {
  expect(await look('{"type":"phase","at":1,"phase":"run"}\n', true)).toBe(false);
  expect(await look('{"type":"phase","at":1,"phase":"run"}\n{"type":"result"}\n', false)).toBe(false);
  expect(await look('{"type":"phase","at":1,"phase":"unpack"}\n', false)).toBe(false);
});
