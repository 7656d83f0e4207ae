// Makes `sandbox/gen/*_pb.ts` from the proto files beside it: `node sandbox/proto/generate.ts`.
// `--check` changes nothing and fails when the checked-in code is not what the proto files give.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const PROTO_DIR = import.meta.dirname;
const GENERATED_DIR = join(PROTO_DIR, "..", "gen");
const BIN_DIR = join(PROTO_DIR, "..", "..", "node_modules", ".bin");

function generate(outBase: string): void {
  execFileSync(join(BIN_DIR, "buf"), ["generate", "--output", outBase], {
    cwd: PROTO_DIR,
    stdio: "inherit",
    env: { ...process.env, PATH: `${BIN_DIR}${delimiter}${process.env["PATH"] ?? ""}` },
  });
}

function staleFiles(freshDir: string): string[] {
  return readdirSync(freshDir).filter((file) => {
    const checkedIn = readFileSync(join(GENERATED_DIR, file), "utf8");
    return checkedIn !== readFileSync(join(freshDir, file), "utf8");
  });
}

if (process.argv.includes("--check")) {
  const scratch = mkdtempSync(join(tmpdir(), "floom-proto-"));
  try {
    // `out` in buf.gen.yaml is `../gen`, relative to the base given here.
    generate(join(scratch, "proto"));
    const stale = staleFiles(join(scratch, "gen"));
    if (stale.length > 0) throw new Error(`Run "node sandbox/proto/generate.ts": stale ${stale.join(", ")}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
} else generate(PROTO_DIR);
