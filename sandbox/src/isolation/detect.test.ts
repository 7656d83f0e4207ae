import { describe, expect, it } from "vitest";
import { checkPlatform, explainProbeFailure, IsolationUnavailable } from "./detect.ts";

function failureOf(work: () => void): IsolationUnavailable {
  try {
    work();
  } catch (error) {
    if (error instanceof IsolationUnavailable) return error;
  }
  throw new Error("nothing was refused");
}

describe("checkPlatform", () => {
  it.each(["darwin", "win32"])("names the ways out on %s", (platform) => {
    const { message, remedy } = failureOf(() => checkPlatform(platform, () => true));
    expect(message).toContain(platform);
    expect(remedy).toMatch(/WSL2.*E2B_API_KEY/);
  });

  it.each([
    ["bwrap", "apt-get install -y bubblewrap"],
    ["prlimit", "apt-get install -y util-linux"],
    ["bash", "apt-get install -y bash"],
  ])("says how to install a missing %s", (program, command) => {
    const { remedy } = failureOf(() => checkPlatform("linux", (file) => !file.endsWith(`/${program}`)));
    expect(remedy).toContain(command);
  });

  it("finds nothing wrong with a complete Linux", () => {
    expect(() => checkPlatform("linux", () => true)).not.toThrow();
  });
});

describe("explainProbeFailure", () => {
  it.each([
    ["bwrap: setting up uid map: Permission denied", true, /AppArmor/, /bwrap-userns-restrict/],
    [
      "bwrap: No permissions to create new namespace",
      false,
      /user namespaces/,
      /unprivileged_userns_clone=1/,
    ],
    [
      "bwrap: Creating new namespace failed: Operation not permitted",
      false,
      /user namespaces/,
      /seccomp=unconfined/,
    ],
    ["bwrap: Unknown option --size", false, /too old/, /0\.8/],
    ["bwrap: execvp /opt/agent/node: Permission denied", true, /programs do not start/, /noexec/],
    ["bwrap: Can't find source path /x: No such file or directory", false, /source path/, /./],
    ["", false, /without a word/, /./],
  ])("turns %j into a reason and a remedy", (output, restricted, reason, remedy) => {
    const failure = explainProbeFailure(output, restricted);
    expect(failure.message).toMatch(reason);
    expect(failure.remedy).toMatch(remedy);
  });
});
