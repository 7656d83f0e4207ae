import { buildInsideArea } from "../../stage/inside.ts";
import type { Group } from "../../stage/inside.ts";
import { otherWords, privateSpellings } from "../private-addresses.ts";

/** Where the socket of the way out is seen in a sandbox. */
const egressSockets = ["/opt/agent/egress/proxy.sock", "/opt/agent/egress/edge.sock"] as const;

const proxied = ["403"];
const end = "\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";

/** Framings of a request to the proxy that aim at a service of the host. */
const framings: readonly (readonly [
  id: string,
  wants: string,
  parts: readonly string[],
  refusals?: readonly string[],
])[] = [
  ["origin-form", "Ask the proxy itself for a file.", [`GET /latest HTTP/1.1${end}`], ["400"]],
  [
    "https-form",
    "Let the proxy speak TLS for it.",
    [`GET https://127.0.0.1:{canary}/ HTTP/1.1${end}`],
    ["400", "403"],
  ],
  ["ftp-form", "Let the proxy speak FTP.", [`GET ftp://127.0.0.1:{canary}/ HTTP/1.1${end}`], ["400", "403"]],
  ["file-form", "Let the proxy read a file.", [`GET file:///etc/passwd HTTP/1.1${end}`], ["400", "403"]],
  [
    "gopher-form",
    "Let the proxy speak gopher.",
    [`GET gopher://127.0.0.1:{canary}/ HTTP/1.1${end}`],
    ["400", "403"],
  ],
  [
    "user-name",
    "Hide the address behind a user name.",
    [`GET http://example.com@127.0.0.1:{canary}/ HTTP/1.1${end}`],
    ["400", "403"],
  ],
  [
    "fragment",
    "Hide the address behind a fragment.",
    [`GET http://127.0.0.1:{canary}#example.com/ HTTP/1.1${end}`],
    ["400", "403", "closed"],
  ],
  [
    "backslash",
    "Hide the address behind a backslash.",
    [`GET http://127.0.0.1:{canary}\\@example.com/ HTTP/1.1${end}`],
    ["400", "403", "closed"],
  ],
  [
    "percent",
    "Write the address in percent signs.",
    [`GET http://%31%32%37.0.0.1:{canary}/ HTTP/1.1${end}`],
    ["400", "403"],
  ],
  [
    "host-header",
    "Name one host in the line and another in the header.",
    [`GET http://127.0.0.1:{canary}/ HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n`],
  ],
  [
    "two-hosts",
    "Name two hosts.",
    [
      `GET http://127.0.0.1:{canary}/ HTTP/1.1\r\nHost: example.com\r\nHost: 127.0.0.1:{canary}\r\nConnection: close\r\n\r\n`,
    ],
    ["400", "403", "closed"],
  ],
  ["old-http", "Use a version without a host.", ["GET http://127.0.0.1:{canary}/ HTTP/1.0\r\n\r\n"], ["403"]],
  [
    "oldest-http",
    "Use the version without headers.",
    ["GET http://127.0.0.1:{canary}/\r\n"],
    ["400", "403", "closed"],
  ],
  [
    "line-feeds",
    "End lines without a carriage return.",
    ["GET http://127.0.0.1:{canary}/ HTTP/1.1\nHost: x\n\n"],
    ["400", "403", "closed"],
  ],
  [
    "tabs",
    "Part the line by tabs.",
    [`GET\thttp://127.0.0.1:{canary}/\tHTTP/1.1${end}`],
    ["400", "403", "closed"],
  ],
  [
    "folded",
    "Fold a header over two lines.",
    ["GET http://127.0.0.1:{canary}/ HTTP/1.1\r\nHost: x\r\n more\r\n\r\n"],
    ["400", "403", "closed"],
  ],
  [
    "nul",
    "Put a NUL into the address.",
    [`GET http://127.0.0.1\u0000.example.com:{canary}/ HTTP/1.1${end}`],
    ["400", "403", "closed"],
  ],
  [
    "both-lengths",
    "Hide a second request behind two lengths.",
    [
      `POST http://127.0.0.1:{canary}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET http://127.0.0.1:{canary}/ HTTP/1.1\r\nHost: x\r\n\r\n`,
    ],
    ["400", "403", "403 403", "closed", "400 400", "403 400"],
  ],
  [
    "upgrade",
    "Switch the connection to another protocol.",
    [
      `GET http://127.0.0.1:{canary}/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    ],
    ["403", "400", "closed"],
  ],
  ["connect-no-port", "Open a tunnel without a port.", [`CONNECT 127.0.0.1 HTTP/1.1${end}`], ["400", "403"]],
  [
    "connect-path",
    "Open a tunnel with a path.",
    [`CONNECT 127.0.0.1:{canary}/x HTTP/1.1${end}`],
    ["400", "403"],
  ],
  [
    "connect-url",
    "Open a tunnel by a URL.",
    [`CONNECT http://127.0.0.1:{canary} HTTP/1.1${end}`],
    ["400", "403"],
  ],
  [
    "connect-user",
    "Open a tunnel behind a user name.",
    [`CONNECT example.com@127.0.0.1:{canary} HTTP/1.1${end}`],
    ["400", "403"],
  ],
  ["connect-zero", "Open a tunnel to port 0.", [`CONNECT 127.0.0.1:0 HTTP/1.1${end}`], ["400", "403"]],
  [
    "connect-large",
    "Open a tunnel to a port that wraps around.",
    [`CONNECT 127.0.0.1:70000 HTTP/1.1${end}`],
    ["400", "403"],
  ],
  [
    "connect-fragment",
    "Open a tunnel behind a fragment.",
    [`CONNECT 127.0.0.1#:{canary} HTTP/1.1${end}`],
    ["400", "403", "closed"],
  ],
  [
    "connect-zone",
    "Open a tunnel to an address with a zone.",
    [`CONNECT [fe80::1%25lo]:{canary} HTTP/1.1${end}`],
    ["400", "403"],
  ],
  ["options-star", "Ask the proxy what it can.", [`OPTIONS * HTTP/1.1${end}`], ["400"]],
  [
    "sandbox-server",
    "Reach the server that makes sandboxes.",
    [`GET http://127.0.0.1:{sandbox_port}/v2/sandboxes HTTP/1.1${end}`],
    ["403"],
  ],
];

const direct: Group = {
  control: {
    id: "control-direct",
    way: "connect",
    with: { family: "AF_INET", address: "127.0.0.1", port: 3128 },
    works: ["ok"],
  },
  refusals: ["ECONNREFUSED", "ENETUNREACH", "EACCES", "EPERM", "EADDRNOTAVAIL", "EHOSTUNREACH"],
  rows: [
    {
      id: "direct-host",
      wants: "Connect to a service of the host.",
      with: { family: "AF_INET", address: "127.0.0.1", port: "{canary}" },
    },
    {
      id: "direct-metadata",
      wants: "Connect to the cloud's metadata.",
      with: { family: "AF_INET", address: "169.254.169.254", port: 80 },
    },
    {
      id: "direct-private",
      wants: "Connect to the network next door.",
      with: { family: "AF_INET", address: "10.0.0.1", port: 80 },
    },
    {
      id: "direct-docker",
      wants: "Connect to the host by Docker's bridge.",
      with: { family: "AF_INET", address: "172.17.0.1", port: "{canary}" },
    },
    {
      id: "direct-test-net",
      wants: "Connect to an address outside.",
      with: { family: "AF_INET", address: "192.0.2.1", port: 443 },
    },
    {
      id: "direct-ipv6-host",
      wants: "Connect to the host by IPv6.",
      with: { family: "AF_INET6", address: "::1", port: "{canary}" },
    },
    {
      id: "direct-ipv6",
      wants: "Connect outside by IPv6.",
      with: { family: "AF_INET6", address: "2001:db8::1", port: 443 },
    },
    {
      id: "datagram",
      wants: "Send a datagram out.",
      way: "datagram",
      with: { family: "AF_INET", address: "192.0.2.1", port: 53 },
    },
    {
      id: "datagram-ipv6",
      wants: "Send a datagram out by IPv6.",
      way: "datagram",
      with: { family: "AF_INET6", address: "2001:db8::1", port: 53 },
    },
    {
      id: "datagram-broadcast",
      wants: "Speak to everybody on the wire.",
      way: "datagram",
      with: { family: "AF_INET", address: "224.0.0.251", port: 5353 },
    },
    {
      id: "name-service",
      wants: "Send data out as names that are looked up.",
      way: "look_up",
      with: { name: "secret.leak.invalid" },
      refusals: ["no name service", "EAI_AGAIN"],
    },
    {
      id: "abstract-socket",
      wants: "Reach the host's desktop by an abstract socket.",
      way: "unix_socket",
      with: { path: "@/tmp/.X11-unix/X0" },
    },
    {
      id: "docker-socket",
      wants: "Command Docker.",
      way: "unix_socket",
      with: { path: "/var/run/docker.sock" },
      refusals: ["ENOENT"],
    },
    {
      id: "interfaces",
      wants: "See the host's network cards.",
      way: "interfaces",
      with: {},
      refusals: ["lo"],
    },
  ],
};

const through: Group = {
  control: { id: "control-proxy", way: "steer", with: { headers: {} }, works: ["the health of the edge"] },
  refusals: proxied,
  rows: [
    ...privateSpellings.flatMap((host) => [
      {
        id: `plain-${host}`,
        wants: `Reach ${host} by the proxy.`,
        way: "plain",
        with: { host, port: "{canary}" },
      },
      { id: `tunnel-${host}`, wants: `Tunnel to ${host}.`, way: "tunnel", with: { host, port: "{canary}" } },
    ]),
    ...otherWords.map(([host, wants]) => ({
      id: `plain-${host}`,
      wants,
      way: "plain",
      with: { host, port: "{canary}" },
      refusals: ["400", "403", "502"],
    })),
    {
      id: "node-fetch",
      wants: "Reach the host by Node's own fetch, which asks for tunnels.",
      way: "run_command",
      with: {
        argv: [
          "node",
          "-e",
          'fetch("http://127.0.0.1:{canary}/latest").then(({ status }) => process.exit(status === 403 ? 3 : 0), () => process.exit(4))',
        ],
      },
      refusals: ["exit 3", "exit 4"],
    },
    {
      id: "shell-redirection",
      wants: "Reach the host by a shell's redirection.",
      way: "run_command",
      with: { argv: ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/{canary}"] },
      refusals: ["exit 1"],
    },
    ...framings.map(([id, wants, parts, refusals]) => ({
      id: `framing-${id}`,
      wants,
      way: "raw",
      with: { parts },
      refusals: refusals ?? proxied,
    })),
    ...egressSockets.flatMap((socket) =>
      [
        ["unlink", "Take the way out away to put its own there."],
        ["chmod", "Open the way out's socket to others."],
        ["rename", "Move the way out's socket."],
      ].map(([call = "", wants = ""]) => ({
        id: `${call}-${socket.includes("edge") ? "edge" : "proxy"}`,
        wants,
        way: "become",
        with: {
          call,
          args: call === "rename" ? [socket, "/tmp/x"] : call === "chmod" ? [socket, 0o777] : [socket],
        },
        refusals: ["EROFS", "EXDEV", "EACCES", "EPERM"],
      })),
    ),
  ],
};

export const networkArea = buildInsideArea({
  name: "network",
  groups: [direct, through],
  after: (stage, seen) => {
    // The strongest sign of all: somebody knocked at the host's own server.
    const hit = stage.canary.hits.find((line) => /latest|GET \/ |GET \/$/.test(line));
    if (hit !== undefined) {
      for (const [id] of seen)
        if (/:(?:plain|tunnel|framing|direct)-/.test(id)) seen.set(id, `reached the host: ${hit}`);
    }
  },
});

/** Names, not addresses, of a worker whose manifest lets it reach one host only. */
export const narrowArea = buildInsideArea({
  name: "allow-list",
  worker: {
    kind: "narrow",
    more: "capabilities:\n  network: { egress: true, allow_out: [api.attack.invalid] }\n",
  },
  groups: [
    {
      control: {
        id: "control-proxy",
        way: "steer",
        with: { headers: {} },
        works: ["the health of the edge"],
      },
      way: "refusal_text",
      refusals: ["refused before it was looked up"],
      rows: [
        {
          id: "name-of-host",
          wants: "Have a name looked up that is not on its list, with data in it.",
          with: { host: "localhost" },
        },
        {
          id: "name-upper-case",
          wants: "Have a name looked up in other letters.",
          with: { host: "LOCALHOST" },
        },
        {
          id: "name-with-dot",
          wants: "Have a name looked up that ends with a dot.",
          with: { host: "localhost." },
        },
        {
          id: "address",
          wants: "Reach an address that is not on its list.",
          way: "plain",
          with: { host: "192.0.2.7", port: 80 },
          refusals: ["403"],
        },
        {
          id: "tunnel-address",
          wants: "Tunnel to an address that is not on its list.",
          way: "tunnel",
          with: { host: "192.0.2.7", port: 443 },
          refusals: ["403"],
        },
      ],
    },
  ],
});
