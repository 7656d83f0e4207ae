import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findStartTicks } from "./process-table.ts";

/** A process that wrote its pid file; `startTicks` tells it from a later process with the same number. */
export interface PidRecord {
  pid: number;
  startTicks: string;
}

/**
 * Writes `<name>.pid` (the bare number, for people and scripts) and `<name>.start` beside it.
 * Both appear whole or not at all.
 */
export function writePidFile(runDir: string, name: string, pid: number): void {
  replaceFile(join(runDir, `${name}.start`), `${pid} ${findStartTicks(pid) ?? ""}\n`);
  replaceFile(join(runDir, `${name}.pid`), `${pid}\n`);
}

/** What the pid file says, whether or not the process still lives. */
export function readPidFile(runDir: string, name: string): PidRecord | undefined {
  try {
    const [pid = "", startTicks = ""] = readFileSync(join(runDir, `${name}.start`), "utf8")
      .trim()
      .split(" ");
    return { pid: Number(pid), startTicks };
  } catch {
    return undefined;
  }
}

/** Whether the very process that wrote the record is still running. */
export function isAlive(record: PidRecord): boolean {
  return findStartTicks(record.pid) === record.startTicks;
}

export function removePidFile(runDir: string, name: string): void {
  rmSync(join(runDir, `${name}.pid`), { force: true });
  rmSync(join(runDir, `${name}.start`), { force: true });
}

function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}
