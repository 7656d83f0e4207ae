import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import fs from "node:fs";
import { isAlive } from "../process-table.ts";
import type { ProcessIdentity } from "../process-table.ts";
import { Dialogue } from "./dialogue.ts";

/** How the one program is started that enters sandboxes by its forks. */
export interface ForkParentOptions {
  /** The first process of a sandbox that nobody has used or will: what programs see there, this one sees from the start. */
  model: ProcessIdentity;
  /** The user namespace in which all sandboxes were made; null when the server is root and needs none. */
  userNamespace: number | null;
  seccompFile: string;
  command: readonly string[];
  env: Readonly<Record<string, string>>;
}

/** A sandbox to be entered, and what a process in it is held to. */
export interface Entry {
  init: ProcessIdentity;
  uid: number | null;
  /** Number, soft and hard limit of each resource. */
  limits: readonly (readonly [resource: number, soft: number, hard: number])[];
  /** Told the process that is about to enter, before it does: the place to put it where it counts for the sandbox. */
  onHeld: (pid: number) => void;
}

/** The program reads the filter of system calls from the one before. */
const USER_NAMESPACE_FD = 4;

/** As for bubblewrap: nothing that the server inherited goes on, and the kernel's first choice when memory runs out. */
const launcher = `
for fd in /proc/self/fd/*; do fd=\${fd##*/}; [ "$fd" -gt ${USER_NAMESPACE_FD} ] && eval "exec $fd>&-"; done
echo 500 > /proc/self/oom_score_adj
exec "$@"
`;

/**
 * A program that has started, and of which a fork enters each sandbox that it is to wait in: starting it there would cost
 * every sandbox what this one has spent once. Its own process never hears of any sandbox.
 */
export class ForkParent {
  readonly #dialogue: Dialogue;

  /** Resolves when it has loaded all that it needs. Throws when it cannot. */
  static async start(options: ForkParentOptions): Promise<ForkParent> {
    const dialogue = new Dialogue(spawnParent(options), { name: "fork parent" });
    await dialogue.inTurn(() => dialogue.expect("loaded"));
    return new ForkParent(dialogue);
  }

  private constructor(dialogue: Dialogue) {
    this.#dialogue = dialogue;
  }

  /** False when it has ended, or has once not done as it was told. */
  get isUsable(): boolean {
    return this.#dialogue.isUsable;
  }

  /** Resolves when a fork waits in the sandbox. Throws when none does; then no further one will. */
  enter({ init, uid, limits, onHeld }: Entry): Promise<void> {
    const dialogue = this.#dialogue;
    return dialogue.inTurn(async () => {
      dialogue.tell(JSON.stringify({ pid: init.pid, uid, limits }));
      const pid = Number(await dialogue.expect("holds"));
      // It holds whatever has that number. If the sandbox lives now, it lived then.
      if (!isAlive(init)) throw new Error("the sandbox ended before it was entered");
      onHeld(pid);
      dialogue.tell("go");
      await dialogue.expect("ready");
    });
  }

  /** Ends it when what it was asked for is done. */
  async retire(): Promise<void> {
    await this.#dialogue.afterAll(() => this.stop());
  }

  /** Ends it. Its forks in sandboxes go on. */
  stop(): void {
    this.#dialogue.stop();
  }
}

function spawnParent({ model, userNamespace, seccompFile, command, env }: ForkParentOptions): ChildProcess {
  const filter = fs.openSync(seccompFile, "r");
  const joined = [
    `--mount=/proc/${model.pid}/ns/mnt`,
    ...(userNamespace === null
      ? []
      : ["--preserve-credentials", `--user=/proc/self/fd/${USER_NAMESPACE_FD}`]),
  ];
  // What the shell adds to an environment would be seen in every sandbox.
  const only = ["/usr/bin/env", "-i", ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
  const words = ["-c", launcher, "launcher", ...only, "/usr/bin/nsenter", ...joined, "--", ...command];
  try {
    return spawn("/bin/bash", ["--norc", "--noprofile", ...words], {
      cwd: "/",
      env: { PATH: "/usr/local/bin:/usr/bin:/bin" },
      detached: true,
      stdio: ["pipe", "pipe", "pipe", filter, userNamespace ?? "ignore"],
    });
  } finally {
    fs.closeSync(filter);
  }
}
