import { openAskingDriver } from "../../tools/asking-driver.ts";

export const ASK = "request_approval";

/** request_approval: what an agent asks people by itself. */
export const approvalDriver = openAskingDriver({
  name: ASK,
  description: "Asks a person to approve something before you do it, and waits for their word.",
  calls_per_minute: 10,
  input_schema: {
    type: "object",
    properties: {
      title: { type: "string", minLength: 1, maxLength: 200 },
      description: { type: "string", maxLength: 4000 },
      metadata: { type: "object" },
    },
    required: ["title"],
    additionalProperties: false,
  },
  answer: (asked, comment) => ({ ok: true, approved: true, asked, ...(comment === "" ? {} : { comment }) }),
});
