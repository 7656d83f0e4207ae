import { defineRoute } from "../route.ts";
import { uploadSchema } from "../workers/worker.ts";

export const uploadRoutes = {
  createUpload: defineRoute({
    id: "createUpload",
    method: "POST",
    path: "/api/uploads",
    tag: "Uploads",
    summary: "Upload a file to use as an input",
    description: "Multipart form with one part named `file`. The answer's id is the value for a file input.",
    access: "runs:write",
    grant: "runner",
    body: { kind: "multipart", field: "file", limit: "upload_bytes" },
    answer: { kind: "json", status: 201, schema: uploadSchema, description: "The stored file." },
    problems: ["unsupported_media_type", "invalid_request"],
  }),
  getUpload: defineRoute({
    id: "getUpload",
    method: "GET",
    path: "/api/uploads/{upload}",
    tag: "Uploads",
    summary: "Download an uploaded file",
    access: "runs:read",
    answer: { kind: "stream", status: 200, media_type: "application/octet-stream", description: "The file." },
    problems: ["not_found"],
  }),
} as const;
