import { KIB, MIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of what scripts ask models. */
export const scriptModelLimits = {
  script_model_body_bytes: {
    value: MIB,
    unit: "bytes",
    what: "what a script sends to models in one request",
  },
  script_model_seconds: { value: 120, unit: "seconds", what: "one answer of a model to a script" },
  script_model_batch: { value: 50, unit: "items", what: "requests of one batch to models" },
  script_model_output_tokens: {
    value: 32 * KIB,
    unit: "items",
    what: "the tokens that a script may let one answer of a model take",
  },
  script_embedding_texts: { value: 256, unit: "items", what: "texts that one request has embedded" },
} as const satisfies Record<string, Limit>;
