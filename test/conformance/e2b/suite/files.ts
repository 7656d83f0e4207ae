import assert from "node:assert/strict";
import {
  AuthenticationError,
  FileNotFoundError,
  FileType,
  InvalidArgumentError,
  NotEnoughSpaceError,
} from "e2b";
import type { ConformanceCase } from "./case.ts";

const BYTES = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 31) % 256);

/** files.read, write, list, exists, getInfo, remove, rename, makeDir. */
export const fileCases: ConformanceCase[] = [
  {
    name: "write then read text; parents are made; overwriting shortens",
    async run({ sandbox }) {
      const { files } = await sandbox();
      const info = await files.write("a/b/note.txt", "grüße\n");
      assert.equal(info.path, "/home/user/a/b/note.txt");
      assert.equal(info.name, "note.txt");
      assert.equal(info.type, FileType.FILE);
      assert.equal(await files.read("/home/user/a/b/note.txt"), "grüße\n");
      await files.write("a/b/note.txt", "x");
      assert.equal(await files.read("~/a/b/note.txt"), "x");
    },
  },
  {
    name: "read as text, bytes, blob and stream",
    async run({ sandbox }) {
      const { files } = await sandbox();
      await files.write("/tmp/data.bin", arrayBufferOf(BYTES));
      assert.deepEqual(await files.read("/tmp/data.bin", { format: "bytes" }), BYTES);
      const blob = await files.read("/tmp/data.bin", { format: "blob" });
      assert.deepEqual(new Uint8Array(await blob.arrayBuffer()), BYTES);
      const stream = await files.read("/tmp/data.bin", { format: "stream" });
      assert.deepEqual(new Uint8Array(await new Response(stream).arrayBuffer()), BYTES);
      assert.equal(typeof (await files.read("/tmp/data.bin", { format: "text" })), "string");
    },
  },
  {
    name: "an empty file reads as nothing in every format",
    async run({ sandbox }) {
      const { files } = await sandbox();
      await files.write("empty", "");
      assert.equal(await files.read("empty"), "");
      assert.equal((await files.read("empty", { format: "bytes" })).length, 0);
      assert.equal((await files.read("empty", { format: "blob" })).size, 0);
      const stream = await files.read("empty", { format: "stream" });
      assert.equal((await new Response(stream).arrayBuffer()).byteLength, 0);
    },
  },
  {
    name: "a file that may not be read is refused, in every encoding, and its sandbox is not said to be gone",
    async run({ sandbox }) {
      const { files, commands } = await sandbox();
      await files.write("closed", "nobody reads this");
      await commands.run("chmod 000 closed");
      const refused = { name: "SandboxError", message: /^403: EACCES/ };
      await assert.rejects(files.read("closed"), refused);
      await assert.rejects(files.read("closed", { gzip: true }), refused);
    },
  },
  {
    name: "write a blob, a buffer and a stream",
    async run({ sandbox }) {
      const { files } = await sandbox();
      await files.write("blob", new Blob(["from a blob"]));
      await files.write("buffer", arrayBufferOf(new TextEncoder().encode("from a buffer")));
      await files.write("stream", streamOf(["from ", "a ", "stream"]));
      assert.equal(await files.read("blob"), "from a blob");
      assert.equal(await files.read("buffer"), "from a buffer");
      assert.equal(await files.read("stream"), "from a stream");
    },
  },
  {
    name: "write many files at once, in order, as parts of one request",
    async run({ sandbox }) {
      const { files } = await sandbox();
      const entries = Array.from({ length: 20 }, (_, index) => ({
        path: `/tmp/many/${index}/näme ${index}.txt`,
        data: `content ${index}`,
      }));
      const infos = await files.writeFiles(entries);
      assert.deepEqual(
        infos.map((info) => info.path),
        entries.map((entry) => entry.path),
      );
      for (const entry of entries) assert.equal(await files.read(entry.path), entry.data);
      assert.deepEqual(await files.write([]), []);
    },
  },
  {
    name: "the same path twice in one request is refused",
    async run({ sandbox }) {
      const { files } = await sandbox();
      const twice = files.write([
        { path: "same.txt", data: "1" },
        { path: "/home/user/same.txt", data: "2" },
      ]);
      await assert.rejects(twice, InvalidArgumentError);
    },
  },
  {
    name: "gzip in both directions and raw uploads carry the same bytes",
    async run({ sandbox }) {
      const { files } = await sandbox();
      await files.write("zipped", arrayBufferOf(BYTES), { gzip: true });
      assert.deepEqual(await files.read("zipped", { format: "bytes" }), BYTES);
      await files.write("raw", arrayBufferOf(BYTES), { useOctetStream: true });
      assert.deepEqual(await files.read("raw", { format: "bytes", gzip: true }), BYTES);
    },
  },
  {
    name: "metadata given at upload is shown, and follows the file",
    async run({ sandbox }) {
      const { files } = await sandbox();
      const written = await files.write("tagged", "x", { metadata: { Origin: "a test", n: "1" } });
      assert.deepEqual(written.metadata, { origin: "a test", n: "1" });
      assert.deepEqual((await files.getInfo("tagged")).metadata, { origin: "a test", n: "1" });
      assert.deepEqual((await files.rename("tagged", "moved")).metadata, { origin: "a test", n: "1" });
      assert.equal((await files.write("plain", "x")).metadata, undefined);
    },
  },
  {
    name: "reading what is missing or a directory, writing over a directory",
    async run({ sandbox }) {
      const { files } = await sandbox();
      await assert.rejects(files.read("missing.txt"), FileNotFoundError);
      await assert.rejects(files.read("missing.txt", { format: "stream" }), FileNotFoundError);
      await assert.rejects(files.read("/tmp"), InvalidArgumentError);
      await assert.rejects(files.write("/tmp", "x"), InvalidArgumentError);
    },
  },
  {
    name: "files live at home of the named user; an unknown user is refused",
    async run({ sandbox }) {
      const { files } = await sandbox();
      assert.equal((await files.write("mine", "x", { user: "root" })).path, "/root/mine");
      assert.equal(await files.read("mine", { user: "root" }), "x");
      assert.equal(await files.exists("mine", { user: "root" }), true);
      assert.equal(await files.exists("mine"), false);
      await assert.rejects(files.read("mine", { user: "nobody-we-know" }), AuthenticationError);
      await assert.rejects(files.list(".", { user: "nobody-we-know" }), AuthenticationError);
    },
  },
  {
    name: "a file that does not fit is refused for space and leaves nothing behind",
    async run({ sandbox }) {
      const { files, commands } = await sandbox();
      const most = "$(($(df --output=avail -BM /tmp | tail -1 | tr -d M) - 6))";
      await commands.run(`fallocate -l 900M /tmp/filler && fallocate -l ${most}M /tmp/filler-2`);
      await assert.rejects(
        files.write("/tmp/too-big", new Blob([new Uint8Array(16_000_000)])),
        NotEnoughSpaceError,
      );
      assert.equal(await files.exists("/tmp/too-big"), false);
      const stream = streamOf(Array.from({ length: 256 }, () => "x".repeat(65_536)));
      await assert.rejects(files.write("/tmp/too-big", stream), NotEnoughSpaceError);
      assert.equal(await files.exists("/tmp/too-big"), false);
    },
  },
  {
    name: "list with depth, sorted, with types; a file or nothing is refused",
    async run({ sandbox }) {
      const { files } = await sandbox();
      await files.write("tree/b/c/deep.txt", "1");
      await files.write("tree/a.txt", "22");
      const paths = async (depth?: number) =>
        (await files.list("tree", depth === undefined ? {} : { depth })).map((entry) => entry.path);
      assert.deepEqual(await paths(), ["/home/user/tree/a.txt", "/home/user/tree/b"]);
      assert.deepEqual(await paths(2), ["/home/user/tree/a.txt", "/home/user/tree/b", "/home/user/tree/b/c"]);
      assert.deepEqual((await paths(3)).at(-1), "/home/user/tree/b/c/deep.txt");
      const [file, dir] = await files.list("tree");
      assert.deepEqual([file?.type, file?.size, dir?.type], [FileType.FILE, 2, FileType.DIR]);
      await assert.rejects(files.list("tree/a.txt"), InvalidArgumentError);
      await assert.rejects(files.list("no-tree"), FileNotFoundError);
    },
  },
  {
    name: "getInfo tells type, size, mode, permissions, owner and time",
    async run({ sandbox }) {
      const { files, commands } = await sandbox();
      const before = Date.now();
      await files.write("tool.sh", "echo 1\n");
      await commands.run("chmod 754 tool.sh");
      const info = await files.getInfo("tool.sh");
      assert.equal(info.name, "tool.sh");
      assert.equal(info.path, "/home/user/tool.sh");
      assert.equal(info.type, FileType.FILE);
      assert.equal(info.size, 7);
      assert.equal(info.mode, 0o754);
      assert.equal(info.permissions, "-rwxr-xr--");
      assert.equal(info.owner, "user");
      assert.equal(info.group, "user");
      assert.equal(info.symlinkTarget, undefined);
      assert.ok(info.modifiedTime !== undefined && Math.abs(info.modifiedTime.getTime() - before) < 60_000);
      const dir = await files.getInfo("/home/user");
      assert.deepEqual([dir.type, dir.permissions.charAt(0)], [FileType.DIR, "d"]);
      await assert.rejects(files.getInfo("absent"), FileNotFoundError);
    },
  },
  {
    name: "a symbolic link is shown as what it points to, with its target",
    async run({ sandbox }) {
      const { files, commands } = await sandbox();
      await files.write("target.txt", "1234");
      await commands.run("ln -s target.txt link; mkdir folder; ln -s folder to-folder");
      const link = await files.getInfo("link");
      assert.deepEqual([link.type, link.symlinkTarget], [FileType.FILE, "/home/user/target.txt"]);
      assert.equal(link.permissions.charAt(0), "L");
      assert.equal((await files.getInfo("to-folder")).type, FileType.DIR);
      assert.equal(await files.read("link"), "1234");
    },
  },
  {
    name: "exists for files, directories and nothing, also below a file",
    async run({ sandbox }) {
      const { files } = await sandbox();
      await files.write("here", "x");
      assert.equal(await files.exists("here"), true);
      assert.equal(await files.exists("/tmp"), true);
      assert.equal(await files.exists("there"), false);
      assert.equal(await files.exists("here/below"), false);
    },
  },
  {
    name: "makeDir makes parents, gives false when it exists, refuses a file",
    async run({ sandbox }) {
      const { files } = await sandbox();
      assert.equal(await files.makeDir("x/y/z"), true);
      assert.equal((await files.getInfo("x/y/z")).type, FileType.DIR);
      assert.equal(await files.makeDir("x/y/z"), false);
      await files.write("plain", "1");
      await assert.rejects(files.makeDir("plain"), InvalidArgumentError);
    },
  },
  {
    name: "rename moves files and directories, replaces, makes parents, refuses nothing",
    async run({ sandbox }) {
      const { files } = await sandbox();
      await files.write("old/name.txt", "1");
      const moved = await files.rename("old/name.txt", "new/place/name2.txt");
      assert.equal(moved.path, "/home/user/new/place/name2.txt");
      assert.equal(await files.exists("old/name.txt"), false);
      await files.rename("new", "newer");
      assert.equal(await files.read("newer/place/name2.txt"), "1");
      await files.write("replaced", "2");
      await files.rename("newer/place/name2.txt", "replaced");
      assert.equal(await files.read("replaced"), "1");
      await assert.rejects(files.rename("nothing", "something"), FileNotFoundError);
    },
  },
  {
    name: "remove takes files and whole directories, and what is not there",
    async run({ sandbox }) {
      const { files } = await sandbox();
      await files.write("gone/deep/file", "1");
      await files.remove("gone");
      assert.equal(await files.exists("gone"), false);
      await files.remove("never-was");
    },
  },
  {
    name: "five megabytes go up and down unchanged",
    async run({ sandbox }) {
      const { files, commands } = await sandbox();
      const big = new Uint8Array(5_000_000).map((_, index) => (index * 7 + (index >> 9)) % 256);
      await files.write("big", arrayBufferOf(big));
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", big));
      const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
      assert.equal((await commands.run("sha256sum big")).stdout, `${hex}  big\n`);
      const back = await files.read("big", { format: "bytes" });
      assert.equal(Buffer.compare(back, big), 0);
    },
  },
];

function arrayBufferOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(copy).set(bytes);
  return copy;
}

function streamOf(parts: string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const remaining = [...parts];
  return new ReadableStream({
    pull(controller) {
      const next = remaining.shift();
      if (next === undefined) controller.close();
      else controller.enqueue(encoder.encode(next));
    },
  });
}
