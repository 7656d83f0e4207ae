import { expect, it } from "vitest";
import { kindOf } from "./directory-watch.ts";
import { IN, parseEvents } from "./inotify.ts";

function written(events: readonly { wd: number; mask: number; name: string; room: number }[]): Uint8Array {
  return Buffer.concat(
    events.map(({ wd, mask, name, room }) => {
      const event = Buffer.alloc(16 + room);
      event.writeInt32LE(wd, 0);
      event.writeUInt32LE(mask, 4);
      event.writeUInt32LE(room, 12);
      event.write(name, 16);
      return event;
    }),
  );
}

it("reads the events that the kernel wrote one behind the other, names of any length", () => {
  const bytes = written([
    { wd: 1, mask: IN.CREATE | IN.ISDIR, name: "näme", room: 16 },
    { wd: -1, mask: IN.Q_OVERFLOW, name: "", room: 0 },
    { wd: 2, mask: IN.MODIFY, name: "x".repeat(255), room: 256 },
  ]);
  expect(parseEvents(bytes)).toEqual([
    { wd: 1, mask: IN.CREATE | IN.ISDIR, name: "näme" },
    { wd: -1, mask: IN.Q_OVERFLOW, name: "" },
    { wd: 2, mask: IN.MODIFY, name: "x".repeat(255) },
  ]);
  expect(parseEvents(new Uint8Array())).toEqual([]);
});

it.each([
  [IN.CREATE, "create"],
  [IN.MOVED_TO | IN.ISDIR, "create"],
  [IN.MOVED_FROM, "rename"],
  [IN.MOVE_SELF, "rename"],
  [IN.ATTRIB, "chmod"],
  [IN.MODIFY, "write"],
  [IN.DELETE, "remove"],
  [0x8000, undefined],
])("the kernel's %i is E2B's %s", (mask, kind) => {
  expect(kindOf(mask)).toBe(kind);
});
