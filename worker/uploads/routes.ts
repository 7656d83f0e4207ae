import type { platformRoutes } from "#contract/system/routes";
import { attachmentDisposition } from "../http/attachment.ts";
import type { RouteHandlers } from "../http/mount.ts";
import { createUpload, openUpload, type UploadDeps } from "./service.ts";

/** The routes of this room out of the platform's table. */
type UploadRoutes = Pick<typeof platformRoutes, "createUpload" | "getUpload">;

export const uploadHandlers: RouteHandlers<UploadRoutes, UploadDeps> = {
  createUpload: (deps, { principal, form }) => createUpload(deps, principal, form),
  async getUpload(deps, { principal, params }) {
    const { upload, file } = await openUpload(deps, principal, params.upload);
    // The sender chose the type: as an attachment in a sandboxed page it can do nothing on our origin.
    return new Response(file.body, {
      headers: {
        "content-type": upload.media_type,
        "content-length": String(file.size),
        "content-disposition": attachmentDisposition(upload.filename),
        "content-security-policy": "sandbox; default-src 'none'",
        "x-content-type-options": "nosniff",
      },
    });
  },
};
