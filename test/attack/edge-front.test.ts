import { execFile } from "node:child_process";
import http from "node:http";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { routes } from "#contract/routes";
import { connect } from "../e2e/story.ts";
import type { FloomClient } from "../e2e/story.ts";
import { packFolder } from "../examples/example-folders.ts";
import { startFloom } from "../support/floom-instance.ts";
import type { FloomInstance } from "../support/floom-instance.ts";
import { listListening } from "../support/listening.ts";
import { verifies } from "../verifies.ts";

const worker = "hello-worker";
const folder = resolve(import.meta.dirname, "..", "..", "workers-examples", worker);
/** Another user of the machine, where the tests may become one. */
const other = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** How the stored object begins. */
const zipBeginning = "PK";

let floom: FloomInstance;
let client: FloomClient;
/** Where the bundle of the worker lies among the stored objects. */
let objectKey: string;

beforeAll(async () => {
  floom = await startFloom({ seed: false });
  client = connect(floom);
  const body = await packFolder(folder);
  const headers = { "content-type": "application/zip" };
  const pushed = await client.call(routes.putWorkerBundle, { params: { worker }, body, headers });
  objectKey = `bundles/${pushed.version.digest}.zip`;
});

afterAll(() => floom.stop());

interface Answer {
  status: number;
  type: string;
  body: Buffer;
}

function ask(port: number, path: string, headers: http.OutgoingHttpHeaders = {}): Promise<Answer> {
  return new Promise((resolveAnswer, reject) => {
    const request = http.request({ host: "127.0.0.1", port, path, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () =>
        resolveAnswer({
          status: response.statusCode ?? 0,
          type: response.headers["content-type"] ?? "",
          body: Buffer.concat(parts),
        }),
      );
    });
    request.on("error", reject);
    request.end();
  });
}

const edgePort = (): number => Number(new URL(floom.url).port);

function runtimePaths(): string[] {
  return [
    `/cdn-cgi/local/r2/public/floom-files/${objectKey}`,
    `/cdn-cgi/local/r2/public/FILES/${objectKey}`,
    "/cdn-cgi/local/r2/s3/floom-files?list-type=2",
    "/cdn-cgi/local/explorer",
    "/cdn-cgi/local/explorer/api/workers",
    "/cdn-cgi/local/platform-proxy",
    "/cdn-cgi/local/scheduled",
    "/cdn-cgi/local/email",
    "/cdn-cgi/mf/scheduled",
    "/cdn-cgi/handler/scheduled",
    "/cdn-cgi/mf/reload",
    "/cdn-cgi/trace",
    "/CDN-CGI/local/explorer",
    "//cdn-cgi/local/explorer",
    "/%63dn-cgi/local/explorer",
    "/cdn-cgi%2flocal%2fexplorer",
    "/x/../cdn-cgi/local/explorer",
    "/__cf_local/stream/x",
    "/__cf_local/imagedelivery/x",
  ];
}

/** Whether an answer is anything but a refusal or the product's own page. */
function isLeak({ status, type, body }: Answer): boolean {
  return status < 400 && (!type.startsWith("text/html") || /miniflare|explorer/i.test(body.toString()));
}

it("reads no stored object by the runtime's own paths, with a token or without", async () => {
  verifies("edge:front:no-runtime-paths");
  for (const headers of [{}, { authorization: `Bearer ${floom.token}` }, { origin: "http://localhost:5173" }])
    for (const path of runtimePaths()) expect(isLeak(await ask(edgePort(), path, headers)), path).toBe(false);
});

it("reads no stored object by telling the runtime another address of the request", async () => {
  verifies("edge:front:no-runtime-paths");
  for (const path of runtimePaths()) {
    const headers = {
      "MF-Original-URL": new URL(path, floom.url).href,
      "MF-Original-Hostname": "localhost",
      "MF-Route-Override": "floom",
      "MF-Custom-Fetch-Service": "r2:public",
      "MF-Op": "GET",
      "MF-Op-Target": "1",
      "MF-CF-Blob": "{}",
      "CF-Worker": "floom",
    };
    const answer = await ask(edgePort(), "/api/health", headers);
    expect(JSON.parse(answer.body.toString()), path).toMatchObject({ status: "ok" });
  }
});

it("finds one port of the edge's processes, and behind it nothing of the runtime", async () => {
  verifies("edge:front:one-door");
  const { tcp, unix } = listListening(floom.pids().edge);
  expect(tcp).toEqual([`127.0.0.1:${edgePort()}`]);
  expect(unix).toEqual([]);
});

it("finds no more as another user of the machine", async () => {
  verifies("edge:front:no-runtime-paths");
  const script = `
    const [url, ...paths] = process.argv.slice(1);
    const { get } = await import("node:http");
    const { readdirSync } = await import("node:fs");
    const ask = (path) => new Promise((resolve) => get(new URL(path, url), async (answer) =>
      resolve(Buffer.concat(await answer.toArray()).subarray(0, 2).toString())));
    const beginnings = await Promise.all(paths.map(ask));
    let home = "read";
    try { readdirSync(process.env.HOME_TO_READ); } catch (error) { home = error.code; }
    console.log(JSON.stringify({ beginnings, home }));`;
  const paths = runtimePaths().filter((path) => !path.startsWith("//"));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "-e", script, floom.url, ...paths],
    { ...other, cwd: "/", env: { HOME_TO_READ: floom.home } },
  );
  const told = JSON.parse(stdout) as { beginnings: string[]; home: string };
  expect(told.home).toBe("uid" in other ? "EACCES" : "read");
  expect(told.beginnings).not.toContain(zipBeginning);
});

it("is not let in by a claimed address, and is by the true one", async () => {
  verifies("edge:front:true-address");
  const open = async (allowed: string): Promise<string> => {
    const json = {
      type: "webhook" as const,
      inputs: { name: "Ada" },
      webhook: { signature: { scheme: "none" as const }, allow_ips: [allowed] },
    };
    return (await client.call(routes.createTrigger, { params: { worker }, json })).id;
  };
  const send = async (hook: string, headers: Record<string, string>): Promise<number> =>
    (await fetch(new URL(`/hooks/${hook}`, floom.url), { method: "POST", body: "{}", headers })).status;
  const far = await open("192.0.2.7");
  const claims = [
    "CF-Connecting-IP",
    "X-Forwarded-For",
    "X-Real-IP",
    "True-Client-IP",
    "Forwarded",
    "CF-Connecting-IPv6",
  ];
  for (const name of claims)
    expect(await send(far, { [name]: name === "Forwarded" ? "for=192.0.2.7" : "192.0.2.7" }), name).toBe(404);

  expect(await send(await open("127.0.0.1"), { "CF-Connecting-IP": "192.0.2.7" })).toBe(202);
});
