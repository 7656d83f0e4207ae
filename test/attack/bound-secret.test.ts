import { once } from "node:events";
import { readFileSync } from "node:fs";
import https from "node:https";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { createSecureContext } from "node:tls";
import { Sandbox } from "e2b";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeOutsideAuthority } from "../support/test-authority.ts";
import { startSandboxServer } from "../support/sandbox-server.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";
import { intrude, serverUsers, shell } from "./intruder.ts";

const SECRET = "sk-bound-0123456789abcdef";
const HOST = "api.example.com";
const OTHER = "other.example.com";
const url = `https://${HOST}/v1`;
const network = {
  allowOut: [HOST, OTHER],
  denyOut: ["0.0.0.0/0"],
  rules: { [HOST]: [{ transform: { headers: { Authorization: `Bearer ${SECRET}` } } }] },
};

describe.each(serverUsers)("a secret that is bound to a host, with a server run by %s", (_user, options) => {
  const outside = makeOutsideAuthority();
  let upstream: https.Server;
  let seen: { host: string; authorization: string | undefined }[];
  let server: SandboxServer;
  let sandbox: Sandbox;

  beforeAll(async () => {
    const identities = new Map(
      [HOST, OTHER].map((name) => [name, createSecureContext(outside.certify(name))]),
    );
    upstream = https.createServer(
      { ...outside.certify(HOST), SNICallback: (name, done) => done(null, identities.get(name)) },
      (request, response) => {
        seen.push({ host: request.headers.host ?? "", authorization: request.headers.authorization });
        if (request.url === "/away") response.writeHead(302, { location: `https://${OTHER}/stolen` }).end();
        else response.end("hello");
      },
    );
    upstream.listen(0, "127.0.0.1");
    await once(upstream, "listening");
    const env = {
      OUTSIDE_PORT: String((upstream.address() as AddressInfo).port),
      OUTSIDE_ROOTS: outside.certificate,
    };
    const main = "test/support/sandbox-server-with-outside.ts";
    server = await startSandboxServer({ ...options, env, main });
    sandbox = await Sandbox.create("base", { ...server.sdk, network });
  });
  beforeEach(() => {
    seen = [];
  });
  afterAll(async () => {
    await server.stop();
    upstream.closeAllConnections();
    upstream.close();
  });

  it.each([
    ["curl", `curl -sS ${url}`],
    [
      "Python's urllib",
      `python3 -c "import urllib.request as u; print(u.urlopen('${url}').read().decode())"`,
    ],
    ["Node's fetch", `node -e "fetch('${url}').then((r) => r.text()).then(console.log)"`],
    [
      "a program that knows the system's authorities alone",
      `env -u CURL_CA_BUNDLE -u SSL_CERT_FILE curl -sS ${url}`,
    ],
  ])("is in a request of %s when it arrives", async (_program, command) => {
    verifies("sandbox:network:headers-on-the-way");
    expect((await shell(sandbox, command)).trim()).toBe("hello");
    expect(seen).toEqual([{ host: HOST, authorization: `Bearer ${SECRET}` }]);
  });

  it("is nowhere in the sandbox: in no environment, no command line and no file", async () => {
    verifies("sandbox:network:headers-on-the-way");
    // Said backwards, or the program that looks would find itself.
    const backwards = Array.from(SECRET).toReversed().join("");
    const program = `
import glob
secret = ${JSON.stringify(backwards)}[::-1].encode()
looked, found = 0, []
places = ["/proc/[0-9]*/environ", "/proc/[0-9]*/cmdline"]
places += [root + "/**" for root in ("/home", "/tmp", "/opt/agent", "/etc", "/run", "/var", "/dev/shm")]
for place in places:
    for name in glob.glob(place, recursive=True, include_hidden=True):
        try:
            with open(name, "rb") as file:
                looked += 1
                if secret in file.read():
                    found.append(name)
        except OSError:
            pass
tell([looked > 100, found])`;
    expect(await intrude(sandbox, program)).toEqual([true, []]);
  });

  it("goes to no other host, by no redirect, no port, no plain text and no name said inside", async () => {
    verifies("sandbox:network:headers-fail-closed");
    const tries = [
      `curl -sS -o /dev/null -L https://${HOST}/away`,
      `curl -sS -o /dev/null -k -H 'Host: ${OTHER}' ${url}`,
      `curl -sS -o /dev/null -k --connect-to ${OTHER}:443:${HOST}:443 https://${OTHER}/`,
      `curl -sS -o /dev/null https://${HOST}:8443/`,
      `curl -sS -o /dev/null http://${HOST}/`,
      `curl -sS -o /dev/null -k https://${OTHER}/`,
      `curl -sS -o /dev/null -k --connect-to ${HOST}:443:93.184.216.34:443 ${url}`,
      `curl -sS -o /dev/null -k --connect-to ${HOST}:443:${OTHER}:443 ${url}`,
    ];
    for (const command of tries) await shell(sandbox, `${command}; true`);
    const strangers = seen.filter(({ host, authorization }) => host !== HOST && authorization !== undefined);
    expect(strangers).toEqual([]);
    expect(seen.some(({ host }) => host === OTHER)).toBe(true);
  });

  it("cannot be read from the server, nor from what it keeps, and lasts over its end", async () => {
    verifies("sandbox:network:headers-on-the-way");
    const info = await Sandbox.getInfo(sandbox.sandboxId, server.sdk);
    expect(JSON.stringify(info)).not.toContain(SECRET);
    await server.kill();
    for (const name of ["registry.sqlite", "registry.sqlite-wal"]) {
      const bytes = readFileSync(path.join(server.stateDir, name), { flag: "a+" });
      expect(bytes.includes(SECRET), name).toBe(false);
    }
    await server.restart();
    expect((await shell(sandbox, `curl -sS ${url}`)).trim()).toBe("hello");
    expect(seen).toEqual([{ host: HOST, authorization: `Bearer ${SECRET}` }]);
    expect(server.log()).not.toContain(SECRET);
  });

  it("is refused by name where a rule cannot be followed", async () => {
    const bad = { ...network, rules: { [HOST]: [{ transform: { headers: { Host: SECRET } } }] } };
    const create = Sandbox.create("base", { ...server.sdk, network: bad });
    await expect(create).rejects.toThrow(/cannot set the header host/);
    await expect(create).rejects.not.toThrow(SECRET);
  });

  it("is taken away and replaced while the sandbox runs", async () => {
    verifies("sandbox:network:rules");
    const rotated = { [HOST]: [{ transform: { headers: { Authorization: "Bearer new" } } }] };
    await sandbox.updateNetwork({ ...network, rules: rotated });
    await shell(sandbox, `curl -sS ${url}`);
    await sandbox.updateNetwork({ allowOut: [HOST], denyOut: ["0.0.0.0/0"] });
    await shell(sandbox, `curl -sS -k ${url}`);
    expect(seen.map(({ authorization }) => authorization)).toEqual(["Bearer new", undefined]);
  });
});
