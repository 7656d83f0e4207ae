import type { FilesystemEvent, Sandbox } from "e2b";
import { eventually } from "../behaviour.ts";
import type { Behaviour, Place } from "../behaviour.ts";

const LAST = "the-last-one";

/**
 * What a watch of a folder tells of `change`, as `kind name`, repeated writes to one file once. The folder is prepared
 * first; a last file, which is made after the change, ends the measuring.
 */
async function watched(
  place: Place,
  {
    prepare,
    change,
    recursive = false,
  }: { prepare: string; change: (box: Sandbox) => Promise<unknown>; recursive?: boolean },
): Promise<string[]> {
  const box = await place.box();
  const { commands, files } = box;
  await commands.run(`rm -rf ~/parity-watched; mkdir ~/parity-watched; cd ~/parity-watched; ${prepare}`);
  const events: FilesystemEvent[] = [];
  const watch = await files.watchDir("parity-watched", (event) => void events.push(event), { recursive });
  await change(box);
  await commands.run(`mkdir ~/parity-watched/${LAST}`);
  await eventually(() => events.some(({ name }) => name === LAST));
  await watch.stop();
  const told = events
    .slice(
      0,
      events.findIndex(({ name }) => name === LAST),
    )
    .map(({ type, name }) => `${type} ${name}`);
  return told.filter((line, index) => !(line.startsWith("write ") && told[index - 1] === line));
}

const byShell = (script: string) => (box: Sandbox) => box.commands.run(`cd ~/parity-watched; ${script}`);

/** The events of watchDir: which, and in which order. */
export const watchBehaviours: Behaviour[] = [
  {
    name: "a file that is removed and made again is told in that order",
    expected: ["remove a", "create a", "write a"],
    measure: (place) => watched(place, { prepare: "echo 1 > a", change: byShell("rm a; echo 2 > a") }),
  },
  {
    name: "an upload of a new file is created, given to its owner and written",
    expected: ["create up", "chmod up", "write up"],
    measure: (place) =>
      watched(place, { prepare: "true", change: ({ files }) => files.write("parity-watched/up", "1") }),
  },
  {
    name: "touch changes attributes and writes nothing",
    expected: ["chmod a"],
    measure: (place) => watched(place, { prepare: "echo 1 > a", change: byShell("touch a") }),
  },
  {
    name: "a file moved out of the folder is renamed",
    expected: ["rename a"],
    measure: (place) => watched(place, { prepare: "echo 1 > a", change: byShell("mv a ..") }),
  },
  {
    name: "a file moved within the folder is renamed and created",
    expected: ["rename a", "create b"],
    measure: (place) => watched(place, { prepare: "echo 1 > a", change: byShell("mv a b") }),
  },
  {
    name: "a write and a change of mode in one program are one of each",
    expected: ["write a", "chmod a"],
    measure: (place) =>
      watched(place, {
        prepare: "echo 1 > a",
        change: byShell(`python3 -c "
import os
fd = os.open('a', os.O_WRONLY)
os.write(fd, b'22')
os.fchmod(fd, 0o600)"`),
      }),
  },
  {
    name: "what happens in a folder that was just made is told as well",
    expected: ["create d", "create d/a"],
    measure: async (place) => {
      const told = await watched(place, {
        prepare: "true",
        recursive: true,
        change: byShell("mkdir d; sleep 0.3; mkdir d/a"),
      });
      return told.filter((line) => line.startsWith("create "));
    },
  },
];
