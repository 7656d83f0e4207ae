import fs from "node:fs";
import { spawnBwrap } from "./spawn-bwrap.ts";
import type { SpawnOptions } from "./spawn-bwrap.ts";

/** Why sandboxes cannot run here, and what to do about it. */
export class IsolationUnavailable extends Error {
  readonly remedy: string;
  constructor(reason: string, remedy: string) {
    super(reason);
    this.name = "IsolationUnavailable";
    this.remedy = remedy;
  }
}

const otherSystemRemedy =
  "Run Floom inside WSL2 or another Linux, or set E2B_API_KEY to run sandboxes in E2B's cloud instead.";
const installRemedy = "Install it: sudo apt-get install -y bubblewrap (or your distribution's package).";

/** Throws when the operating system or a missing program rules sandboxes out before any probe. */
export function checkPlatform(platform: string, fileExists: (file: string) => boolean): void {
  if (platform !== "linux") {
    throw new IsolationUnavailable(
      `sandboxes need Linux namespaces, which ${platform} does not have`,
      otherSystemRemedy,
    );
  }
  const anyOf = (files: string[]): boolean => files.some(fileExists);
  if (!anyOf(["/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"]))
    throw new IsolationUnavailable("bubblewrap (bwrap) is not installed", installRemedy);

  if (!fileExists("/usr/bin/prlimit")) {
    throw new IsolationUnavailable(
      "/usr/bin/prlimit is not installed",
      "Install it: sudo apt-get install -y util-linux.",
    );
  }
  if (!fileExists("/bin/bash"))
    throw new IsolationUnavailable("/bin/bash is not installed", "Install it: sudo apt-get install -y bash.");
}

/** Turns what bubblewrap printed into a reason and a remedy. */
export function explainProbeFailure(output: string, appArmorRestricted: boolean): IsolationUnavailable {
  const said = output.trim().split("\n").slice(0, 3).join(" ") || "the probe sandbox ended without a word";
  if (/unknown option/i.test(output)) {
    return new IsolationUnavailable(
      `this bubblewrap is too old (${said})`,
      "Install bubblewrap 0.8 or newer.",
    );
  }
  if (/failed to execute|execvp/i.test(output)) {
    return new IsolationUnavailable(
      `programs do not start inside a sandbox (${said})`,
      "Programs must be readable by everyone and on a file system mounted without noexec.",
    );
  }
  if (appArmorRestricted && /uid map|permission|namespace/i.test(output)) {
    return new IsolationUnavailable(
      `AppArmor keeps programs from making user namespaces (${said})`,
      "Allow it for bubblewrap: sudo apt-get install -y apparmor-profiles && " +
        "sudo ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && " +
        "sudo systemctl reload apparmor; or for every program: " +
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    );
  }
  if (/namespace|uid map|not permitted|permission denied/i.test(output)) {
    return new IsolationUnavailable(
      `the kernel refuses user namespaces (${said})`,
      "Allow them: sudo sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000; " +
        "in a container, start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined " +
        "--security-opt systempaths=unconfined.",
    );
  }
  return new IsolationUnavailable(
    `a probe sandbox did not start (${said})`,
    "Fix what bubblewrap reports, then start again.",
  );
}

function isAppArmorRestricted(): boolean {
  try {
    return fs.readFileSync("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "utf8").trim() === "1";
  } catch {
    return false;
  }
}

const PROBE_TIMEOUT_MS = 20_000;

/**
 * Starts a real sandbox, with every restriction but those that its agent takes upon itself, in which Node says its version. Throws IsolationUnavailable when that
 * fails: without isolation the server does not start.
 */
export async function probeIsolation(
  options: Omit<SpawnOptions, "command" | "listenFd" | "name">,
): Promise<void> {
  checkPlatform(process.platform, fs.existsSync);
  const { child, errors } = spawnBwrap({
    ...options,
    name: "sandbox-probe",
    listenFd: null,
    command: ["/opt/agent/node", "--version"],
  });
  let output = "";
  errors.setEncoding("utf8").on("data", (text: string) => (output = (output + text).slice(0, 4096)));
  const timer = setTimeout(() => child.kill("SIGKILL"), PROBE_TIMEOUT_MS);
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", (error) => {
      output += error.message;
      resolve(null);
    });
    child.once("close", resolve);
  });
  clearTimeout(timer);
  if (code !== 0) throw explainProbeFailure(output, isAppArmorRestricted());
}
