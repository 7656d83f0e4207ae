import { totalmem } from "node:os";
import { processMemory, processCpuSeconds, listPids } from "./proc-table.ts";
import { mountUsage, writableMounts } from "../writable-mounts.ts";

/** One reading, in bytes and percent of all processors; the names are the host's wire. */
export interface MetricsReading {
  cpu_count: number;
  cpu_used_pct: number;
  mem_used: number;
  mem_total: number;
  mem_cache: number;
  disk_used: number;
  disk_total: number;
}

/** Measures the sandbox, not the machine: its own processes, and the file systems it may write. */
export class MachineMetrics {
  readonly #memoryLimitBytes: number;
  readonly #cpuCount: number;
  readonly #now: () => number;
  #last: { atMs: number; cpuSeconds: number };

  constructor(options: { memoryLimitBytes: number | undefined; cpuCount: number; now: () => number }) {
    this.#cpuCount = options.cpuCount;
    this.#memoryLimitBytes = options.memoryLimitBytes ?? totalmem();
    this.#now = options.now;
    this.#last = { atMs: this.#now(), cpuSeconds: 0 };
  }

  read(): MetricsReading {
    const disk = mountUsage("/home");
    const tmpfsBytes = writableMounts().reduce((sum, path) => sum + mountUsage(path).usedBytes, 0);
    return {
      cpu_count: this.#cpuCount,
      cpu_used_pct: this.#cpuUsedPercent(),
      mem_used: listPids().reduce((sum, pid) => sum + processMemory(pid).privateBytes, 0),
      mem_total: this.#memoryLimitBytes,
      mem_cache: tmpfsBytes,
      disk_used: disk.usedBytes,
      disk_total: disk.totalBytes,
    };
  }

  #cpuUsedPercent(): number {
    const reading = { atMs: this.#now(), cpuSeconds: totalCpuSeconds() };
    const elapsedSeconds = (reading.atMs - this.#last.atMs) / 1000;
    const usedSeconds = Math.max(0, reading.cpuSeconds - this.#last.cpuSeconds);
    this.#last = reading;
    if (elapsedSeconds <= 0) return 0;
    const percent = (usedSeconds / elapsedSeconds / this.#cpuCount) * 100;
    return Math.round(Math.min(100, percent) * 100) / 100;
  }
}

function totalCpuSeconds(): number {
  return listPids().reduce((sum, pid) => sum + processCpuSeconds(pid), 0);
}
