import type { SandboxLimits } from "../isolation/limits.ts";
import { agentLimits } from "../isolation/process-limits.ts";
import { trustNames } from "./trust-files.ts";

/** TCP port, inside a sandbox, where the agent takes requests for the egress proxy. */
const PROXY_PORT = 3128;
const HTTP_PORT = 80;
const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * The port of an edge that is named by the loopback of this machine; undefined for one that has another address. The
 * loopback of a sandbox is its own, so there the agent takes what is meant for the edge.
 */
export function loopbackPort(edgeOrigin: string): number | undefined {
  const { hostname, port } = new URL(edgeOrigin);
  if (!loopback.test(hostname)) return undefined;
  return port === "" ? HTTP_PORT : Number(port);
}

/** Contents of the `/etc` files of a sandbox. `root` and `user` are the same uid: there is no privilege inside. */
export const etcContents: Readonly<Record<string, string>> = {
  passwd: [
    "user:x:1000:1000:user:/home/user:/bin/bash",
    "root:x:1000:1000:root:/root:/bin/bash",
    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
    "",
  ].join("\n"),
  group: ["user:x:1000:", "root:x:1000:", "nogroup:x:65534:", ""].join("\n"),
  hosts: ["127.0.0.1 localhost sandbox", "::1 localhost ip6-localhost", ""].join("\n"),
  hostname: "sandbox\n",
  "nsswitch.conf": ["passwd: files", "group: files", "hosts: files dns", "services: files", ""].join("\n"),
  "resolv.conf": "",
  empty: "",
};

/**
 * `sudo` for scripts written for E2B, where `user` may become root: it runs the command as it is, since
 * nothing inside a local sandbox can gain privileges.
 */
export const sudoShim = `#!/bin/bash
while [ $# -gt 0 ]; do
  case "$1" in
    -u|-g|-h|-p|-C|-D|-R|-T) shift; [ $# -gt 0 ] && shift ;;
    --) shift; break ;;
    -*) shift ;;
    *=*) export "$1"; shift ;;
    *) break ;;
  esac
done
[ $# -gt 0 ] || exit 0
exec "$@"
`;

/**
 * `node` raises its soft data limit to the hard one: V8 reserves half a gigabyte of address space at start
 * that it never fills, and more for every worker. What it really uses is held by the agent's memory guard.
 */
export const nodeShim = '#!/bin/sh\nulimit -S -d "$(ulimit -H -d)"\nexec /opt/agent/node "$@"\n';

/** `npm` and `npx` when they are not the system's own. */
export const nodeShims: Readonly<Record<string, string>> = {
  npm: '#!/bin/sh\nexec /opt/agent/bin/node /opt/agent/npm/bin/npm-cli.js "$@"\n',
  npx: '#!/bin/sh\nexec /opt/agent/bin/node /opt/agent/npm/bin/npx-cli.js "$@"\n',
};

/** The file the agent reads at start. */
export function agentConfigFor(limits: SandboxLimits, edgeOrigin: string): Record<string, unknown> {
  return {
    limits: {
      memory_bytes: limits.memory_bytes,
      inodes: limits.inodes,
      socket_bytes: limits.socket_bytes,
      open_files: limits.open_files,
      max_stdout_journal_bytes: limits.max_stdout_journal_bytes,
      cpu_count: limits.cpu_count,
    },
    own_limits: agentLimits(limits),
    trust_dir: `/opt/agent/${trustNames.dir}`,
    proxy_socket: "/opt/agent/egress/proxy.sock",
    proxy_port: PROXY_PORT,
    edge_socket: "/opt/agent/egress/edge.sock",
    edge_port: loopbackPort(edgeOrigin),
  };
}
