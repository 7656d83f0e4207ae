import type { Member } from "#contract/members/member";
import { spendRoutes } from "#contract/spend/routes";
import type { MemberCaps } from "#contract/spend/spend";
import { useApi } from "../../api/api-context.ts";
import { useRead } from "../../api/use-read.ts";
import { TextField } from "../../parts/labelled.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { ChangeDialog, DialogBox, textOf } from "../../ui/dialog.tsx";

interface CapsDialogProps {
  member: Member;
  onClose: () => void;
}

/** How much a member may spend, in a day and in a month. */
export function CapsDialog({ member, onClose }: CapsDialogProps) {
  const caps = useRead(spendRoutes.getMemberCaps, { params: { member: member.user_id } });
  if (caps.data !== undefined) return <CapsForm member={member} caps={caps.data} onClose={onClose} />;
  return (
    <DialogBox title={titleOf(member)} onClose={onClose} isWide={false}>
      <Loaded query={caps} what="what they may spend" rows={2}>
        {() => null}
      </Loaded>
    </DialogBox>
  );
}

const titleOf = ({ email }: Member) => `How much may ${email} spend?`;

/** What a field holds, in dollars; empty for no cap of one's own. */
function usdOf(form: FormData, name: string): number | null {
  const text = textOf(form, name);
  return text === "" ? null : Number(text);
}

function CapsForm({ member, caps, onClose }: CapsDialogProps & { caps: MemberCaps }) {
  const api = useApi();
  const field = (name: keyof MemberCaps, label: string) => (
    <TextField
      label={label}
      name={name}
      type="number"
      min={0}
      max={100_000}
      step="any"
      inputMode="decimal"
      defaultValue={caps[name] ?? ""}
      hint="Empty for what the workspace says for each of its people."
    />
  );
  return (
    <ChangeDialog
      title={titleOf(member)}
      action="Save"
      send={(form) =>
        api.call(spendRoutes.setMemberCaps, {
          params: { member: member.user_id },
          json: {
            daily_spend_cap_usd: usdOf(form, "daily_spend_cap_usd"),
            monthly_spend_cap_usd: usdOf(form, "monthly_spend_cap_usd"),
          },
        })
      }
      said={`What ${member.email} may spend is saved.`}
      onClose={onClose}
    >
      {field("daily_spend_cap_usd", "Dollars a day")}
      {field("monthly_spend_cap_usd", "Dollars a month")}
    </ChangeDialog>
  );
}
