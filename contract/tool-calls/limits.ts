import { KIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of what is shown of tool calls. */
export const toolCallLimits = {
  tool_call_shown_characters: {
    value: 8 * KIB,
    unit: "characters",
    what: "what is shown of one call's arguments, its request or its answer, as JSON",
  },
} as const satisfies Record<string, Limit>;
