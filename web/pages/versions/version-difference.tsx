import { showLine } from "#contract/outputs/show-text";
import type { Json } from "#contract/json";
import type { FileChange, ManifestChange, NewAbility } from "#contract/versions/version";
import { DiffText } from "../../parts/diff-text.tsx";
import { Pill } from "../../parts/pill.tsx";
import { abilityWords, fileChangeWords } from "./version-words.ts";

interface VersionDifferenceProps {
  newly: readonly NewAbility[];
  /** What it may do no more; only a review tells. */
  noLonger?: readonly NewAbility[];
  manifest: readonly ManifestChange[];
  files: readonly FileChange[];
}

/** What one version is beside another: first what it may newly do, then what was changed. */
export function VersionDifference({ newly, noLonger = [], manifest, files }: VersionDifferenceProps) {
  return (
    <div className="stack">
      <section className={newly.length > 0 ? "card notice" : "card"} aria-label="What it may newly do">
        <h3>{newly.length > 0 ? "It may newly" : "It may nothing new"}</h3>
        <Abilities abilities={newly} tone="bad" />
        {noLonger.length > 0 && (
          <>
            <h3>It may no longer</h3>
            <Abilities abilities={noLonger} tone="good" />
          </>
        )}
      </section>
      {manifest.length > 0 && (
        <section className="card" aria-label="Changes of the settings">
          <h3>Settings</h3>
          <dl className="facts-list">
            {manifest.map(({ pointer, before, after }) => (
              <SettingChange key={pointer} pointer={pointer} before={before} after={after} />
            ))}
          </dl>
        </section>
      )}
      {files.map((file) => (
        <details key={file.path} className="card" open={files.length < 4}>
          <summary>
            <Pill>{fileChangeWords[file.change]}</Pill> <code>{showLine(file.path, 300)}</code>
          </summary>
          {file.diff === null ? (
            <p className="muted">Its content cannot be shown line by line.</p>
          ) : (
            <DiffText diff={file.diff} label={`Changes of ${file.path}`} />
          )}
        </details>
      ))}
      {manifest.length === 0 && files.length === 0 && <p className="card muted">Nothing is different.</p>}
    </div>
  );
}

function Abilities({ abilities, tone }: { abilities: readonly NewAbility[]; tone: "good" | "bad" }) {
  return (
    <ul className="rows">
      {abilities.map(({ kind, what, detail }) => (
        <li key={`${kind} ${what}`} className="row">
          <Pill tone={tone}>{abilityWords[kind]}</Pill>
          <span className="row-main">{showLine(detail, 400)}</span>
        </li>
      ))}
    </ul>
  );
}

function SettingChange({ pointer, before, after }: { pointer: string; before: Json; after: Json }) {
  const show = (value: Json) => (value === null ? "not set" : showLine(JSON.stringify(value), 200));
  return (
    <>
      <dt>{showLine(pointer.slice(1).replaceAll("/", " › ").replaceAll("_", " "), 200)}</dt>
      <dd>
        <del>{show(before)}</del> <ins>{show(after)}</ins>
      </dd>
    </>
  );
}
