import assert from "node:assert/strict";
import { FileNotFoundError, FilesystemEventType, InvalidArgumentError } from "e2b";
import type { FilesystemEvent } from "e2b";
import { eventually } from "./case.ts";
import type { ConformanceCase } from "./case.ts";

const { CREATE, WRITE, REMOVE, RENAME, CHMOD } = FilesystemEventType;

/** files.watchDir: every kind of event, recursion, entries, stopping, refusals. */
export const watchCases: ConformanceCase[] = [
  {
    name: "create, write, chmod, rename and remove are told apart",
    async run({ sandbox }) {
      const { files, commands } = await sandbox();
      await files.write("watched/known.txt", "1");
      const seen: FilesystemEvent[] = [];
      const watch = await files.watchDir("watched", (event) => void seen.push(event));
      const has = (name: string, type: FilesystemEventType) => () =>
        seen.some((event) => event.name === name && event.type === type);
      await files.write("watched/known.txt", "22");
      await eventually("write is told", has("known.txt", WRITE));
      await files.write("watched/fresh.txt", "1");
      await eventually("create is told", has("fresh.txt", CREATE));
      await commands.run("chmod 600 watched/known.txt");
      await eventually("chmod is told", has("known.txt", CHMOD));
      await files.rename("watched/known.txt", "watched/other.txt");
      await eventually("rename is told", has("known.txt", RENAME));
      await eventually("the new name is told", has("other.txt", CREATE));
      await files.remove("watched/other.txt");
      await eventually("remove is told", has("other.txt", REMOVE));
      await watch.stop();
    },
  },
  {
    name: "only a recursive watch sees below, also in directories made later",
    async run({ sandbox }) {
      const { files } = await sandbox();
      await files.makeDir("top/inner");
      const flat: string[] = [];
      const deep: string[] = [];
      const watchFlat = await files.watchDir("top", (event) => void flat.push(event.name));
      const watchDeep = await files.watchDir("top", (event) => void deep.push(event.name), {
        recursive: true,
      });
      await files.write("top/inner/file.txt", "1");
      await eventually("the deep watch sees it", () => deep.includes("inner/file.txt"));
      await files.makeDir("top/later/still");
      await files.write("top/later/still/file.txt", "1");
      await eventually("a new directory is watched too", () => deep.includes("later/still/file.txt"));
      await eventually("the flat watch sees the directory", () => flat.includes("later"));
      assert.deepEqual(
        flat.filter((name) => name.includes("/")),
        [],
      );
      await watchFlat.stop();
      await watchDeep.stop();
    },
  },
  {
    name: "includeEntry tells about the entry",
    async run({ sandbox }) {
      const { files } = await sandbox();
      await files.makeDir("entries");
      const seen: FilesystemEvent[] = [];
      await files.watchDir("entries", (event) => void seen.push(event), { includeEntry: true });
      await files.write("entries/file.txt", "12345");
      await eventually("an event with an entry", () =>
        seen.some((event) => event.entry?.path === "/home/user/entries/file.txt" && event.entry.size === 5),
      );
    },
  },
  {
    name: "stop ends the events and calls onExit once",
    async run({ sandbox }) {
      const { files } = await sandbox();
      await files.makeDir("stopped");
      let exits = 0;
      const seen: string[] = [];
      const watch = await files.watchDir("stopped", (event) => void seen.push(event.name), {
        onExit: () => void (exits += 1),
      });
      await watch.stop();
      await eventually("onExit is called", () => exits === 1);
      await files.write("stopped/after.txt", "1");
      const marker = await files.watchDir("stopped", () => {});
      await marker.stop();
      assert.deepEqual(seen, []);
      assert.equal(exits, 1);
    },
  },
  {
    name: "a missing directory and a file are refused",
    async run({ sandbox }) {
      const { files } = await sandbox();
      await files.write("a-file", "1");
      await assert.rejects(
        files.watchDir("no-such-dir", () => {}),
        FileNotFoundError,
      );
      await assert.rejects(
        files.watchDir("a-file", () => {}),
        InvalidArgumentError,
      );
    },
  },
];
