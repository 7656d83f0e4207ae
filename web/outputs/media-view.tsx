import { useEffect, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import type { FileShow, OutputFile } from "#contract/outputs/output";
import { runRoutes } from "#contract/runs/routes";
import { useApi } from "../api/api-context.ts";

type Media = Extract<FileShow, "image" | "pdf" | "audio" | "video">;

interface MediaViewProps {
  run: string;
  shows: Media;
  file: OutputFile;
}

/** What the browser is told that it is: never the type that the run gave, unless it is of the family that is shown. */
function typeOf(shows: Media, type: string): string {
  if (shows === "pdf") return "application/pdf";
  return type.startsWith(`${shows}/`) ? type : "application/octet-stream";
}

/** A picture, a document, sound or film. It is fetched with the session's own right and shown as what it is, so that nothing in it acts here. */
export function MediaView({ run, shows, file }: MediaViewProps) {
  const api = useApi();
  const bytes = useQuery({
    queryKey: ["media", run, file.id],
    queryFn: async ({ signal }) => {
      const answer = await api.open(runRoutes.downloadArtifact, {
        params: { run, artifact: file.id },
        signal,
      });
      return new Blob([await answer.arrayBuffer()], { type: typeOf(shows, file.type) });
    },
    staleTime: "static",
    gcTime: 60_000,
  });
  if (bytes.isPending) return <div className="skeleton" />;
  if (bytes.isError) return <p className="muted">The preview could not be loaded.</p>;
  return <Shown shows={shows} blob={bytes.data} name={file.name} />;
}

function Shown({ shows, blob, name }: { shows: Media; blob: Blob; name: string }) {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [isBroken, setIsBroken] = useState(false);
  useEffect(() => {
    if (element === null) return undefined;
    const address = URL.createObjectURL(blob);
    element.setAttribute("src", address);
    return () => URL.revokeObjectURL(address);
  }, [element, blob]);
  if (isBroken) return <p className="muted">This browser cannot show the file; the download has it.</p>;
  const fail = () => setIsBroken(true);
  switch (shows) {
    case "image":
      return <img ref={setElement} className="preview" alt={name} onError={fail} />;
    case "audio":
      // What a worker made brings no captions.
      return (
        <audio ref={setElement} controls aria-label={name} onError={fail}>
          <track kind="captions" />
        </audio>
      );
    case "video":
      return (
        <video ref={setElement} className="preview" controls aria-label={name} onError={fail}>
          <track kind="captions" />
        </video>
      );
    case "pdf":
      return <iframe ref={setElement} className="html-frame" title={name} />;
  }
}
