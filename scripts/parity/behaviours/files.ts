import { output, refusal } from "../behaviour.ts";
import type { Behaviour } from "../behaviour.ts";

async function bodyOf(response: Response): Promise<string> {
  return response.text();
}

/** Files by the SDK, and the file system as a script sees it. */
export const fileBehaviours: Behaviour[] = [
  {
    name: "text, bytes and streams are written and read",
    expected: ["tëxt", 3, "streamed"],
    measure: async ({ box }) => {
      const { files } = await box();
      await files.write("parity/text", "tëxt");
      await files.write("parity/bytes", new Uint8Array([0, 255, 10]).buffer);
      await files.write("parity/stream", new Blob(["streamed"]).stream());
      const bytes = await files.read("parity/bytes", { format: "bytes" });
      const stream = await files.read("parity/stream", { format: "stream" });
      return [await files.read("parity/text"), bytes.length, await bodyOf(new Response(stream))];
    },
  },
  {
    name: "several files are written at once, folders and all, and listed by depth",
    expected: [
      ["a", "b"],
      ["a", "b", "b/c"],
    ],
    measure: async ({ box }) => {
      const { files } = await box();
      await files.write([
        { path: "several/a", data: "1" },
        { path: "several/b/c", data: "2" },
      ]);
      const names = async (depth: number): Promise<string[]> =>
        (await files.list("several", { depth }))
          .map(({ path }) => path.replace("/home/user/several/", ""))
          .sort();
      return [await names(1), await names(2)];
    },
  },
  {
    name: "what is missing or a folder is told apart",
    expected: ["FileNotFoundError", "InvalidArgumentError", false, true, "FileNotFoundError"],
    measure: async ({ box }) => {
      const { files } = await box();
      return [
        await refusal(() => files.read("parity-missing")),
        await refusal(() => files.read("/home/user")),
        await files.exists("parity-missing"),
        await files.exists("/home/user"),
        await refusal(() => files.rename("parity-missing", "parity-other")),
      ];
    },
  },
  {
    name: "making a folder again says false, and removing what is not there is no error",
    expected: [true, false, "accepted"],
    measure: async ({ box }) => {
      const { files } = await box();
      const made = await files.makeDir("parity-dir/deep");
      return [
        made,
        await files.makeDir("parity-dir/deep"),
        await refusal(() => files.remove("parity-nothing")),
      ];
    },
  },
  {
    name: "a file is described by type, size, mode, owner and link",
    expected: { type: "file", size: 3, mode: 0o644, permissions: "-rw-r--r--", owner: "user", group: "user" },
    measure: async ({ box }) => {
      const { files, commands } = await box();
      await files.write("described", "123");
      await commands.run("chmod 644 described");
      const { type, size, mode, permissions, owner, group } = await files.getInfo("described");
      return { type: type ?? null, size, mode, permissions, owner, group };
    },
  },
  {
    name: "the SDK renames from /home to /tmp and back",
    expected: ["/tmp/moved", "back"],
    measure: async ({ box }) => {
      const { files } = await box();
      await files.write("/home/user/moving", "back");
      const { path } = await files.rename("/home/user/moving", "/tmp/moved");
      await files.rename("/tmp/moved", "/home/user/moved");
      return [path, await files.read("/home/user/moved")];
    },
  },
  {
    name: "a script renames and links between /tmp, /var/tmp and its home",
    expected: "1 2",
    measure: (place) =>
      output(
        place,
        `python3 -c "
import os
open('/tmp/parity-x', 'w').write('1'); os.replace('/tmp/parity-x', '/home/user/parity-x')
open('/var/tmp/parity-y', 'w').write('1'); os.replace('/var/tmp/parity-y', '/home/user/parity-y')
if os.path.exists('/tmp/parity-z'): os.unlink('/tmp/parity-z')
os.link('/home/user/parity-x', '/tmp/parity-z')
print(open('/tmp/parity-z').read(), os.stat('/home/user/parity-x').st_nlink)"`,
      ),
  },
  {
    name: "/, /home, /root, /tmp and /var are one file system, and /tmp is everybody's",
    expected: "1 1777",
    measure: (place) =>
      output(
        place,
        `echo $(sudo stat -c %d / /home/user /root /tmp /var | sort -u | wc -l) $(stat -c %a /tmp)`,
      ),
  },
  {
    name: "overwriting keeps a file's mode, and goes through a link",
    expected: ["-rwxr-xr-x", "new", "/home/user/parity-target"],
    measure: async ({ box }) => {
      const { files, commands } = await box();
      await commands.run(
        "echo old > parity-target; chmod 755 parity-target; ln -sf parity-target parity-link",
      );
      await files.write("parity-link", "new");
      const { symlinkTarget } = await files.getInfo("parity-link");
      const { permissions } = await files.getInfo("parity-target");
      return [permissions, await files.read("parity-target"), symlinkTarget ?? null];
    },
  },
  {
    name: "names with spaces, quotes, line breaks and other letters are written, listed and read",
    expected: true,
    measure: async ({ box }) => {
      const { files } = await box();
      const names = ["a b", "quote'\"", "line\nbreak", "ünï 日本", "%41#?&", "-dash"];
      for (const name of names) await files.write(`parity-names/${name}`, name);
      const listed = new Set((await files.list("parity-names")).map(({ name }) => name));
      const read = await Promise.all(names.map((name) => files.read(`parity-names/${name}`)));
      return names.every((name, index) => listed.has(name) && read[index] === name);
    },
  },
  {
    name: "the SDK reads what its user has closed to everybody, since it reads as root",
    expected: "accepted",
    byDesign: { row: "users", local: "403" },
    measure: async ({ box }) => {
      const { files, commands } = await box();
      await commands.run("echo closed > parity-closed; chmod 000 parity-closed");
      return refusal(() => files.read("parity-closed"));
    },
  },
  {
    name: "files of /proc and devices are read",
    expected: [true, ""],
    measure: async ({ box }) => {
      const { files } = await box();
      return [(await files.read("/proc/uptime")).length > 5, await files.read("/dev/null")];
    },
  },
  {
    name: "an empty file says that it has no bytes",
    expected: [200, "0"],
    measure: async ({ box }) => {
      const sandbox = await box();
      await sandbox.files.write("parity-empty", "");
      const response = await fetch(await sandbox.downloadUrl("parity-empty"), {
        headers: { "Accept-Encoding": "identity" },
      });
      await bodyOf(response);
      return [response.status, response.headers.get("content-length")];
    },
  },
  {
    name: "a signed address that has expired is refused in envd's words",
    expected: [401, '{"code":401,"message":"signature is already expired"}'],
    measure: async ({ box }) => {
      const sandbox = await box();
      await sandbox.files.write("parity-signed", "1");
      const late = await fetch(await sandbox.downloadUrl("parity-signed", { useSignatureExpiration: -60 }));
      return [late.status, await bodyOf(late)];
    },
  },
  {
    name: "metadata of an upload comes back with the file's information",
    expected: { kind: "parity" },
    measure: async ({ box }) => {
      const { files } = await box();
      await files.write("parity-meta", "1", { metadata: { kind: "parity" } });
      return (await files.getInfo("parity-meta")).metadata ?? null;
    },
  },
  {
    name: "metadata of an upload is an extended attribute that scripts see",
    expected: "['user.e2b.kind']",
    byDesign: { row: "metadata", local: "[]" },
    measure: async (place) => {
      await (await place.box()).files.write("parity-xattr", "1", { metadata: { kind: "parity" } });
      return output(place, `python3 -c "import os; print(os.listxattr('parity-xattr'))"`);
    },
  },
];
