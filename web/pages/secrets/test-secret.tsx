import { secretRoutes } from "#contract/secrets/routes";
import { useApi } from "../../api/api-context.ts";
import { useSay } from "../../parts/said.tsx";
import { ChangeButton } from "../../ui/change-button.tsx";

/** Asks the server whether it can open a secret, and says what it answers. */
export function TestSecret({ name }: { name: string }) {
  const api = useApi();
  const say = useSay();
  return (
    <ChangeButton
      label="Test"
      name={`Test ${name}`}
      said=""
      onPress={async () => {
        const { reason } = await api.call(secretRoutes.testSecret, { params: { secret: name } });
        say(`${name}: ${reason}`);
      }}
    />
  );
}
