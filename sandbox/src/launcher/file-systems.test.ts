import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { buildFileSystems } from "../isolation/bwrap-args.ts";
import type { FileSystemOptions } from "../isolation/bwrap-args.ts";
import { readLimits } from "../isolation/limits.ts";

const options: FileSystemOptions = {
  sources: {
    agentDir: "/run/agent",
    etcDir: "/run/etc",
    rootEntries: [
      { path: "/bin", linkTarget: "usr/bin" },
      { path: "/lib", linkTarget: null },
    ],
    etcEntries: [{ path: "/etc/ssl", source: "/etc/ssl" }],
    emptiedProc: [
      { path: "/proc/acpi", isDirectory: true },
      { path: "/proc/cmdline", isDirectory: false },
    ],
    trust: { bundle: "/run/agent/all.pem", places: ["/etc/ssl/cert.pem"] },
    ownFiles: null,
  },
  egressDir: "/run/egress",
  bootIdFile: "/run/boot_id",
  configFile: "/run/config.json",
  limits: readLimits({}, 2),
};

/** What Python prints of the launcher's file systems, or the end of why it does not. */
function ask(expression: string): string {
  const program = `from program.file_systems import FileSystems\nprint(${expression})`;
  const child = spawnSync("python3", ["-B", "-c", program], { cwd: import.meta.dirname, encoding: "utf8" });
  return child.status === 0 ? child.stdout.trim() : (child.stderr.trim().split("\n").at(-1) ?? "");
}

describe("the launcher's file systems", () => {
  it("know each word by which bubblewrap is told of them", () => {
    const known = ask(`" ".join(FileSystems("/nowhere")._words)`).split(" ");
    const used = new Set(buildFileSystems(options).filter((word) => word.startsWith("--")));
    expect([...used].filter((word) => !known.includes(word))).toEqual([]);
    expect(used.size).toBeGreaterThan(8);
  });

  it("are none when there is a word that they do not know", () => {
    const words = JSON.stringify(["--perms", "0755", "--bind", "/", "/host"]);
    expect(ask(`FileSystems("/nowhere").make(${words})`)).toBe(
      "ValueError: no file system is made by --bind",
    );
  });
});
