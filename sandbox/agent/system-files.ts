import { mkdirSync, writeFileSync } from "node:fs";

const FIRST_PROCESS = 1;

/** Read by every command, since a command is run by a login shell. PATH is set before it starts, and is left alone. */
const profile = `for file in /etc/profile.d/*.sh; do if [ -r "$file" ]; then . "$file"; fi; done
unset file
`;

/** As in E2B what is added below counts for terminals alone, so a script that relies on more fails here too. */
const bashrc = `# For terminals. Commands stop reading here: what they need belongs into ~/.profile.
case $- in *i*) ;; *) return ;; esac
`;

const userProfile = `if [ -f "$HOME/.bashrc" ]; then . "$HOME/.bashrc"; fi
if [ -d "$HOME/bin" ]; then PATH="$HOME/bin:$PATH"; fi
`;

/** Files of an ordinary Debian that scripts read, source and add to; they are the sandbox's own, to be changed. */
export const systemFiles: Readonly<Record<string, string>> = {
  "/etc/profile": profile,
  "/etc/timezone": "Etc/UTC\n",
  "/home/user/.bashrc": bashrc,
  "/home/user/.profile": userProfile,
  "/root/.bashrc": bashrc,
  "/root/.profile": userProfile,
};

/** Writes them, in a sandbox: an agent that is not process 1 would write into somebody's own home. */
export function writeSystemFiles(): void {
  if (process.pid !== FIRST_PROCESS) return;
  mkdirSync("/etc/profile.d", { recursive: true });
  for (const [path, content] of Object.entries(systemFiles)) writeFileSync(path, content);
}
