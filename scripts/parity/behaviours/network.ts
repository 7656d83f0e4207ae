import { Sandbox } from "e2b";
import type { SandboxNetworkOpts } from "e2b";
import { output, refusal } from "../behaviour.ts";
import type { Behaviour, Place } from "../behaviour.ts";

const NAME = "example.com";
const NOT_A_NETWORK = `400: invalid denied CIDR ${NAME}`;
const NAMES_NEED_ALL =
  "400: When specifying allowed domains in allow out, you must include 'ALL_TRAFFIC' in deny out to block all other traffic.";

async function answerTo({ connection }: Place, network: SandboxNetworkOpts): Promise<string> {
  return Sandbox.create({ ...connection, network }).then(
    async (box) => {
      await box.kill();
      return "created";
    },
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

/** A server inside that is asked by its name or address, with one program. */
function asksOwnServer(program: string, ask: (port: number) => string, port: number): Behaviour {
  return {
    name: `${program} reaches a server inside by localhost and 127.0.0.1`,
    expected: "200 200",
    measure: (place) =>
      output(
        place,
        `mkdir -p /tmp/served && cd /tmp/served && (python3 -m http.server ${port} > /dev/null 2>&1 & echo $! > /tmp/served.pid)
         until curl -s --noproxy '*' -o /dev/null http://127.0.0.1:${port}/; do sleep 0.1; done
         ${ask(port)}; kill $(cat /tmp/served.pid)`,
      ),
  };
}

const curl = (port: number): string =>
  ["localhost", "127.0.0.1"]
    .map((host) => `curl -s -o /dev/null -w '%{http_code} ' http://${host}:${port}/`)
    .join("; ");
const python = (port: number): string =>
  `python3 -c "import urllib.request as u; print(*[u.urlopen(f'http://{h}:${port}/').status for h in ('localhost', '127.0.0.1')])"`;
const node = (port: number): string =>
  `node -e "(async () => { const s = []; for (const h of ['localhost', '127.0.0.1']) s.push((await fetch('http://' + h + ':${port}/')).status); console.log(s.join(' ')); })()"`;

/** What the network options allow and refuse, and servers inside the sandbox. */
export const networkBehaviours: Behaviour[] = [
  {
    name: "a name in denyOut is refused: it takes addresses and networks",
    expected: NOT_A_NETWORK,
    measure: (place) => answerTo(place, { denyOut: [NAME] }),
  },
  {
    name: "a network of IPv6 in denyOut is refused",
    expected: "400: invalid denied CIDR ::/0",
    measure: (place) => answerTo(place, { denyOut: ["::/0"] }),
  },
  {
    name: "a name in allowOut is refused unless all other traffic is denied",
    expected: NAMES_NEED_ALL,
    measure: (place) => answerTo(place, { allowOut: [NAME] }),
  },
  {
    name: "a name in allowOut with all traffic denied is taken, and so are addresses by themselves",
    expected: ["created", "created", "created"],
    measure: async (place) => [
      await answerTo(place, { allowOut: [NAME, "*.example.org"], denyOut: ["0.0.0.0/0"] }),
      await answerTo(place, { allowOut: ["203.0.113.7"] }),
      await answerTo(place, { denyOut: ["203.0.113.0/24", "203.0.113.7"] }),
    ],
  },
  {
    name: "an update of the rules is held to the same",
    expected: ["400", "400", "accepted"],
    measure: async ({ create }) => {
      const box = await create();
      return [
        await refusal(() => box.updateNetwork({ denyOut: [NAME] })),
        await refusal(() => box.updateNetwork({ allowOut: [NAME] })),
        await refusal(() => box.updateNetwork({ allowOut: [NAME], denyOut: ["0.0.0.0/0"] })),
      ];
    },
  },
  asksOwnServer("curl", curl, 8101),
  asksOwnServer("Python", python, 8102),
  asksOwnServer("Node's fetch", node, 8103),
  {
    name: "a program reaches the network without knowing of a proxy",
    expected: "none",
    byDesign: { row: "network", local: "HTTP_PROXY" },
    measure: (place) => output(place, "env | grep -o '^HTTP_PROXY' || echo none"),
  },
];
