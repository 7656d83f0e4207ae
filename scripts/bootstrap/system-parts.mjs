import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * What a sandbox needs from the operating system. `present` looks at the machine and changes nothing.
 * @type {{ package: string, why: string, present: () => boolean }[]}
 */
const PARTS = [
  { package: "bubblewrap", why: "isolates every run", present: () => onPath("bwrap") },
  {
    package: "python3",
    why: "runs Python workers inside the sandbox",
    present: () => existsSync("/usr/bin/python3"),
  },
  {
    package: "python3-pip",
    why: "installs a worker's requirements.txt",
    present: () => spawnSync("/usr/bin/python3", ["-m", "pip", "--version"]).status === 0,
  },
];

/** What only the tests need; without it they leave out what a browser would show. */
const BROWSER = {
  package: "chromium",
  why: "shows the web app to the tests",
  present: () => existsSync("/usr/bin/chromium"),
};

/**
 * Installs the browser of the tests where that is ours to do, else says what is left out.
 * @param {(line: string) => void} say
 */
export function ensureBrowser(say) {
  if (BROWSER.present()) return;

  const installed = canInstall() && (say(`Installing ${BROWSER.package} ...`), aptInstall([BROWSER.package]));
  if (!installed) {
    say(
      `No /usr/bin/chromium: the tests in a browser are left out. Install with: ${installCommand("chromium")}`,
    );
  }
}

/**
 * Makes sure that sandboxes can run here: installs what is missing where that is ours to do (root on
 * Debian or Ubuntu), else stops with the command to type.
 * @param {(line: string) => void} say
 */
export function ensureSystemParts(say) {
  if (process.env.E2B_API_KEY) {
    say("E2B_API_KEY is set: runs use E2B's cloud, no local sandbox is needed.");
    return;
  }
  if (process.platform !== "linux") throw new SetupError(otherPlatformHelp());

  const missing = PARTS.filter((part) => !part.present());
  if (missing.length === 0) return;

  const names = missing.map((part) => part.package);
  if (!canInstall()) throw new SetupError(missingPartsHelp(missing));

  say(`Installing ${names.join(", ")} ...`);
  if (!aptInstall(names)) throw new SetupError(missingPartsHelp(missing));

  const stillMissing = missing.filter((part) => !part.present());
  if (stillMissing.length > 0) throw new SetupError(missingPartsHelp(stillMissing));
}

/** A reason why the set-up cannot go on, written for the person at the terminal. */
export class SetupError extends Error {}

function canInstall() {
  return process.platform === "linux" && onPath("apt-get") && process.getuid?.() === 0;
}

/** @param {string[]} names */
function aptInstall(names) {
  const install = () => apt(["install", "-y", "--no-install-recommends", ...names]);
  // A fresh image has no package lists, an old one has lists that point to files long gone.
  return install() || (apt(["update"]) && install());
}

/** @param {string[]} args */
function apt(args) {
  const run = spawnSync("apt-get", ["-q", ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  return run.status === 0;
}

/** @param {string} program */
function onPath(program) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/bin", "/bin", "/usr/local/bin"];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** @param {{ package: string, why: string }[]} missing */
function missingPartsHelp(missing) {
  const names = missing.map((part) => part.package).join(" ");
  const why = missing.map((part) => `  ${part.package}: ${part.why}`).join("\n");
  return `This machine lacks:\n${why}\n\nInstall with:\n\n  ${installCommand(names)}\n\nthen run this command again.`;
}

/** @param {string} names */
function installCommand(names) {
  if (onPath("apt-get")) return `sudo apt-get update && sudo apt-get install -y ${names}`;

  if (onPath("dnf")) return `sudo dnf install -y ${names}`;

  if (onPath("pacman"))
    return `sudo pacman -S --needed ${names.replace("python3-pip", "python-pip").replace("python3", "python")}`;

  if (onPath("apk")) return `sudo apk add ${names.replace("python3-pip", "py3-pip")}`;

  return `(your system's package manager) ${names}`;
}

function otherPlatformHelp() {
  return [
    `Local sandboxes need Linux namespaces, which ${process.platform} does not have. Two ways out:`,
    "",
    "  - Windows: run Floom inside WSL2 (wsl --install, then clone and npm start in there).",
    "    macOS: run it in a Linux virtual machine.",
    "  - Use E2B's cloud for the runs: set E2B_API_KEY and start again; nothing local is needed then.",
  ].join("\n");
}
