import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import type { Executor } from "../ports/executor.ts";
import { lookAgain } from "./pull-journal.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function look(journal: string, { alive = false, answers = Infinity } = {}) {
  let offset = 0;
  let looks = 0;
  const readJournal: Executor["readJournal"] = async (_, from) => {
    looks += 1;
    if (looks > answers) return { kind: "unavailable" };
    return { kind: "read", bytes: bytes(journal).subarray(from), runnerAlive: alive };
  };
  return lookAgain({
    executor: { readJournal },
    sandboxId: "sbx",
    offset: () => offset,
    take: (from, body) => {
      offset = from + body.byteLength;
    },
    ended: () => journal.includes('"result"') && offset === journal.length,
  });
}

const begun = '{"type":"phase","at":1,"phase":"run"}\n';

it("a runner that is gone after its script began was ended by the script", async () => {
  expect(await look(begun)).toBe("runner_ended");
});

it("one that lives, left a result after the first look, or never began its script was not", async () => {
  expect(await look(begun, { alive: true })).toBe("alive");
  expect(await look(`${begun}{"type":"result"}\n`)).toBe("ended");
  expect(await look('{"type":"phase","at":1,"phase":"unpack"}\n')).toBe("silent");
});

it("where nobody answers any more nothing is known", async () => {
  verifies("run:verdict:owner-alone-says-gone");
  expect(await look(begun, { answers: 0 })).toBe("unavailable");
  expect(await look(begun, { answers: 1 })).toBe("unavailable");
});
