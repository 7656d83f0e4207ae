import * as z from "zod";
import { defineRoute } from "../route.ts";
import { changeUserSchema, createUserSchema, madeUserSchema, userSchema } from "./user.ts";

const json = <S extends z.ZodType>(schema: S) =>
  ({ kind: "json", schema, limit: "json_body_bytes" }) as const;

/** The people of a workspace at the addresses, and in the words, of the first Floom's clients. */
export const userRoutes = {
  listUsers: defineRoute({
    id: "listUsers",
    method: "GET",
    path: "/api/users",
    tag: "Members",
    summary: "List the people of the workspace, and who was asked to come",
    access: "members:write",
    answer: { kind: "json", status: 200, schema: z.array(userSchema), description: "The people." },
    problems: [],
  }),
  createUser: defineRoute({
    id: "createUser",
    method: "POST",
    path: "/api/users",
    tag: "Members",
    summary: "Ask somebody to come",
    description:
      "Nobody makes an account for somebody else, or chooses their password: whoever has the address makes theirs, or signs in to it, and takes the invitation up.",
    access: "members:write",
    body: json(createUserSchema),
    answer: {
      kind: "json",
      status: 201,
      schema: madeUserSchema,
      description: "Who is asked, with the link.",
    },
    problems: ["already_member", "too_many_members"],
  }),
  changeUser: defineRoute({
    id: "changeUser",
    method: "PATCH",
    path: "/api/users/{member}",
    tag: "Members",
    summary: "Change what somebody is in the workspace",
    description:
      "`member` makes them an editor, unless they are one or a viewer. Only an owner makes an owner.",
    access: "members:write",
    body: json(changeUserSchema),
    answer: { kind: "json", status: 200, schema: userSchema, description: "The person." },
    problems: ["not_found", "owner_only", "last_owner"],
  }),
  deleteUser: defineRoute({
    id: "deleteUser",
    method: "DELETE",
    path: "/api/users/{member}",
    tag: "Members",
    summary: "Remove somebody from the workspace, or take their invitation back",
    description: "Their account stays theirs: an admin of one workspace ends nobody's account.",
    access: "members:write",
    answer: { kind: "empty", status: 204, description: "They are out." },
    problems: ["not_found", "owner_only", "last_owner"],
  }),
} as const;
