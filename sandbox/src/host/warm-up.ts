import http from "node:http";
import { runnerProgram, sandboxPaths } from "#contract/runner/runner";
import { AgentUnreachable, agentTokenHeader } from "./agent-client.ts";
import type { AgentConnection } from "./agent-client.ts";
import type { StartProgram } from "../runtime/start-program.ts";

const TIMEOUT_MS = 20_000;
const boundary = "practice";

/**
 * Has an agent do what its first client will ask for, an upload and a command, and leaves no trace: what Node compiles
 * and loads at the first use of each is then done before somebody waits for it. The command is `program`, where there is
 * one: when it has said a word it waits for its orders. Throws AgentUnreachable.
 */
export async function warmUp(connection: AgentConnection, program: StartProgram | null): Promise<void> {
  const { file, process } = program === null ? plainPractice : waitingProgram(program);
  await upload(connection, file);
  await post(connection, {
    path: "/process.Process/Start",
    mediaType: "application/connect+json",
    body: envelope(JSON.stringify({ process })),
    isEnough: (text) => text.includes('"stdout"'),
  });
}

/** Has it practise an upload alone, of what `program` will write. Throws AgentUnreachable. */
export async function practiseUpload(connection: AgentConnection, program: StartProgram): Promise<void> {
  await upload(connection, waitingProgram(program).file);
}

function upload(connection: AgentConnection, file: string): Promise<void> {
  return post(connection, {
    path: "/files",
    mediaType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${file}"\r\n` +
        `Content-Type: application/octet-stream\r\n\r\npractice\r\n--${boundary}--\r\n`,
    ),
  });
}

/** A command that takes the file away itself: one more request for that would cost the agent five milliseconds. */
interface Practice {
  file: string;
  process: object;
}

const plainPractice: Practice = {
  file: "/tmp/.practice",
  process: { cmd: "/bin/rm", args: ["/tmp/.practice"] },
};

/** What Python is told of a program that waits; `first` stands before its own words. The filling makes room for names. */
export function waitingArguments({ digest }: StartProgram, first: readonly string[] = []): string[] {
  const main = `${runnerProgram.dir}/${digest}/__main__.py`;
  return [main, ...first, "--wait", sandboxPaths.control_dir, digest, "-".repeat(160)];
}

/** Of its environment what no other command has. */
export const waitingVariables = { PYTHONUNBUFFERED: "1" };

/** The program writes its number to the file and renames it. */
function waitingProgram(program: StartProgram): Practice {
  return {
    file: `${sandboxPaths.control_dir}/waiting-${program.digest}.new`,
    process: {
      cmd: "python3",
      args: waitingArguments(program),
      envs: waitingVariables,
      cwd: "/home/user",
    },
  };
}

/** One message of a Connect stream: a flag byte, the length, the message. */
function envelope(message: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(Buffer.byteLength(message), 1);
  return Buffer.concat([head, Buffer.from(message)]);
}

interface Post {
  path: string;
  mediaType: string;
  body: Buffer;
  /** Whether what has come of the answer is all that is waited for. */
  isEnough?: (text: string) => boolean;
}

/** Resolves once the whole answer has come, or enough of it. */
function post({ socketPath, pool, token }: AgentConnection, asked: Post): Promise<void> {
  const { path, mediaType, body, isEnough = () => false } = asked;
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(new AgentUnreachable(`the sandbox's agent does not answer ${path}`, { cause }));
    const headers = {
      "content-type": mediaType,
      "content-length": body.length,
      authorization: `Basic ${Buffer.from("user:").toString("base64")}`,
      [agentTokenHeader]: token,
    };
    const options = { socketPath, agent: pool, method: "POST", path, timeout: TIMEOUT_MS, headers };
    const request = http.request(options, (response) => {
      response.on("error", fail);
      response.once("end", () =>
        response.statusCode === 200 ? resolve() : fail(new Error(`status ${response.statusCode}`)),
      );
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
        if (!isEnough(text)) return;
        resolve();
        request.destroy();
      });
    });
    request.once("timeout", () => request.destroy(new Error("timed out")));
    request.on("error", fail);
    request.once("close", () => fail(new Error("closed without an answer")));
    request.end(body);
  });
}
