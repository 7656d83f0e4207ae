import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { buildAttempts } from "../../model/attempt.ts";
import type { Area } from "../../model/attempt.ts";
import { describeAnswer, knock, sendRaw } from "../../stage/knock.ts";
import type { Knock } from "../../stage/knock.ts";
import type { OwnSystem, Stage } from "../../stage/stage.ts";

const AREA = "sandbox-server";
const CONTROL = `${AREA}:control-key`;
const MARKER = "/tmp/attack-was-here";

const sandboxSchema = z.object({ sandboxID: z.string(), envdAccessToken: z.string() });

/** Requests of another program on this machine: it knows the port and, from the process table, a sandbox's name. */
const knocks: readonly (readonly [id: string, wants: string, request: Knock])[] = [
  ["list", "List sandboxes without the key.", { path: "/v2/sandboxes" }],
  [
    "list-wrong",
    "List sandboxes with a key of one's own making.",
    { path: "/v2/sandboxes", headers: { "x-api-key": "e2b_x" } },
  ],
  [
    "create",
    "Make a sandbox without the key.",
    { method: "POST", path: "/v2/sandboxes", body: '{"templateID":"base"}' },
  ],
  ["kill", "End a sandbox without the key.", { method: "DELETE", path: "/sandboxes/{id}" }],
  [
    "connect",
    "Get a sandbox's token without the key.",
    { method: "POST", path: "/v2/sandboxes/{id}/connect", body: "{}" },
  ],
  [
    "network",
    "Open a sandbox's network without the key.",
    { method: "PUT", path: "/sandboxes/{id}/network", body: "{}" },
  ],
  [
    "processes",
    "List a sandbox's processes without its token.",
    { method: "POST", path: "/process.Process/List", body: "{}" },
  ],
  [
    "processes-wrong",
    "The same with a token of one's own making.",
    { method: "POST", path: "/process.Process/List", body: "{}", headers: { "x-access-token": "x" } },
  ],
  ["read", "Read a sandbox's file without its token.", { path: "/files?path=/home/user/.floom/run.json" }],
  [
    "read-signed",
    "The same with a signature of one's own making.",
    { path: "/files?path=/etc/passwd&signature=v1_x&signature_expiration=9999999999" },
  ],
  [
    "write",
    "Write a sandbox's file without its token.",
    {
      method: "POST",
      path: "/files?path=/tmp/x",
      body: "x",
      headers: { "content-type": "application/octet-stream" },
    },
  ],
  ["init", "Set a sandbox up anew.", { method: "POST", path: "/_agent/init", body: "{}" }],
  ["init-encoded", "The same by another spelling.", { method: "POST", path: "/%5fagent/init", body: "{}" }],
  ["deadline", "Give a sandbox more time.", { method: "POST", path: "/_agent/deadline", body: "{}" }],
  ["freeze", "Put a sandbox to sleep.", { method: "POST", path: "/freeze", body: "{}" }],
  [
    "climb",
    "Reach the agent's own door by climbing.",
    { method: "POST", path: "/files/../_agent/init", body: "{}" },
  ],
];

/** The server that makes sandboxes, as another program on the same machine sees it. */
export const sandboxServerArea: Area<Stage> = {
  name: AREA,
  controls: [{ id: CONTROL, works: ["201, and a file can be seen"] }],
  attempts: buildAttempts({ area: AREA, kind: "outside", control: CONTROL, needs: "own_system" }, [
    ...knocks.map(([id, wants]) => ({ id, wants, refusals: ["401*", "403*", "404*"] })),
    {
      id: "smuggle-chunked",
      wants: "Run a program in a sandbox by a request inside a request.",
      refusals: ["nothing ran"],
    },
    { id: "smuggle-length", wants: "The same behind a length.", refusals: ["nothing ran"] },
    { id: "page", wants: "Be read by a page in the browser.", refusals: ["not allowed"] },
    { id: "alive", wants: "Leave the server unable to answer.", refusals: ["401*"] },
  ]),
  look: async (stage) => {
    const seen = new Map<string, string>();
    if (stage.own === null) return seen;
    const { own } = stage;
    const set = (id: string, saw: string): void => void seen.set(`${AREA}:${id}`, saw);
    const key = { "x-api-key": own.sandboxKey, "content-type": "application/json" };
    const made = await knock(own.sandboxUrl, {
      method: "POST",
      path: "/v2/sandboxes",
      headers: key,
      body: '{"templateID":"base","timeout":60}',
    });
    const { sandboxID: id, envdAccessToken: token } = sandboxSchema.parse(JSON.parse(made.text));
    try {
      const hasMarker = async (): Promise<boolean> =>
        (await readFile(own, { id, token, path: MARKER })).startsWith("200");
      await writeFile(own, { id, token, path: `${MARKER}-control` });
      const control = await readFile(own, { id, token, path: `${MARKER}-control` });
      seen.set(CONTROL, `${made.status}, and ${control.startsWith("200") ? "a file can be seen" : control}`);
      for (const [name, , request] of knocks) {
        const headers = {
          "content-type": "application/json",
          "e2b-sandbox-id": id,
          "e2b-sandbox-port": "49983",
          ...request.headers,
        };
        set(
          name,
          describeAnswer(
            await knock(own.sandboxUrl, { ...request, headers, path: request.path.replace("{id}", id) }),
          ),
        );
      }
      for (const [name, framing] of smuggledBy) {
        const saw = await sendRaw(own.sandboxUrl, [framing(id)], 1500);
        await sleep(700);
        set(name, (await hasMarker()) ? `a program ran (${saw})` : "nothing ran");
      }
      const shared = await knock(own.sandboxUrl, {
        path: "/health",
        headers: { origin: "https://evil.example" },
      });
      set("page", shared.headers["access-control-allow-origin"] === undefined ? "not allowed" : "allowed");
      set("alive", describeAnswer(await knock(own.sandboxUrl, { path: "/v2/sandboxes" })));
    } finally {
      await knock(own.sandboxUrl, { method: "DELETE", path: `/sandboxes/${id}`, headers: key });
    }
    return seen;
  },
};

/** A request to start a program, in the form of the protocol: five bytes of envelope, then JSON. */
function buildStart(id: string): string {
  const message = JSON.stringify({ process: { cmd: "/bin/touch", args: [MARKER], envs: {} }, stdin: false });
  const envelope = `\u0000\u0000\u0000${String.fromCharCode(message.length >> 8, message.length & 255)}${message}`;
  return (
    `POST /process.Process/Start HTTP/1.1\r\nHost: x\r\ne2b-sandbox-id: ${id}\r\nContent-Type: application/connect+json\r\n` +
    `Connect-Protocol-Version: 1\r\nAuthorization: Basic dXNlcjo=\r\nContent-Length: ${envelope.length}\r\n\r\n${envelope}`
  );
}

const health = (id: string): string =>
  `GET /health HTTP/1.1\r\nHost: x\r\ne2b-sandbox-id: ${id}\r\ne2b-sandbox-port: 49983\r\n`;

const smuggledBy: readonly (readonly [id: string, framing: (id: string) => string])[] = [
  [
    "smuggle-chunked",
    (id) => {
      const inner = buildStart(id);
      return `${health(id)}Transfer-Encoding: chunked\r\n\r\n${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
    },
  ],
  [
    "smuggle-length",
    (id) => {
      const inner = buildStart(id);
      return `${health(id)}Content-Length: ${inner.length}\r\n\r\n${inner}`;
    },
  ],
];

interface Place {
  id: string;
  token: string;
  path: string;
}

async function readFile(own: OwnSystem, { id, token, path }: Place): Promise<string> {
  const headers = { "e2b-sandbox-id": id, "e2b-sandbox-port": "49983", "x-access-token": token };
  const query = `path=${encodeURIComponent(path)}&username=user`;
  return describeAnswer(await knock(own.sandboxUrl, { path: `/files?${query}`, headers }));
}

async function writeFile(own: OwnSystem, { id, token, path }: Place): Promise<void> {
  const headers = {
    "e2b-sandbox-id": id,
    "e2b-sandbox-port": "49983",
    "x-access-token": token,
    "content-type": "application/octet-stream",
  };
  const query = `path=${encodeURIComponent(path)}&username=user`;
  await knock(own.sandboxUrl, { method: "POST", path: `/files?${query}`, headers, body: "x" });
}
