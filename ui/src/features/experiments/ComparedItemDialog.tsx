import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { IconButton } from "@/components/IconButton";
import { ModalDialog } from "@/components/ModalDialog";
import { Segmented } from "@/components/Segmented";
import { Skeleton } from "@/components/Skeleton";
import { Payload } from "@/entities/payload/Payload";
import { ComparedRun } from "@/features/experiments/ComparedRun";
import type { ComparisonLinks } from "@/features/experiments/Comparison";
import type { ComparedRow } from "@/features/experiments/useComparedItems";
import type { Compared } from "@/features/experiments/useComparison";
import { formatCount } from "@/lib/format";
import { useHotkeys } from "@/lib/hotkeys";
import styles from "./Comparison.module.css";

type ComparedItemDialogProps = {
  experiments: readonly Compared[];
  rows: readonly ComparedRow[];
  totalCount: number;
  openId: string | null;
  /** The open item may be on a page that is still to come. */
  isSought: boolean;
  links: ComparisonLinks;
  onOpen: (itemId: string | undefined) => void;
};

const VIEWS = [
  { id: "outputs", label: "Outputs" },
  { id: "differences", label: "Differences from the baseline" },
] as const;

/** One item with everything that the experiments made of it. */
export function ComparedItemDialog(props: ComparedItemDialogProps) {
  const { experiments, rows, totalCount, openId, isSought, links, onOpen } = props;
  const [view, setView] = useState<"outputs" | "differences">("outputs");
  const at = rows.findIndex(({ id }) => id === openId);
  const row = rows[at];
  /** One run at a time is judged. */
  const [annotatedId, setAnnotated] = useState<string | null>(null);
  const judging = { annotatedId, onAnnotate: setAnnotated };
  return (
    <ModalDialog
      title={row ? `Item ${formatCount(at + 1)} of ${formatCount(totalCount)}` : "Item"}
      isWide
      isOpen={openId !== null}
      onOpenChange={() => onOpen(undefined)}
    >
      {!row && isSought && <Skeleton label="Loading the item" />}
      {!row && !isSought && <p className={styles.none}>This item is not among those that are shown.</p>}
      {row && (
        <div className={styles.item}>
          <div className={styles.tools}>
            <Steps {...{ rows, at, onOpen }} />
            {experiments.length > 1 && <Segmented label="View" options={VIEWS} value={view} onChange={setView} />}
          </div>
          <Payload title="Data" text={row.datasetItem?.data} />
          {experiments.map((experiment, side) => (
            <Runs
              key={experiment.id}
              row={row}
              experiment={experiment}
              baselineId={view === "differences" && side > 0 ? (experiments[0]?.id ?? null) : null}
              {...{ links, judging }}
            />
          ))}
          <AnnotateKey experiments={experiments} row={row} judging={judging} />
        </div>
      )}
    </ModalDialog>
  );
}

type Judging = { annotatedId: string | null; onAnnotate: (traceId: string | null) => void };

type AnnotateKeyProps = Pick<ComparedItemDialogProps, "experiments"> & { row: ComparedRow; judging: Judging };

/** From run to run, as they stand beneath each other. */
function AnnotateKey({ experiments, row, judging: { annotatedId, onAnnotate } }: AnnotateKeyProps) {
  const traceIds = experiments.flatMap(({ id }) =>
    runsOf(row, id).flatMap(({ trace, traceId }) => (trace ? [traceId] : [])),
  );
  const next = traceIds[traceIds.indexOf(annotatedId ?? "") + 1] ?? traceIds[0];
  useHotkeys({ a: () => next && onAnnotate(next) }, { isInDialog: true });
  return null;
}

type StepsProps = Pick<ComparedItemDialogProps, "rows" | "onOpen"> & { at: number };

function Steps({ rows, at, onOpen }: StepsProps) {
  const go = (to: number) => {
    const row = rows[to];
    if (row) onOpen(row.id);
  };
  useHotkeys({ j: () => go(at + 1), k: () => go(at - 1) }, { isInDialog: true });
  return (
    <>
      <IconButton label="Previous item" shortcut="K" isDisabled={at === 0} onPress={() => go(at - 1)}>
        <ChevronLeft aria-hidden />
      </IconButton>
      <IconButton label="Next item" shortcut="J" isDisabled={at === rows.length - 1} onPress={() => go(at + 1)}>
        <ChevronRight aria-hidden />
      </IconButton>
    </>
  );
}

type RunsProps = {
  row: ComparedRow;
  experiment: Compared;
  /** The experiment from which the differences are shown. */
  baselineId: string | null;
  links: ComparisonLinks;
  judging: Judging;
};

const runsOf = (row: ComparedRow, experimentId: string | null) =>
  row.cells.find((cell) => cell.experimentId === experimentId)?.items ?? [];

function Runs({ row, experiment: { id, name }, baselineId, links, judging }: RunsProps) {
  const runs = runsOf(row, id);
  if (runs.length === 0) return <p className={styles.none}>{name} did not run over this item.</p>;
  const baseline = runsOf(row, baselineId)[0]?.traceId ?? null;
  return runs.map((run, at) => (
    <ComparedRun
      key={run.id}
      title={runs.length > 1 ? `${name}, run ${at + 1}` : name}
      traceId={run.traceId}
      baselineTraceId={baseline}
      link={run.trace && links.trace(run.trace.projectId, run.traceId)}
      annotation={
        judging.annotatedId === run.traceId ? links.annotation(run.traceId, () => judging.onAnnotate(null)) : null
      }
      onAnnotate={() => judging.onAnnotate(run.traceId)}
    />
  ));
}
