import { readFileSync, writeFileSync } from "node:fs";

/** Bytes of memory that a process holds now (Linux). */
export function readMemory(pid: number): number {
  return readStatus(pid, "VmRSS");
}

/** The most bytes of memory that a process held since `forgetPeak`, or since it started (Linux). */
export function readPeak(pid: number): number {
  return readStatus(pid, "VmHWM");
}

/** Begins the measuring of a process's peak anew. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, "5");
}

function readStatus(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const line = status.split("\n").find((text) => text.startsWith(`${field}:`));
  return Number(/\d+/.exec(line ?? "")?.[0]) * 1024;
}
