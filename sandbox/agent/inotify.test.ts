import { expect, it } from "vitest";
import { askAgent } from "../../test/support/sandbox-agent/ask-agent.ts";

const CREATE = 0x100;
const MODIFY = 0x2;
const IS_FOLDER = 0x40000000;
const OVERFLOW = 0x4000;

function written(events: readonly { watch: number; mask: number; name: string; room: number }[]): string {
  const texts = events.map(({ watch, mask, name, room }) => {
    const event = Buffer.alloc(16 + room);
    event.writeInt32LE(watch, 0);
    event.writeUInt32LE(mask, 4);
    event.writeUInt32LE(room, 12);
    event.write(name, 16);
    return event;
  });
  return Buffer.concat(texts).toString("hex");
}

it("reads the events that the kernel wrote one behind the other, names of any length", () => {
  const bytes = written([
    { watch: 1, mask: CREATE + IS_FOLDER, name: "näme", room: 16 },
    { watch: -1, mask: OVERFLOW, name: "", room: 0 },
    { watch: 2, mask: MODIFY, name: "x".repeat(255), room: 256 },
  ]);
  const code = "from agent.inotify import parse_events\nanswer = parse_events(bytes.fromhex(given))";
  expect(askAgent(code, bytes)).toEqual([
    [1, CREATE + IS_FOLDER, "näme"],
    [-1, OVERFLOW, ""],
    [2, MODIFY, "x".repeat(255)],
  ]);
  expect(askAgent(code, "")).toEqual([]);
});

it("has E2B's word for each kind of event of the kernel's", () => {
  const masks = [CREATE, 0x80 + IS_FOLDER, 0x40, 0x800, 0x4, MODIFY, 0x200, 0x8000];
  const code = "from agent.inotify import kind_of\nanswer = [kind_of(mask) for mask in given]";
  const kinds = ["CREATE", "CREATE", "RENAME", "RENAME", "CHMOD", "WRITE", "REMOVE", null];
  expect(askAgent(code, masks)).toEqual(kinds);
});
