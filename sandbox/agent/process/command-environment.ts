import type { AgentConfig } from "../config.ts";
import type { SandboxUser } from "../users.ts";

const FALLBACK_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The environment commands start with. Later wins: the agent's own basics, the sandbox's variables given at
 * creation, the variables of the one command.
 */
export class CommandEnvironment {
  readonly #base: Record<string, string>;
  #sandboxEnvs: Record<string, string> = {};

  constructor(config: Pick<AgentConfig, "egress">) {
    this.#base = {
      PATH: process.env["PATH"] ?? FALLBACK_PATH,
      LANG: process.env["LANG"] ?? "C.UTF-8",
      E2B_SANDBOX: "true",
      ...(config.egress === undefined ? {} : proxyVariables(config.egress.proxyPort)),
    };
  }

  setSandbox(sandboxId: string, envs: Record<string, string>): void {
    this.#sandboxEnvs = { E2B_SANDBOX_ID: sandboxId, ...envs };
  }

  of(user: SandboxUser, commandEnvs: Record<string, string>): Record<string, string> {
    return {
      ...this.#base,
      HOME: user.home,
      USER: user.name,
      LOGNAME: user.name,
      SHELL: "/bin/bash",
      ...this.#sandboxEnvs,
      ...commandEnvs,
    };
  }
}

/**
 * The sandbox has no route: HTTP(S) leaves through the host's filter proxy.
 * `NO_PROXY` is left unset on purpose. The edge's run API answers on the *host's* 127.0.0.1, which is reached
 * only through the proxy; a program that means a server inside the sandbox says so (`curl --noproxy '*'`).
 * `ALL_PROXY` is left unset too: it would send other protocols into a proxy that speaks HTTP alone.
 */
function proxyVariables(port: number): Record<string, string> {
  const url = `http://127.0.0.1:${port}`;
  return { HTTP_PROXY: url, HTTPS_PROXY: url, http_proxy: url, https_proxy: url, NODE_USE_ENV_PROXY: "1" };
}
