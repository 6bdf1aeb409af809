import { Braces } from "lucide-react";
import { useState } from "react";
import { Choice } from "@/components/Choice";
import { SearchBox } from "@/components/SearchBox";
import { type Grouping, LEVELS_MAX } from "@/features/experiments/grouping";

type GroupChoiceProps = { groupings: readonly Grouping[]; onChange: (groupings: readonly Grouping[]) => void };

/** By what experiments are put together, and by what again within that. */
export function GroupChoice({ groupings, onChange }: GroupChoiceProps) {
  const levels = [...groupings, null].slice(0, LEVELS_MAX);
  const change = (at: number, next: Grouping | null) =>
    onChange(next ? groupings.toSpliced(at, 1, next) : groupings.slice(0, at));
  return levels.map((grouping, at) => (
    <Level
      // biome-ignore lint/suspicious/noArrayIndexKey: a level is known by its depth
      key={at}
      label={at === 0 ? "Group by" : "then by"}
      grouping={grouping}
      onChange={(next) => change(at, next)}
    />
  ));
}

const WAYS = [
  { id: "dataset", label: "dataset" },
  { id: "tags", label: "tag" },
  { id: "metadata", label: "configuration" },
];

type LevelProps = { label: string; grouping: Grouping | null; onChange: (grouping: Grouping | null) => void };

function Level({ label, grouping, onChange }: LevelProps) {
  // A path is written before there is something to group by.
  const [isWriting, setWriting] = useState(false);
  const kind = grouping?.kind ?? (isWriting ? "metadata" : "");
  const choose = (next: string) => {
    setWriting(next === "metadata");
    if (next === "dataset" || next === "tags") onChange({ kind: next });
    else onChange(null);
  };
  return (
    <Choice label={label} value={kind} onChange={choose} empty="none" options={WAYS}>
      {kind === "metadata" && (
        <SearchBox
          label={`Path to ${label.toLowerCase()}`}
          placeholder="model.name"
          isCode
          icon={<Braces aria-hidden />}
          value={grouping?.kind === "metadata" ? grouping.path : ""}
          onSubmit={(path) => onChange(path ? { kind: "metadata", path } : null)}
        />
      )}
    </Choice>
  );
}
