import * as z from "zod";

/** One field that is wrong. `pointer` is a JSON Pointer (RFC 6901) into the request body, or a parameter's name. */
export const problemErrorSchema = z.object({
  pointer: z.string(),
  detail: z.string(),
  code: z.string().optional(),
  fix: z.string().optional(),
  file: z.string().optional(),
  line: z.int().positive().optional(),
  column: z.int().positive().optional(),
});
export type ProblemError = z.infer<typeof problemErrorSchema>;

/** The one error document, RFC 9457 (application/problem+json), with our extensions. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  code: z.string(),
  request_id: z.string(),
  retryable: z.boolean(),
  errors: z.array(problemErrorSchema).optional(),
  /** Of a request too many: the code once more as the first Floom's clients look for it, and the seconds to wait. */
  error_code: z.literal("rate_limit_exceeded").optional(),
  retry_after: z.int().positive().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export const PROBLEM_CONTENT_TYPE = "application/problem+json";
