import { memberRoutes } from "#contract/members/routes";
import type { Member } from "#contract/members/member";
import { roleSchema } from "#contract/access/access";
import { useApi } from "../../api/api-context.ts";
import { ChoiceField } from "../../parts/labelled.tsx";
import { ChangeDialog, textOf } from "../../ui/dialog.tsx";
import { roleWords } from "./role-words.ts";

/** Changes what a member is. */
export function RoleDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const api = useApi();
  const roleOf = (form: FormData) =>
    roleSchema.options.find((name) => name === textOf(form, "role")) ?? member.role;
  return (
    <ChangeDialog
      title={`What is ${member.email} here?`}
      action="Save"
      send={(form) =>
        api.call(memberRoutes.changeMember, {
          params: { member: member.user_id },
          json: { role: roleOf(form) },
        })
      }
      said={(form) => `${member.email} is ${roleWords[roleOf(form)].is.toLowerCase()} now.`}
      onClose={onClose}
    >
      <ChoiceField
        label="Role"
        name="role"
        defaultValue={member.role}
        choices={roleSchema.options.map(
          (role) => [role, `${roleWords[role].is}: ${roleWords[role].may}`] as const,
        )}
      />
    </ChangeDialog>
  );
}
