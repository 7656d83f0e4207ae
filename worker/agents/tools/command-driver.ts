// Owns how an agent's commands begin: each once, in the sandbox of its attempt.
// Never waits for a command: whoever asked looks for its end later.
// Writes down in which sandbox a command begins, before it does.
import type { Json } from "#contract/json";
import { limits } from "#contract/limits";
import { whyUnsafePath } from "#contract/safe-path";
import { isObject } from "../../registry/actions/compile-schema.ts";
import type { CommandBox, CommandEnd } from "../../runs/ports/command-box.ts";
import type { ToolAnswer, ToolDriver } from "../../tools/gate-api.ts";

export const RUN_COMMAND = "run_command";

/** Where it is kept in which sandbox a command was begun. */
interface CommandShelf {
  commandSandbox: (callId: string) => string | null;
  keepCommand: (callId: string, sandboxId: string) => void;
}

export interface CommandDeps {
  box: CommandBox;
  storage: CommandShelf;
  /** Puts on record that the attempt may have a sandbox, which has to go with it; before there can be one. */
  noteSandbox: () => void;
  /** In words why there is no room for one now; null where there is. */
  askRoom: () => Promise<string | null>;
}

const DEFAULT_SECONDS = 60;

/** run_command: starts a program in a sandbox that the attempt has for itself, and says that it was started. */
export function openCommandDriver({ box, storage, noteSandbox, askRoom }: CommandDeps): ToolDriver {
  return {
    list: () => [
      {
        name: RUN_COMMAND,
        description:
          "Runs a program in a sandbox of this run, in the folder of your bundle (inputs.json and context/ are there), and answers its exit code and what it printed. Files stay there until the run's end; secrets are not there. For a shell: cmd bash, args [-c, ...].",
        source: "sandbox",
        effect: "write",
        method: null,
        approval: "never",
        calls_per_minute: 20,
        // By its id it is begun once in its sandbox.
        repeatable: true,
        untrusted: true,
        input_schema: {
          type: "object",
          properties: {
            cmd: {
              type: "string",
              minLength: 1,
              maxLength: 200,
              description: "The program's name, no absolute path.",
            },
            args: { type: "array", maxItems: 100, items: { type: "string", maxLength: 16_000 } },
            cwd: { type: "string", maxLength: 512, description: "A folder below the bundle's." },
            timeout: { type: "integer", minimum: 1, maximum: limits.agent_command_seconds.value },
          },
          required: ["cmd"],
          additionalProperties: false,
        },
      },
    ],
    prepare: ({ arguments: given }) => {
      const { cmd, args = [], cwd = "", timeout = DEFAULT_SECONDS } = isObject(given) ? given : {};
      if (typeof cmd !== "string" || cmd.startsWith("/"))
        return { fault: "is an absolute path; name the program alone.", pointer: "/cmd" };
      const why = typeof cwd !== "string" || cwd === "" ? null : whyUnsafePath(cwd);
      if (why !== null) return { fault: `The path ${why}.`, pointer: "/cwd" };
      return { request: { cmd, args, cwd, timeout_seconds: timeout }, credentials: [] };
    },
    execute: async ({ call_id, request }, { signal }) => {
      const begun = storage.commandSandbox(call_id);
      const order = { key: call_id, ...readOrder(request) };
      if (begun !== null) {
        const again = await box.start(begun, order);
        return again === "gone" ? LOST : started(order.timeout_seconds);
      }
      noteSandbox();
      const full = await askRoom();
      if (full !== null) return refuse("no_sandbox", full);
      const opened = await box.open(signal);
      if (opened.kind === "refused") return refuse("no_sandbox", opened.message);
      storage.keepCommand(call_id, opened.sandbox_id);
      const first = await box.start(opened.sandbox_id, order);
      return first === "gone" ? LOST : started(order.timeout_seconds);
    },
  };
}

function readOrder(request: Json) {
  const { cmd, args, cwd, timeout_seconds: seconds } = isObject(request) ? request : {};
  const words = Array.isArray(args) ? args.filter((word): word is string => typeof word === "string") : [];
  return {
    cmd: typeof cmd === "string" ? cmd : "",
    args: words,
    cwd: typeof cwd === "string" ? cwd : "",
    timeout_seconds: typeof seconds === "number" ? seconds : DEFAULT_SECONDS,
  };
}

const started = (seconds: number): ToolAnswer => ({
  ok: true,
  content: { status: "started", timeout_seconds: seconds },
});

const refuse = (code: string, message: string): ToolAnswer => ({
  ok: false,
  code,
  message,
  retryable: true,
  sent: false,
});

const LOST: ToolAnswer = {
  ok: false,
  code: "sandbox_lost",
  message: "The sandbox went away while the command was begun. It may have run; it is not repeated.",
  retryable: false,
  sent: true,
};

/** Since when a command that was started is waited for at most, in seconds; null for an answer that is no such start. Pure. */
export function startedSeconds(content: Json): number | null {
  if (!isObject(content) || content["status"] !== "started") return null;
  const { timeout_seconds: seconds } = content;
  return typeof seconds === "number" ? seconds : null;
}

/** How a command has ended, as a model reads it. Pure. */
export function describeEnd({ exit_code, stdout, stderr }: CommandEnd): Json {
  // What `timeout` says of a program that it has ended.
  const timedOut = exit_code === 124 || exit_code === 137;
  return {
    ok: exit_code === 0,
    exit_code,
    ...(timedOut ? { timed_out: true } : {}),
    stdout: cut(stdout),
    stderr: cut(stderr),
  };
}

function cut(text: string): string {
  const most = limits.agent_command_characters.value;
  if (text.length <= most) return text;
  return `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "")}\n[cut at ${most} characters]`;
}
