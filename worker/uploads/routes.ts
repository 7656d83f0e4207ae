import type { uploadRoutes } from "#contract/uploads/routes";
import { attachmentDisposition } from "../http/attachment.ts";
import type { RouteHandlers } from "../http/mount.ts";
import { createUpload, openUpload } from "./service.ts";
import type { UploadDeps } from "./service.ts";

export const uploadHandlers: RouteHandlers<typeof uploadRoutes, UploadDeps> = {
  createUpload: (deps, { principal, form }) => createUpload(deps, principal, form),
  async getUpload(deps, { principal, params }) {
    const { upload, file } = await openUpload(deps, principal, params.upload);
    // The sender chose the type: as an attachment, sandboxed like every answer that is no page, it can do nothing here.
    return new Response(file.body, {
      headers: {
        "content-type": upload.media_type,
        "content-length": String(file.size),
        "content-disposition": attachmentDisposition(upload.filename),
      },
    });
  },
};
