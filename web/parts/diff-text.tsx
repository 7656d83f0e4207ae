import { showText } from "#contract/outputs/show-text";

/** A unified diff, each line told apart by more than its colour. */
export function DiffText({ diff, label }: { diff: string; label: string }) {
  const lines = showText(diff).text.split("\n");
  return (
    <section className="raw diff-lines" aria-label={label} tabIndex={0}>
      <pre className="diff">
        {lines.map((line, at) => {
          const key = `${at} ${line}`;
          if (line.startsWith("+") && !line.startsWith("+++")) return <ins key={key}>{`${line}\n`}</ins>;
          if (line.startsWith("-") && !line.startsWith("---")) return <del key={key}>{`${line}\n`}</del>;
          return <span key={key}>{`${line}\n`}</span>;
        })}
      </pre>
    </section>
  );
}
