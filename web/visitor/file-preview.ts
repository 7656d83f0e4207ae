import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { formatBytes } from "#contract/words";
import { hasActingCharacter, replaceActing } from "#contract/unsafe-text";

const PICTURE = /^image\/(?:png|jpeg|gif|webp|avif)$/;
const SHOWN_BYTES = 400;

const plain = (text: string) =>
  hasActingCharacter(text) ? replaceActing(text, () => "\u25A1", "\n\t") : text;

/** What was chosen: names and sizes, and a look at pictures and tables. */
export function FilePreview({ files }: { files: readonly File[] }) {
  return files.map((file) => h(OneFile, { key: `${file.name} ${file.size} ${file.lastModified}`, file }));
}

function OneFile({ file }: { file: File }) {
  const [text, setText] = useState("");
  const [address, setAddress] = useState("");
  useEffect(() => {
    if (PICTURE.test(file.type)) {
      const made = URL.createObjectURL(file);
      setAddress(made);
      return () => URL.revokeObjectURL(made);
    }
    let isGone = false;
    if (/\.(?:csv|tsv|txt|json|md)$/i.test(file.name)) {
      void file
        .slice(0, SHOWN_BYTES)
        .text()
        .then((start) => {
          if (!isGone) setText(start.split("\n").slice(0, 5).join("\n"));
        });
    }
    return () => {
      isGone = true;
    };
  }, [file]);
  return h("div", null, [
    h("p", { class: "hint" }, `${plain(file.name)}, ${formatBytes(file.size)}`),
    address === "" ? null : h("img", { src: address, alt: "Preview" }),
    text === "" ? null : h("pre", null, plain(text)),
  ]);
}
