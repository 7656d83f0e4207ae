import { buildAttempts } from "../../model/attempt.ts";
import type { Area } from "../../model/attempt.ts";
import { describeAnswer, knock } from "../../stage/knock.ts";
import { residentMib } from "../../stage/process-list.ts";
import type { Stage } from "../../stage/stage.ts";
import { writeZip } from "../../stage/zip.ts";
import type { ZipEntry } from "../../stage/zip.ts";

const AREA = "bundles";
const CONTROL = `${AREA}:control-push`;
const LINK = 0o120777;

const entry = (name: string | Uint8Array, data: string | Uint8Array = "x"): ZipEntry => ({ name, data });

/** Names under which no file may come into a bundle: they lead out of a folder, or into what runs by itself. */
const names: readonly (readonly [id: string, name: string])[] = [
  ["climbing", "../x"],
  ["inner-climbing", "a/../../x"],
  ["climbing-back", "a/../b"],
  ["absolute", "/etc/x"],
  ["double-absolute", "//etc/x"],
  ["drive", "C:\\x"],
  ["drive-slash", "C:/x"],
  ["share", "\\\\server\\share\\x"],
  ["backslash", "..\\x"],
  ["backslash-inside", "a\\..\\..\\x"],
  ["dot-step", "a/./b"],
  ["empty-step", "a//b"],
  ["nul", "a\u0000.py"],
  ["newline", "a\nb"],
  ["escape", "a\u001b[31m"],
  ["delete", "a\u007f"],
  ["c1", "a\u009b31m"],
  ["bidi", "a\u202eyp.txt"],
  ["device", "con"],
  ["device-ending", "aux.txt"],
  ["device-inside", "a/nul/b"],
  ["stream", "run.sh:hidden"],
  ["trailing-dot", "a."],
  ["trailing-blank", "a "],
  ["long", "a".repeat(600)],
  ["secret", ".env"],
  ["secret-inside", "a/.env"],
  ["secret-key", "id_rsa"],
  ["secret-blank", ".env "],
  ["secret-upper-case", ".ENV"],
  ["git-upper-case", ".GIT/config"],
  ["git-short-name", "git~1/config"],
  ["git-inside", "a/.Git/hooks/post-checkout"],
  ["git-blank", ".git /config"],
  ["git-joiner", ".g\u200cit/config"],
];

const manifest = (name: string): ZipEntry =>
  entry(
    "worker.yml",
    `schema_version: "0.3"\nname: ${name}\ntitle: Bundle\nversion: 0.1.0\nexec:\n  entry: run.sh\n`,
  );
const script = entry("run.sh", "echo\n");

/** Whole zips that are not what they seem. */
const zips: readonly (readonly [id: string, wants: string, entries: readonly ZipEntry[]])[] = [
  ["link", "Have a link unpacked.", [{ name: "link", data: "/etc/passwd", mode: LINK }]],
  [
    "link-climbing",
    "Have a link unpacked that climbs out.",
    [{ name: "link", data: "../../..", mode: LINK }],
  ],
  [
    "through-link",
    "Write through a link that came before.",
    [{ name: "d", data: "/tmp", mode: LINK }, entry("d/x")],
  ],
  ["device", "Have a device unpacked.", [{ name: "disk", data: "", mode: 0o060_600 }]],
  ["pipe", "Have a pipe unpacked.", [{ name: "pipe", data: "", mode: 0o010_600 }]],
  ["case", "Write one file over another by its case.", [entry("a.txt", "1"), entry("A.txt", "2")]],
  ["unicode", "Write one file over another by its accents.", [entry("\u00e9", "1"), entry("e\u0301", "2")]],
  ["twice", "Name a file twice.", [entry("a.txt", "1"), entry("a.txt", "2")]],
  ["file-and-folder", "Use a name for a file and a folder.", [entry("a", "1"), entry("a/b", "2")]],
  ["two-manifests", "Show one manifest and run another.", [entry("WORKER.YML", "x")]],
  ["local-name", "Show one name and unpack another.", [{ name: "a.txt", localName: "../b", data: "x" }]],
  [
    "unicode-path",
    "Show one name and unpack another by a field for names in Unicode.",
    [{ name: "a.txt", unicodePath: "../b", data: "x" }],
  ],
  [
    "unicode-path-absolute",
    "Write to a place of the system by such a field.",
    [{ name: "a.txt", unicodePath: "/etc/b", data: "x" }],
  ],
  [
    "link-through-link",
    "Have a link unpacked into a folder that is a link.",
    [
      { name: "d", data: "/tmp", mode: LINK },
      { name: "d/e", data: "../../etc", mode: LINK },
    ],
  ],
  [
    "bomb",
    "Fill memory by what a small file unpacks to.",
    [{ name: "big", data: "x".repeat(40 << 20), deflate: true }],
  ],
  [
    "bombs",
    "Fill memory by many such files.",
    Array.from({ length: 12 }, (_, n) => ({ name: `big-${n}`, data: "x".repeat(4_900_000), deflate: true })),
  ],
  [
    "lying-size",
    "Lie about a file's size.",
    [{ name: "big", data: "x".repeat(6 << 20), deflate: true, claimedSize: 10 }],
  ],
  ["many", "Send more files than a bundle has.", Array.from({ length: 2100 }, (_, n) => entry(`f/${n}`, ""))],
  ["deep", "Send a folder in a folder without end.", [entry(`${"a/".repeat(3000)}x`)]],
];

const odd: readonly (readonly [id: string, wants: string, body: Uint8Array])[] = [
  ["no-zip", "Push what is no zip.", Buffer.from("not a zip")],
  ["empty", "Push nothing.", Buffer.alloc(0)],
  ["only-end", "Push a zip without entries.", writeZip([])],
  ["cut", "Push half a zip.", writeZip([script]).subarray(0, 40)],
  ["wrong-count", "Push a zip that claims more entries than it has.", miscount(writeZip([script]))],
];

/** What a manifest can say of itself. */
const manifests: readonly (readonly [id: string, wants: string, text: string])[] = [
  ["yaml-tag", "Have code made out of YAML.", 'title: !!js/function "function(){}"'],
  ["yaml-bomb", "Fill memory by YAML that refers to itself.", yamlBomb()],
  ["yaml-merge", "Change objects of the edge by a key of YAML.", "title: x\n__proto__: { a: 1 }"],
  ["entry-climbing", "Run a file outside of the folder.", "title: x\nexec: { entry: ../x.sh }"],
  ["entry-absolute", "Run a file of the system.", "title: x\nexec: { entry: /usr/bin/env }"],
  [
    "output-climbing",
    "Have a file outside of the folder taken.",
    "title: x\nexec: { entry: run.sh, outputs: [{ name: a, kind: file, path: ../../etc/passwd }] }",
  ],
  [
    "output-absolute",
    "Have a file of the system taken.",
    "title: x\nexec: { entry: run.sh, outputs: [{ name: a, kind: file, path: /etc/passwd }] }",
  ],
  [
    "input-climbing",
    "Have an upload written outside of the folder.",
    "title: x\nexec: { entry: run.sh, inputs: [{ name: a, kind: file, path: ../../.bashrc }] }",
  ],
  [
    "input-runner",
    "Have an upload written over the runner.",
    "title: x\nexec: { entry: run.sh, inputs: [{ name: a, kind: file, path: /home/user/.floom/runner.pyz }] }",
  ],
  ["other-name", "Push under one name a worker of another.", "title: x\nname: hello-worker"],
  ["time", "Run for a year.", "title: x\nlimits: { timeout_seconds: 31536000 }"],
];

const refused = ["422*", "413*", "400*", "409*"];

export const bundlesArea: Area<Stage> = {
  name: AREA,
  controls: [{ id: CONTROL, works: ["200"] }],
  attempts: buildAttempts({ area: AREA, kind: "outside", control: CONTROL, refusals: refused }, [
    ...names.map(([id, name]) => ({ id: `name-${id}`, wants: `Push a file named ${shorten(name)}.` })),
    ...zips.map(([id, wants]) => ({
      id: `zip-${id}`,
      wants,
      ...(id === "local-name" ? { refusals: [...refused, "200 kept as shown"] } : {}),
    })),
    ...odd.map(([id, wants]) => ({ id: `odd-${id}`, wants })),
    ...manifests.map(([id, wants]) => ({ id: `manifest-${id}`, wants })),
    {
      id: "bomb-memory",
      wants: "Fill the edge's memory by a file that says it is small.",
      refusals: ["less than 250 MiB"],
      needs: "own_system" as const,
    },
    {
      id: "names-memory",
      wants: "Fill the edge's memory by a directory of nothing but names.",
      refusals: ["less than 250 MiB"],
      needs: "own_system" as const,
    },
    {
      id: "long-path-memory",
      wants: "Fill the edge's memory by one endless name.",
      refusals: ["less than 250 MiB"],
      needs: "own_system" as const,
    },
  ]),
  look: async (stage) => {
    const seen = new Map<string, string>();
    const set = (id: string, saw: string): void => void seen.set(`${AREA}:${id}`, saw);
    const name = stage.yard.name("bundle");
    const pushAll = (entries: readonly ZipEntry[]): Promise<string> =>
      push(stage, name, writeZip([manifest(name), script, ...entries]));
    seen.set(CONTROL, await pushAll([entry("a.txt", "fine")]));
    for (const [id, file] of names) set(`name-${id}`, await pushAll([entry(file)]));
    for (const [id, , entries] of zips) {
      const saw = await pushAll(entries);
      // The directory's name is the one that counts; the entry's own is never used.
      set(`zip-${id}`, id === "local-name" && saw === "200" ? "200 kept as shown" : saw);
    }
    for (const [id, , body] of odd) set(`odd-${id}`, await push(stage, name, body));
    for (const [id, , text] of manifests) {
      const lines = `schema_version: "0.3"\nversion: 0.1.0\n${text.includes("\nname:") ? "" : `name: ${name}\n`}`;
      const exec = text.includes("exec:") ? "" : "exec: { entry: run.sh }\n";
      set(
        `manifest-${id}`,
        await push(stage, name, writeZip([entry("worker.yml", `${lines}${exec}${text}\n`), script])),
      );
    }
    if (stage.own !== null) {
      const { edgePid } = stage.own;
      for (const [id, entries] of fillers()) {
        const before = residentMib(edgePid);
        await pushAll(entries);
        const grown = residentMib(edgePid) - before;
        set(id, grown < 250 ? "less than 250 MiB" : `${grown} MiB more`);
      }
    }
    return seen;
  },
};

/** Small zips that are large to whoever believes them. */
function fillers(): (readonly [id: string, entries: ZipEntry[]])[] {
  const bomb = { name: "big", data: Buffer.alloc(300 << 20), deflate: true, claimedSize: 10 };
  const names = Array.from({ length: 700 }, (_, n) => entry(`${n}/`.padEnd(60_000, "a/"), ""));
  return [
    ["long-path-memory", [entry("a/".repeat(30_000))]],
    ["bomb-memory", [bomb]],
    ["names-memory", names],
  ];
}

async function push(stage: Stage, name: string, body: Uint8Array): Promise<string> {
  stage.yard.note(name);
  const answer = await knock(stage.url, {
    method: "PUT",
    path: `/api/workers/${name}/bundle`,
    token: stage.token,
    headers: { "content-type": "application/zip" },
    body,
  });
  return describeAnswer(answer);
}

function shorten(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}...` : name);
}

/** The number of entries lies before the directory's size in the last record. */
function miscount(zip: Uint8Array): Uint8Array {
  const copy = Buffer.from(zip);
  copy.writeUInt16LE(60_000, copy.length - 12);
  copy.writeUInt16LE(60_000, copy.length - 14);
  return copy;
}

/** Nine levels of nine: whoever follows every reference has half a thousand million words. */
function yamlBomb(): string {
  const levels = Array.from(
    { length: 8 },
    (_, n) => `b${n + 1}: &b${n + 1} [${Array.from({ length: 9 }, () => `*b${n}`).join(", ")}]`,
  );
  return ["b0: &b0 [x, x, x, x, x, x, x, x, x]", ...levels, "title: *b8"].join("\n");
}
