import { useQuery } from "@tanstack/react-query";
import { storeHeaders, storeMediaTypes } from "#contract/store/store";
import { storeRoutes } from "#contract/store/routes";
import { showText } from "#contract/outputs/show-text";
import { useApi } from "../../api/api-context.ts";
import { useChange } from "../../ui/use-change.ts";
import { useMay } from "../../api/use-may.ts";
import { saveFile } from "../../api/save-file.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { TextAreaField, TextField } from "../../parts/labelled.tsx";
import { DialogBox, FormDialog, textOf } from "../../ui/dialog.tsx";

interface EntryDialogProps {
  /** The store: a worker's by its name, else the workspace's. */
  place: { worker?: string };
  /** The key; empty for a new one. */
  entry: string;
  onClose: () => void;
}

interface Value {
  /** Null for bytes, which are saved instead of shown. */
  text: string | null;
  version: string | null;
}

/** A value as it is, to be read and written anew; a new key is named first. */
export function EntryDialog(props: EntryDialogProps) {
  const { place, entry, onClose } = props;
  const api = useApi();
  const found = useQuery<Value>({
    queryKey: ["store-value", place, entry],
    enabled: entry !== "",
    queryFn: async ({ signal }) => {
      const response = await api.open(storeRoutes.getStoreValue, { query: { ...place, key: entry }, signal });
      const isText = response.headers.get("content-type")?.startsWith(storeMediaTypes.json) ?? false;
      return {
        text: isText ? await response.text() : null,
        version: response.headers.get(storeHeaders.version),
      };
    },
    refetchOnWindowFocus: false,
  });
  if (entry === "") return <EditDialog {...props} value={{ text: "", version: null }} />;
  if (found.data === undefined || found.data.text === null) {
    return (
      <DialogBox title={entry} onClose={onClose}>
        <Loaded query={found} what="the value">
          {() => (
            <>
              <p>It holds bytes that are no text.</p>
              <button
                type="button"
                onClick={() =>
                  void api
                    .open(storeRoutes.getStoreValue, { query: { ...place, key: entry } })
                    .then((response) => saveFile(response, entry.replaceAll("/", "-")))
                }
              >
                Save them as a file
              </button>
            </>
          )}
        </Loaded>
      </DialogBox>
    );
  }
  return <EditDialog {...props} value={found.data} />;
}

function EditDialog({ place, entry, value, onClose }: EntryDialogProps & { value: Value }) {
  const api = useApi();
  const may = useMay()("store:write");
  const change = useChange();
  async function send(form: FormData): Promise<void> {
    const key = entry === "" ? textOf(form, "key") : entry;
    const ttl = textOf(form, "ttl");
    const done = await change.make(
      () =>
        api.call(storeRoutes.setStoreValue, {
          query: {
            ...place,
            key,
            ...(ttl === "" ? {} : { ttl_seconds: ttl }),
            // Somebody else's write in between is told, not written over.
            if_version: value.version ?? "none",
          },
          body: textOf(form, "value"),
          headers: { "content-type": storeMediaTypes.json },
        }),
      `${key} is set.`,
    );
    if (done) onClose();
  }
  if (!may) {
    return (
      <DialogBox title={entry} onClose={onClose} isWide>
        <pre className="raw">{showText(value.text ?? "").text}</pre>
      </DialogBox>
    );
  }
  return (
    <FormDialog
      title={entry === "" ? "Set a key" : entry}
      action="Set it"
      isWide
      change={change}
      onSend={(form) => void send(form)}
      onClose={onClose}
    >
      {entry === "" && <TextField label="Key" name="key" required autoComplete="off" />}
      <TextAreaField
        label="Value"
        name="value"
        rows={8}
        required
        className="code-text"
        defaultValue={value.text ?? ""}
        spellCheck={false}
        hint="JSON: a number, a text in quotes, a list or an object."
      />
      <TextField
        label="Seconds until it ends"
        name="ttl"
        type="number"
        min={1}
        hint="Left empty, it stays."
      />
    </FormDialog>
  );
}
