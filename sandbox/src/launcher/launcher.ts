import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { Dialogue } from "../forks/dialogue.ts";
import { ErrorsSocket } from "./errors-socket.ts";
import { buildFileSystems, insideSandbox } from "../isolation/bwrap-args.ts";
import type { FileSystemOptions, SandboxSources } from "../isolation/bwrap-args.ts";
import { planOverlays } from "../isolation/own-files.ts";
import type { OwnFiles } from "../isolation/own-files.ts";
import { identifyProcess, signalProcess } from "../process-table.ts";
import type { ProcessIdentity } from "../process-table.ts";
import { agentPython, pythonFlags } from "../runtime/install-agent.ts";
import type { AgentProgram } from "../runtime/install-agent.ts";

/** What all sandboxes are made of that a launcher makes. */
export interface LauncherOptions {
  runtimeDir: string;
  sources: SandboxSources & {
    agent: AgentProgram;
    seccompFile: string;
    /** The user namespace in which it makes all sandboxes; null for root, who needs none. */
    userNamespace: number | null;
  };
}

/** One sandbox to be made. */
export interface LaunchOrder extends FileSystemOptions {
  /** First argument of its first process, by which an orphan can be found again. */
  name: string;
  /** Host uid to run under; null for the server's own. */
  uid: number | null;
  /** Where its agent is to listen; there must be nothing. */
  agentSocket: string;
  /** What whoever asks the agent has to say. */
  secret: string;
  /** Told a process that becomes the sandbox, before it is one: the place to put it into a cgroup. Null where there is none. */
  onHeld: ((pid: number) => void) | null;
  /** Told the first process before it begins. Should this server end before that, the process does. */
  onMade: (init: ProcessIdentity) => void;
  /** Given what its agent complains of. */
  onErrors: (errors: Readable) => void;
}

/** A sandbox that has begun. */
export interface BegunSandbox {
  init: ProcessIdentity;
  /** Resolves when its first process has ended, or when the launcher has, and nobody is told of that any more. */
  ended: Promise<Ending>;
}

export type Ending = "ended" | "not_watched";

/**
 * A process that makes sandboxes: it has loaded their agent once, and each first process is a fork of it that has made itself a
 * sandbox to be in. It ends with this server; the sandboxes do not.
 */
export class Launcher {
  readonly #dialogue: Dialogue;
  readonly #errors: ErrorsSocket;
  readonly #endings: Map<number, (how: Ending) => void>;

  /** Resolves when it can be asked. Throws when it cannot start. */
  static async start(options: LauncherOptions): Promise<Launcher> {
    const own = options.sources.ownFiles;
    if (own === null) throw new Error("sandboxes have no file systems of their own");
    const endings = new Map<number, (how: Ending) => void>();
    const onNews = (line: string): boolean => {
      const pid = /^ended (\d+)$/.exec(line)?.[1];
      if (pid === undefined) return false;
      endings.get(Number(pid))?.("ended");
      endings.delete(Number(pid));
      return true;
    };
    const errors = await ErrorsSocket.open(options.runtimeDir);
    const onEnd = (): void => {
      errors.close();
      endings.forEach((tell) => tell("not_watched"));
    };
    const dialogue = new Dialogue(spawnLauncher(options), { name: "launcher", onNews, onEnd });
    await dialogue.inTurn(async () => {
      dialogue.tell(JSON.stringify(buildSetup(options, own)));
      await dialogue.expect("loaded");
    });
    return new Launcher(dialogue, errors, endings);
  }

  private constructor(dialogue: Dialogue, errors: ErrorsSocket, endings: Map<number, (how: Ending) => void>) {
    this.#dialogue = dialogue;
    this.#errors = errors;
    this.#endings = endings;
  }

  /** Resolves when the first process of the sandbox has begun. Throws when there is none; then it makes no further one. */
  make(order: LaunchOrder): Promise<BegunSandbox> {
    const dialogue = this.#dialogue;
    return dialogue.inTurn(async () => {
      this.#errors.expect(order.name, order.onErrors);
      dialogue.tell(JSON.stringify({ ...buildOrder(order), errors_socket: this.#errors.path }));
      if (order.onHeld !== null) {
        order.onHeld(Number(await dialogue.expect("holds")));
        dialogue.tell("go");
      }
      const first = Number(await dialogue.expect("made"));
      const init = identifyProcess(first);
      if (init === undefined) throw new Error("the sandbox ended before it began");
      const { promise: ended, resolve } = Promise.withResolvers<Ending>();
      this.#endings.set(first, resolve);
      try {
        order.onMade(init);
        dialogue.tell("go");
        await dialogue.expect("begun");
      } catch (error) {
        // Whether it has begun is not known, and another will be made in its place.
        signalProcess(init, "SIGKILL");
        throw error;
      }
      return { init, ended };
    });
  }

  /** Makes no more than it was asked for, and ends when all that it has made has ended. */
  async retire(): Promise<void> {
    await this.#dialogue.afterAll(() => this.#dialogue.tell("retire"));
  }

  /** Ends it. What it has made goes on. */
  stop(): void {
    this.#dialogue.stop();
  }
}

function buildOrder(order: LaunchOrder): Record<string, unknown> {
  const own = order.sources.ownFiles;
  if (own === null) throw new Error("the sandbox has no file systems of its own");
  return {
    name: order.name,
    uid: order.uid,
    socket: order.agentSocket,
    secret: order.secret,
    is_counted: order.onHeld !== null,
    overlays: planOverlays(own).map(({ at, options }) => [at, options]),
    file_systems: buildFileSystems(order),
    user: insideSandbox.user,
    host_name: insideSandbox.hostName,
    folder: insideSandbox.folder,
    environment: insideSandbox.environment,
  };
}

/** What the launcher sees of the machine: what sandboxes are made of, the outer folders before what is in them. */
function buildSetup({ runtimeDir, sources }: LauncherOptions, own: OwnFiles): Record<string, unknown> {
  const root = path.join(runtimeDir, "root");
  fs.mkdirSync(root, { recursive: true, mode: 0o755 });
  const files = [...own.uncovered, ...sources.etcEntries.map(({ source }) => source)];
  const seen = new Set(["/proc", "/dev", runtimeDir, ...own.covered, ...files]);
  const agent = planOverlays(own).find(({ at }) => at === own.dir + sources.agentDir);
  if (agent === undefined) throw new Error("the agent has no file system of its own");
  return {
    in_namespace: sources.userNamespace !== null,
    root,
    links: sources.rootEntries.flatMap(({ path: at, linkTarget }) =>
      linkTarget === null ? [] : [[at, linkTarget]],
    ),
    seen: [...seen].toSorted((a, b) => a.length - b.length),
    agent_overlay: agent.options,
    program: agentPython(sources.agent),
    flags: pythonFlags,
  };
}

function spawnLauncher({ sources }: LauncherOptions): ChildProcess {
  const filter = fs.openSync(sources.seccompFile, "r");
  const program = path.join(sources.agentDir, path.relative("/opt/agent", agentPython(sources.agent)));
  try {
    return spawn(program, [...pythonFlags, "-cfrom sandbox_launcher.start import main; main()"], {
      cwd: "/",
      env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
      detached: true,
      // The program knows the last two by their numbers.
      stdio: ["pipe", "pipe", "pipe", filter, sources.userNamespace ?? "ignore"],
    });
  } finally {
    fs.closeSync(filter);
  }
}
