import { closeSync, readdirSync, readFileSync } from "node:fs";

const FIRST_EXTRA_FD = 3;
const O_CLOEXEC = 0o2000000;

/**
 * Closes every descriptor that would be handed on to user code. Node marks its own as close-on-exec, and the
 * first sixteen it inherits; whatever else the launcher left open would reach every command.
 */
export function closeInheritedDescriptors(): void {
  for (const name of readdirSync("/proc/self/fd")) {
    const fd = Number(name);
    if (fd >= FIRST_EXTRA_FD && isHandedOn(fd)) closeSync(fd);
  }
}

function isHandedOn(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    // The descriptor of the listing itself is gone by now.
    return false;
  }
}
