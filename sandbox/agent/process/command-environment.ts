import type { AgentConfig } from "../config.ts";
import type { SandboxIdentity } from "../identity.ts";
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
      ...packageVariables,
      ...(config.egress === undefined ? {} : proxyVariables(config.egress.proxyPort)),
      ...(config.egress?.trustDir === undefined ? {} : trustVariables(config.egress.trustDir)),
    };
  }

  setSandbox({ sandboxId, templateId }: SandboxIdentity, envs: Record<string, string>): void {
    this.#sandboxEnvs = { E2B_SANDBOX_ID: sandboxId, E2B_TEMPLATE_ID: templateId, ...envs };
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
 * Packages "for everybody" go to the user's home: `/usr` is the host's, and so is the mark in it by which pip refuses to
 * touch what a distribution manages. Root's commands install to the same place, as in E2B.
 */
const packageVariables: Readonly<Record<string, string>> = {
  PIP_BREAK_SYSTEM_PACKAGES: "1",
  PYTHONUSERBASE: "/home/user/.local",
  NPM_CONFIG_PREFIX: "/home/user/.local",
};

/**
 * The host's proxy stands for some hosts in their own name. Languages and libraries that do not ask the system whom to
 * believe are told here; Node keeps its own authorities and believes one more.
 */
function trustVariables(dir: string): Record<string, string> {
  const all = `${dir}/all.pem`;
  return {
    SSL_CERT_FILE: all,
    REQUESTS_CA_BUNDLE: all,
    CURL_CA_BUNDLE: all,
    NODE_EXTRA_CA_CERTS: `${dir}/own.pem`,
  };
}

/**
 * The sandbox has no route: HTTP(S) leaves through the host's filter proxy. What is named by the loopback is inside, and
 * so is the port of an edge that is named so: the agent answers there.
 * `ALL_PROXY` is left unset: it would send other protocols into a proxy that speaks HTTP alone.
 */
function proxyVariables(port: number): Record<string, string> {
  const url = `http://127.0.0.1:${port}`;
  const inside = "localhost,127.0.0.1,::1,0.0.0.0,sandbox";
  return {
    HTTP_PROXY: url,
    HTTPS_PROXY: url,
    http_proxy: url,
    https_proxy: url,
    NO_PROXY: inside,
    no_proxy: inside,
    NODE_USE_ENV_PROXY: "1",
  };
}
