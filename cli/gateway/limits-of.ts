import { limits } from "#contract/limits";
import { numberOf } from "./yaml-source.ts";
import type { YamlMap } from "./yaml-source.ts";

/** How long it may take, and how much say. Pure. */
export function limitsOf(value: YamlMap): YamlMap {
  const seconds = numberOf(value["timeout_seconds"]) ?? 60;
  const tokens = numberOf(value["max_output_tokens"]);
  return {
    timeout_seconds: Math.min(limits.run_timeout_seconds.value, Math.max(1, Math.ceil(seconds))),
    ...(tokens === undefined || tokens < 1
      ? {}
      : { max_output_tokens: Math.min(1_000_000, Math.ceil(tokens)) }),
  };
}
