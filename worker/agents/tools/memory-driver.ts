import { limits } from "#contract/limits";
import { isObject } from "../../registry/actions/compile-schema.ts";
import type { ToolDriver } from "../../tools/gate-api.ts";

/** What remember_learning reaches. */
export interface MemoryToolDeps {
  /** Why later runs must not be told at once of what is learned now; null where they may. Asked as a call is made. */
  whyWaiting: () => string | null;
  /** Keeps it; false where there is no room. The same call twice is there once. */
  remember: (wish: {
    call_id: string;
    learning: string;
    source: string | null;
    why_waiting: string | null;
  }) => Promise<boolean>;
}

const SOURCE_CHARACTERS = 200;

/** remember_learning: keeps something for later runs of the same worker, or hands it to a person's review. */
export function openMemoryDriver({ whyWaiting, remember }: MemoryToolDeps): ToolDriver {
  return {
    list: () => [
      {
        name: "remember_learning",
        description:
          "Keeps one thing that later runs of you should know: short, general, and true beyond this run.",
        source: "builtin",
        effect: "write",
        method: null,
        approval: "never",
        calls_per_minute: 10,
        // The call's id is its key: it is written once.
        repeatable: true,
        untrusted: false,
        input_schema: {
          type: "object",
          properties: {
            learning: { type: "string", minLength: 1, maxLength: limits.learning_characters.value },
            source: { type: "string", maxLength: SOURCE_CHARACTERS, description: "Where you have it from." },
          },
          required: ["learning"],
          additionalProperties: false,
        },
      },
    ],
    prepare: ({ arguments: given }) => ({ request: given, credentials: [] }),
    execute: async ({ call_id, request }) => {
      const { learning, source } = isObject(request) ? request : {};
      const why_waiting = whyWaiting();
      const isKept = await remember({
        call_id,
        learning: typeof learning === "string" ? learning : "",
        source: typeof source === "string" ? source : null,
        why_waiting,
      });
      if (!isKept) {
        const most = limits.learnings_per_worker.value;
        const message = `There are ${most} learnings, which is the most: a person has to drop some of them.`;
        return { ok: false, code: "memory_full", message, retryable: false, sent: false };
      }
      return { ok: true, content: { ok: true, used: why_waiting === null, waits_because: why_waiting } };
    },
  };
}
