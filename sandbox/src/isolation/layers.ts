import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { SandboxSources } from "./bwrap-args.ts";
import { buildMountTable } from "./own-files.ts";

/** Longest list of layers: what the kernel is told of an overlay fits into one page. */
export const MAX_LAYERS = 40;

const LAYER = /^[0-9a-f]{32}$/;

/**
 * What commands of builds installed, each result a folder of the host that is laid over the `/usr` of sandboxes. Named for
 * all that the result depends on: a layer is made once, and never changed while it is there.
 */
export class Layers {
  readonly #dir: string;
  readonly #rootEntries: SandboxSources["rootEntries"];

  constructor(runtimeDir: string, rootEntries: SandboxSources["rootEntries"]) {
    this.#dir = path.join(runtimeDir, "layers");
    this.#rootEntries = rootEntries;
    fs.mkdirSync(this.#dir, { recursive: true, mode: 0o755 });
  }

  has(layer: string): boolean {
    return fs.existsSync(this.#folder(layer));
  }

  #folder(layer: string): string {
    return path.join(this.#dir, layer);
  }

  /** `sources` with these layers over the host's programs, the uppermost first. Throws where a layer is missing. */
  over<Sources extends SandboxSources>(sources: Sources, layers: readonly string[]): Sources {
    const own = sources.ownFiles;
    if (own === null || layers.length === 0) return sources;
    const missing = layers.find((layer) => !this.has(layer));
    if (missing !== undefined) throw new Error(`the layer ${missing} of the template is not there any more`);
    const name = createHash("sha256").update(layers.join()).digest("hex").slice(0, 32);
    const table = path.join(this.#dir, `${name}.fstab`);
    const above = layers.map((layer) => path.join(this.#folder(layer), "usr"));
    fs.writeFileSync(`${table}.new`, buildMountTable({ ...own, above }), { mode: 0o644 });
    fs.renameSync(`${table}.new`, table);
    return { ...sources, ownFiles: { ...own, above, table } };
  }

  /**
   * Makes a layer of an archive that a build packed. What stands in it is a stranger's: it is unpacked where there is
   * nothing but the layer's own folder, with no right over anything. Throws when it cannot be unpacked.
   */
  async add(layer: string, archive: string): Promise<void> {
    const fresh = `${this.#folder(layer)}.new`;
    fs.rmSync(fresh, { recursive: true, force: true });
    fs.mkdirSync(fresh, { mode: 0o755 });
    await this.#unpack(archive, fresh);
    const usr = fs.lstatSync(path.join(fresh, "usr"), { throwIfNoEntry: false });
    if (usr?.isDirectory() !== true) throw new Error("what the command installed is not a folder");
    fs.rmSync(this.#folder(layer), { recursive: true, force: true });
    fs.renameSync(fresh, this.#folder(layer));
  }

  async #unpack(archive: string, folder: string): Promise<void> {
    const system = this.#rootEntries.flatMap(({ path: at, linkTarget }) =>
      linkTarget === null ? ["--ro-bind", at, at] : ["--symlink", linkTarget, at],
    );
    const stand = [
      "--unshare-all",
      "--unshare-user",
      "--disable-userns",
      "--cap-drop",
      "ALL",
      "--die-with-parent",
    ];
    const tar = ["/usr/bin/tar", "-x", "--no-same-owner", "--no-same-permissions", "-C", "/layer", "-f", "-"];
    const input = fs.openSync(archive, "r");
    try {
      const args = [
        ...stand,
        "--ro-bind",
        "/usr",
        "/usr",
        ...system,
        "--bind",
        folder,
        "/layer",
        "--clearenv",
        "--",
      ];
      const child = spawn("bwrap", [...args, ...tar], { stdio: [input, "ignore", "pipe"], cwd: "/" });
      let said = "";
      const ended = new Promise<number | null>((resolve, reject) => {
        child.once("close", resolve);
        child.once("error", reject);
      });
      child.stderr?.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(0, 2000)));
      const code = await ended;
      if (code !== 0) throw new Error(`what the command installed cannot be unpacked: ${said.trim()}`);
    } finally {
      fs.closeSync(input);
    }
  }

  /** Removes the layers that nothing of `used` names. */
  keepOnly(used: ReadonlySet<string>): void {
    const unused = fs.readdirSync(this.#dir).filter((name) => {
      const layer = name.slice(0, 32);
      return LAYER.test(layer) && !name.endsWith(".fstab") && !used.has(layer);
    });
    for (const name of unused) fs.rmSync(path.join(this.#dir, name), { recursive: true, force: true });
  }
}
