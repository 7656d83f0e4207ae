import assert from "node:assert/strict";
import type { Sandbox } from "e2b";
import type { ConformanceCase } from "./case.ts";

/** Names under `.invalid` never resolve: what is let through fails to be found (502), what is not is refused (403). */
const HOST = "somewhere.invalid";
const OTHER_HOST = "elsewhere.invalid";
const LET_THROUGH = "502";
const REFUSED = "403";

/** Network options, updateNetwork, internet off. Works without any internet. */
export const networkCases: ConformanceCase[] = [
  {
    name: "there is no route but the proxy",
    async run({ sandbox }) {
      const { commands } = await sandbox();
      const direct = await commands.run(
        "curl -sS --noproxy '*' -m 5 http://203.0.113.1/ 2>&1; timeout 5 bash -c 'echo > /dev/tcp/203.0.113.1/443' 2>&1; true",
      );
      assert.match(direct.stdout, /unreachable|Couldn't connect|Could not connect|Failed to connect/i);
      assert.match((await commands.run("cat /proc/net/route")).stdout, /^Iface[^\n]*\n$/);
    },
  },
  {
    name: "by default names are looked up outside, and private addresses are refused in every spelling",
    async run({ sandbox }) {
      const box = await sandbox();
      assert.equal(await proxyStatus(box, `http://${HOST}/`), LET_THROUGH);
      const forbidden = [
        "127.0.0.1:1",
        "169.254.169.254",
        "10.0.0.1",
        "192.168.1.1",
        "[::1]:1",
        "localhost:1",
        "2130706433",
      ];
      for (const host of forbidden) assert.equal(await proxyStatus(box, `http://${host}/`), REFUSED, host);
    },
  },
  {
    name: "allowInternetAccess false lets nothing out",
    async run({ create }) {
      const box = await create({ allowInternetAccess: false });
      assert.equal((await box.getInfo()).allowInternetAccess, false);
      assert.equal(await proxyStatus(box, `http://${HOST}/`), REFUSED);
      assert.equal(await proxyStatus(box, "http://203.0.113.1/"), REFUSED);
      assert.equal((await box.commands.run("echo commands still run")).stdout, "commands still run\n");
    },
  },
  {
    name: "denyOut closes a network; allowOut opens a host of a closed one",
    async run({ create }) {
      const denied = await create({ network: { denyOut: ["93.184.216.0/24"] } });
      assert.equal(await proxyStatus(denied, "http://93.184.216.34/"), REFUSED);
      assert.equal(await proxyStatus(denied, `http://${OTHER_HOST}/`), LET_THROUGH);
      const allowed = await create({
        network: { allowOut: [HOST], denyOut: ({ allTraffic }) => [allTraffic] },
      });
      assert.equal(await proxyStatus(allowed, `http://${HOST}/`), LET_THROUGH);
      assert.equal(await proxyStatus(allowed, `http://${OTHER_HOST}/`), REFUSED);
      const { network } = await allowed.getInfo();
      assert.deepEqual([network?.allowOut, network?.denyOut], [[HOST], ["0.0.0.0/0"]]);
    },
  },
  {
    name: "updateNetwork changes the rules of a running sandbox",
    async run({ create }) {
      const box = await create();
      assert.equal(await proxyStatus(box, `http://${HOST}/`), LET_THROUGH);
      await box.updateNetwork({ allowOut: [OTHER_HOST], denyOut: ["0.0.0.0/0"] });
      assert.equal(await proxyStatus(box, `http://${HOST}/`), REFUSED);
      await box.updateNetwork({ allowInternetAccess: false });
      assert.equal(await proxyStatus(box, `http://${OTHER_HOST}/`), REFUSED);
      await box.updateNetwork({ allowInternetAccess: true });
      assert.equal(await proxyStatus(box, `http://${OTHER_HOST}/`), LET_THROUGH);
    },
  },
  {
    name: "tunnels (HTTPS) obey the same rules",
    async run({ create }) {
      const box = await create({ network: { allowOut: [OTHER_HOST], denyOut: ["0.0.0.0/0"] } });
      assert.equal(await tunnelStatus(box, HOST), REFUSED);
      assert.equal(await tunnelStatus(box, "127.0.0.1"), REFUSED);
      assert.equal(await tunnelStatus(box, OTHER_HOST), LET_THROUGH);
    },
  },
  {
    name: "what E2B refuses of network rules is refused, at creation and in an update",
    async run({ create }) {
      const box = await create();
      const byName = { denyOut: [HOST] };
      await assert.rejects(create({ network: byName }), /400: invalid denied CIDR somewhere\.invalid/);
      await assert.rejects(box.updateNetwork(byName), /400: invalid denied CIDR/);
      await assert.rejects(create({ network: { allowOut: [HOST] } }), /400: .*'ALL_TRAFFIC'/);
    },
  },
  {
    name: "a server inside is reached by localhost, in spite of the proxy",
    async run({ sandbox }) {
      const { commands } = await sandbox();
      const server = await commands.run("python3 -m http.server 8000", { background: true });
      const { stdout } = await commands.run(
        "until curl -s -o /dev/null http://127.0.0.1:8000/; do sleep 0.1; done; " +
          "for h in localhost 127.0.0.1; do curl -s -o /dev/null -w '%{http_code} ' http://$h:8000/; done",
      );
      assert.equal(stdout, "200 200 ");
      await server.kill();
    },
  },
  {
    name: "pip fetches packages by the proxy, which is asked whether it may",
    async run({ create }) {
      const pip =
        "python3 -m pip install -vvv --retries 0 --disable-pip-version-check --trusted-host " +
        `${HOST} --index-url http://${HOST}/simple nothing 2>&1 | grep -o 'HTTP/1.1" [0-9]*' || true`;
      const closed = await create({ allowInternetAccess: false });
      assert.equal((await closed.commands.run(pip)).stdout, `HTTP/1.1" ${REFUSED}\n`);
      const open = await create();
      assert.equal((await open.commands.run(pip)).stdout, `HTTP/1.1" ${LET_THROUGH}\n`);
    },
  },
  {
    name: "Node and Python find the proxy by themselves",
    async run({ sandbox }) {
      const { commands } = await sandbox();
      const python = `python3 -c "
import urllib.request, urllib.error
try: urllib.request.urlopen('http://10.0.0.1/')
except urllib.error.HTTPError as error: print(error.code)"`;
      assert.equal((await commands.run(python)).stdout, "403\n");
      // Node asks for a tunnel even for plain HTTP, and tells the refusal only as the cause of its error.
      const node = `node -e "fetch('http://10.0.0.1/').catch((error) => console.log(error.cause.cause.message))"`;
      assert.match((await commands.run(node)).stdout, /Proxy response \(403\)/);
    },
  },
];

async function proxyStatus(box: Sandbox, url: string): Promise<string> {
  const { stdout } = await box.commands.run(
    `curl -s -m 20 --noproxy '' -o /dev/null -w '%{http_code}' '${url}'`,
  );
  return stdout;
}

async function tunnelStatus(box: Sandbox, host: string): Promise<string> {
  const command = `curl -s -m 20 --noproxy '' -o /dev/null -w '%{http_connect}' 'https://${host}/' || true`;
  return (await box.commands.run(command)).stdout;
}
