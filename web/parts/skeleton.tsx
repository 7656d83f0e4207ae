/** Grey bars in the place of what is still being fetched. */
export function Skeleton({ rows, label }: { rows: number; label: string }) {
  return (
    <div className="card" aria-busy="true">
      <output className="visually-hidden">{label}</output>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="skeleton" />
      ))}
    </div>
  );
}
