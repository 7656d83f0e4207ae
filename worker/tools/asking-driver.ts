import type { Json } from "#contract/json";
import type { JsonSchema } from "#contract/actions/action";
import type { ToolAnswer, ToolDriver } from "./gate-api.ts";

/** A tool that does nothing but ask people, in the platform's own name. */
interface AskingTool {
  name: string;
  description: string;
  /** Null: as often as it likes. */
  calls_per_minute: number | null;
  input_schema: JsonSchema;
  /** What whoever asked is answered once people have said yes, with what they have made of it and their comment, empty without one. */
  answer: (given: Json, comment: string) => Json;
}

/** The gate holds each of its calls until a person has decided; that one is carried out says that they said yes. */
export function openAskingDriver({ answer, ...tool }: AskingTool): ToolDriver {
  return {
    list: () => [
      {
        ...tool,
        source: "builtin",
        effect: "read",
        method: null,
        approval: "always",
        repeatable: true,
        // What a person of the workspace says is no stranger's word.
        untrusted: false,
      },
    ],
    prepare: ({ arguments: given }) => ({ request: given, credentials: [] }),
    execute: async ({ arguments: given }, { comment }): Promise<ToolAnswer> => ({
      ok: true,
      content: answer(given, comment ?? ""),
    }),
  };
}
