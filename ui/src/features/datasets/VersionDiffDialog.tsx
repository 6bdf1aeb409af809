import { useState } from "react";
import { Badge } from "@/components/Badge";
import { DiffView } from "@/components/DiffView";
import { diffOfTexts } from "@/components/diffOfTexts";
import { EmptyState } from "@/components/EmptyState";
import { SelectField } from "@/components/Form";
import { Found } from "@/components/Found";
import { foldedLines } from "@/components/foldedLines";
import { LoadMore } from "@/components/LoadMore";
import { ModalDialog } from "@/components/ModalDialog";
import { assertionsOf } from "@/features/datasets/assertions";
import type { Version } from "@/features/datasets/useDataset";
import { type ItemDifference, useVersionDiff } from "@/features/datasets/useVersionDiff";
import { formatAmount } from "@/lib/format";
import { linedJson } from "@/lib/json";
import styles from "./Datasets.module.css";

type VersionDiffDialogProps = {
  datasetId: string;
  /** Null while none is looked at. */
  version: Version | null;
  /** Those that it can be compared with, the newest first. */
  versions: readonly Version[];
  onClose: () => void;
};

/** The items of a version beside those of another: of the one before it, unless another is chosen. */
export function VersionDiffDialog({ datasetId, version, versions, onClose }: VersionDiffDialogProps) {
  const at = versions.findIndex(({ id }) => id === version?.id);
  const others = versions.filter(({ id }) => id !== version?.id);
  const before = versions[at + 1];
  return (
    <ModalDialog
      title={version ? `What ${version.name} changed` : ""}
      isWide
      isOpen={version !== null && before !== undefined}
      onOpenChange={onClose}
    >
      {version && before && <Compared key={version.id} {...{ datasetId, version, before, others }} />}
    </ModalDialog>
  );
}

type ComparedProps = { datasetId: string; version: Version; before: Version; others: readonly Version[] };

function Compared({ datasetId, version, before, others }: ComparedProps) {
  const [from, setFrom] = useState(before.hash);
  const differences = useVersionDiff(datasetId, from, version.hash);
  const { list, failure, more, refresh } = differences;
  return (
    <div className={styles.differences}>
      <SelectField
        label="Compared with"
        value={from}
        options={others.map(({ hash, name }) => ({ id: hash, label: name }))}
        onChange={setFrom}
      />
      <Found what="differences" value={failure ? null : list} failure={failure} onRetry={refresh}>
        {({ items, totalCount }) =>
          items.length === 0 ? (
            <EmptyState title="Both hold the same items">
              Only the note, the tags or the settings may differ.
            </EmptyState>
          ) : (
            <>
              <p className={styles.hint}>{formatAmount(totalCount, { one: "item differs", many: "items differ" })}</p>
              {items.map((item) => (
                <Difference key={item.id} difference={item} />
              ))}
              {more && (
                <div className={styles.foot}>
                  <LoadMore {...more} />
                </div>
              )}
            </>
          )
        }
      </Found>
    </div>
  );
}

const KINDS = {
  ADDED: { word: "added", tone: "accent" },
  MODIFIED: { word: "changed", tone: "plain" },
  DELETED: { word: "deleted", tone: "danger" },
} as const;

/** So many lines of an item are shown; the item itself has them all. */
const LINES_SHOWN = 60;

function Difference({ difference: { id, kind, before, after } }: { difference: ItemDifference }) {
  const lines = diffOfTexts(textOf(before ?? null), textOf(after ?? null)).filter(({ text }) => text !== "");
  const shown = foldedLines(lines, LINES_SHOWN);
  const { word, tone } = KINDS[kind];
  return (
    <section aria-label={`Item ${id} ${word}`}>
      <h3 className={styles.differing}>
        <Badge tone={tone}>{word}</Badge> <code>{id}</code>
      </h3>
      <DiffView label={`Lines of item ${id}`} lines={shown} />
      {shown.length < lines.length && (
        <p className={styles.hint}>
          {formatAmount(lines.length - shown.length, { one: "line", many: "lines" })} left out.
        </p>
      )}
    </section>
  );
}

/** Everything that an item says, line by line; nothing where there is no item. */
function textOf(item: NonNullable<ItemDifference["before"]> | null): string {
  if (!item) return "";
  const { data, description, tags, evaluators, executionPolicy } = item;
  const lines = [linedJson(data ?? "{}")];
  if (description) lines.push(`description: ${description}`);
  if (tags.length > 0) lines.push(`tags: ${tags.join(", ")}`);
  for (const text of assertionsOf(evaluators ?? "[]")?.texts ?? []) lines.push(`assertion: ${text}`);
  if (executionPolicy) lines.push(`runs to pass: ${executionPolicy.passThreshold} of ${executionPolicy.runsPerItem}`);
  return `${lines.join("\n")}\n`;
}
