import fs from "node:fs";
import path from "node:path";
import type { SandboxSources } from "../isolation/bwrap-args.ts";
import { installOwnFiles } from "../isolation/own-files.ts";
import { seccompFilterFor } from "../isolation/seccomp.ts";
import { installAgent } from "./install-agent.ts";
import type { AgentProgram } from "./install-agent.ts";
import { findPython, installStartProgram } from "./start-program.ts";
import type { StartProgram } from "./start-program.ts";
import { installTrust } from "./trust-files.ts";
import { agentConfigFor, etcContents, nodeShim, nodeShims, sudoShim } from "./guest-files.ts";
import type { SandboxLimits } from "../isolation/limits.ts";

/** Everything a launch needs that is the same for all sandboxes of a server. */
export type InstalledSources = SandboxSources & {
  seccompFile: string;
  /** The user namespace above all sandboxes of this server, open; null where each has its own. */
  userNamespace: number | null;
  agent: AgentProgram;
  program: StartProgram | null;
};

export interface InstallOptions {
  runtimeDir: string;
  limits: SandboxLimits;
  nodeBinary: string;
  edgeOrigin: string;
  /** The certificate of the authority that stands for hosts towards sandboxes, PEM. */
  authority: string;
  /** What sandboxes bring along, if anything. */
  startProgram: string | undefined;
}

const ENTER_NAME = "enter_sandbox.py";
const enterSource = path.join(import.meta.dirname, "../isolation", ENTER_NAME);
/** The program by which a process gets into a sandbox, as it is seen in one. */
export const enterProgram = `/opt/agent/${ENTER_NAME}`;

const hostEtcNames = [
  "ld.so.cache",
  "ssl",
  "ca-certificates",
  "pki",
  "alternatives",
  "mime.types",
  "services",
  "protocols",
];

function replaceFile(file: string, content: string | Buffer, mode: number): void {
  fs.writeFileSync(`${file}.new`, content, { mode });
  fs.chmodSync(`${file}.new`, mode);
  fs.renameSync(`${file}.new`, file);
}

/** A hard link where the file system allows one, else a copy: running sandboxes keep the inode they started with. */
function installNode(nodeBinary: string, target: string): void {
  const source = fs.realpathSync(nodeBinary);
  const present = fs.statSync(target, { throwIfNoEntry: false });
  const wanted = fs.statSync(source);
  if (present?.size === wanted.size && present.mtimeMs === wanted.mtimeMs) return;
  fs.rmSync(`${target}.new`, { force: true });
  try {
    // A link shares the mode; a binary only its owner may run is no use to another uid.
    if ((wanted.mode & 0o005) !== 0o005) throw new Error("not executable by others");
    fs.linkSync(source, `${target}.new`);
  } catch {
    fs.copyFileSync(source, `${target}.new`, fs.constants.COPYFILE_FICLONE);
    fs.utimesSync(`${target}.new`, wanted.atime, wanted.mtime);
    fs.chmodSync(`${target}.new`, 0o755);
  }
  fs.renameSync(`${target}.new`, target);
}

function linkTo(target: string, linkPath: string): void {
  fs.rmSync(linkPath, { force: true });
  fs.symlinkSync(target, linkPath);
}

function installPrograms(binDir: string): void {
  fs.mkdirSync(binDir, { recursive: true, mode: 0o755 });
  replaceFile(path.join(binDir, "node"), nodeShim, 0o755);
  replaceFile(path.join(binDir, "sudo"), sudoShim, 0o755);
  const python = findPython();
  if (python !== undefined) linkTo(python, path.join(binDir, "python"));
}

/** npm from outside `/usr` (a version manager's) is copied in, because sandboxes see only `/usr`. */
function installNpm(agentDir: string, nodeBinary: string): void {
  const inUsr = ["/usr/local/bin/npm", "/usr/bin/npm"].some((file) => fs.existsSync(file));
  const npmRoot = process.env["npm_execpath"]?.endsWith("npm-cli.js")
    ? path.dirname(path.dirname(process.env["npm_execpath"]))
    : path.join(path.dirname(path.dirname(nodeBinary)), "lib/node_modules/npm");
  const target = path.join(agentDir, "npm");
  if (inUsr || fs.existsSync(target) || !fs.existsSync(path.join(npmRoot, "bin/npm-cli.js"))) return;
  fs.cpSync(npmRoot, target, { recursive: true, dereference: true });
  for (const [name, text] of Object.entries(nodeShims))
    replaceFile(path.join(agentDir, "bin", name), text, 0o755);
}

function readRootEntries(): SandboxSources["rootEntries"] {
  return ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"].flatMap((entry) => {
    const stat = fs.lstatSync(entry, { throwIfNoEntry: false });
    if (stat === undefined) return [];
    return [{ path: entry, linkTarget: stat.isSymbolicLink() ? fs.readlinkSync(entry) : null }];
  });
}

/** How the kernel was started and built, what disks, drivers and devices the machine has, and who uses them. */
const MACHINE_FACTS = [
  ["cmdline", "config.gz", "diskstats", "partitions", "swaps", "mdstat"],
  ["interrupts", "iomem", "ioports", "modules", "keys", "key-users"],
  ["acpi", "asound", "bus", "driver", "fs", "ide", "irq", "scsi"],
].flat();

function readEmptiedProc(): SandboxSources["emptiedProc"] {
  return MACHINE_FACTS.flatMap((name) => {
    const stat = fs.statSync(`/proc/${name}`, { throwIfNoEntry: false });
    return stat === undefined ? [] : [{ path: `/proc/${name}`, isDirectory: stat.isDirectory() }];
  });
}

/** A link is followed here: from where sandboxes are launched it would lead to the host's own file. */
function readEtcEntries(): SandboxSources["etcEntries"] {
  // Languages of `/usr` that keep what they cannot start without in a folder with their version.
  const languages = fs
    .readdirSync("/etc")
    .filter((name) => /^(?:python3(?:\.\d+)?|java-\d+-openjdk)$/.test(name));
  return [...hostEtcNames, ...languages]
    .map((name) => `/etc/${name}`)
    .filter((file) => fs.existsSync(file))
    .map((file) => ({ path: file, source: fs.realpathSync(file) }));
}

/**
 * Puts everything that sandboxes see read-only into the runtime directory: the node binary, the agent, the
 * shims, `/etc` files and the system call filter. Safe to run again over an older installation while
 * sandboxes run: each file is replaced by rename.
 */
export function installSources(options: InstallOptions): InstalledSources {
  const { runtimeDir, limits, nodeBinary } = options;
  const agentDir = path.join(runtimeDir, "agent");
  const etcDir = path.join(runtimeDir, "etc");
  fs.mkdirSync(path.join(agentDir, "egress"), { recursive: true, mode: 0o755 });
  fs.mkdirSync(etcDir, { recursive: true, mode: 0o755 });
  replaceFile(
    path.join(agentDir, "config.json"),
    JSON.stringify(agentConfigFor(limits, options.edgeOrigin)),
    0o644,
  );
  installNode(nodeBinary, path.join(agentDir, "node"));
  const agent = installAgent(agentDir);
  installPrograms(path.join(agentDir, "bin"));
  replaceFile(path.join(agentDir, ENTER_NAME), fs.readFileSync(enterSource), 0o644);
  installNpm(agentDir, nodeBinary);
  const program = installStartProgram(agentDir, options.startProgram);
  const trust = installTrust(agentDir, options.authority, (file, text) => replaceFile(file, text, 0o644));
  for (const [name, content] of Object.entries(etcContents))
    replaceFile(path.join(etcDir, name), content, 0o644);

  const seccompFile = path.join(runtimeDir, "seccomp.bpf");
  replaceFile(seccompFile, seccompFilterFor(process.arch), 0o600);
  for (const dir of [agentDir, etcDir, path.join(agentDir, "bin"), path.join(agentDir, "egress")])
    fs.chmodSync(dir, 0o755);

  const rootEntries = readRootEntries();
  const etcEntries = readEtcEntries();
  const ownDirs = [
    "/usr",
    ...rootEntries.flatMap(({ path: at, linkTarget }) => (linkTarget === null ? [at] : [])),
  ];
  const dirs = [...ownDirs, agentDir, etcDir];
  const ownFiles = installOwnFiles(runtimeDir, {
    dirs: [...dirs, "/etc"],
    seen: [...dirs, ...etcEntries.map(({ source }) => source)],
  });
  const emptiedProc = readEmptiedProc();
  return {
    agentDir,
    etcDir,
    rootEntries,
    etcEntries,
    emptiedProc,
    trust,
    ownFiles,
    seccompFile,
    userNamespace: null,
    agent,
    program,
  };
}
