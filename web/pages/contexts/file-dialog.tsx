import { useQuery } from "@tanstack/react-query";
import { contextRoutes } from "#contract/contexts/routes";
import type { ContextDetail } from "#contract/contexts/context-bundle";
import { showText } from "#contract/outputs/show-text";
import { useApi } from "../../api/api-context.ts";
import { useChange } from "../../ui/use-change.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { TextAreaField, TextField } from "../../parts/labelled.tsx";
import { SaveButton } from "../../parts/save-button.tsx";
import { DialogBox, FormDialog, textOf } from "../../ui/dialog.tsx";

/** A larger file is saved instead of shown. */
const MOST_SHOWN_BYTES = 512 * 1024;

interface FileDialogProps {
  context: ContextDetail;
  /** The file; empty for a new one. */
  path: string;
  mayChange: boolean;
  onClose: () => void;
}

function readAsText(bytes: ArrayBuffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** A file of a context: read, and written anew as another version. */
export function FileDialog(props: FileDialogProps) {
  const { context, path, mayChange, onClose } = props;
  const api = useApi();
  const params = { context: context.name, file: path };
  const isLarge = (context.files.find((file) => file.path === path)?.size_bytes ?? 0) > MOST_SHOWN_BYTES;
  const found = useQuery({
    queryKey: ["context-file", context.name, context.version, path],
    enabled: path !== "" && !isLarge,
    queryFn: async ({ signal }) => {
      const response = await api.open(contextRoutes.getContextFile, { params, signal });
      return { text: readAsText(await response.arrayBuffer()) };
    },
    staleTime: "static",
  });
  const text = path === "" ? "" : found.data?.text;
  if (mayChange && typeof text === "string") return <WriteDialog {...props} text={text} />;
  return (
    <DialogBox title={path} onClose={onClose} isWide>
      {isLarge || text === null ? (
        <p>{isLarge ? "It is too large to be shown here." : "It is no text."}</p>
      ) : (
        <Loaded query={found} what="the file">
          {() => <pre className="raw">{showText(text ?? "").text}</pre>}
        </Loaded>
      )}
      <SaveButton
        filename={path.split("/").at(-1) ?? path}
        fetchFile={() => api.open(contextRoutes.getContextFile, { params })}
      >
        Download
      </SaveButton>
    </DialogBox>
  );
}

function WriteDialog({ context, path, text, onClose }: FileDialogProps & { text: string }) {
  const api = useApi();
  const change = useChange();
  async function send(form: FormData): Promise<void> {
    const file = path === "" ? textOf(form, "path") : path;
    const written = form.get("text");
    const done = await change.make(
      () =>
        api.call(contextRoutes.putContextFile, {
          params: { context: context.name, file },
          query: { base: context.version },
          // Browsers send the lines of a form with a carriage return each; the file had none.
          body: typeof written === "string" ? written.replaceAll("\r\n", "\n") : "",
          headers: { "content-type": "application/octet-stream" },
        }),
      `${file} is written.`,
    );
    if (done) onClose();
  }
  return (
    <FormDialog
      title={path === "" ? "Write a file" : path}
      action="Save as a new version"
      isWide
      change={change}
      onSend={(form) => void send(form)}
      onClose={onClose}
    >
      {path === "" && (
        <TextField label="Path" name="path" required autoComplete="off" placeholder="guides/tone.md" />
      )}
      <TextAreaField
        label="Text"
        name="text"
        rows={16}
        className="code-text"
        defaultValue={text}
        spellCheck={false}
      />
    </FormDialog>
  );
}
