import { ChevronLeft, ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { DiffView } from "@/components/DiffView";
import { diffOfTexts } from "@/components/diffOfTexts";
import { IconButton } from "@/components/IconButton";
import { ModalDialog } from "@/components/ModalDialog";
import { Segmented } from "@/components/Segmented";
import { Payload } from "@/entities/payload/Payload";
import type { ItemRow, Outcome } from "@/features/experiments/comparison";
import type { Compared } from "@/features/experiments/useComparison";
import { wordsOf } from "@/features/experiments/wordsOf";
import { formatCost, formatDuration, formatScore } from "@/lib/format";
import styles from "./Comparison.module.css";

type ComparedItemDialogProps = {
  experiments: readonly Compared[];
  rows: readonly ItemRow[];
  openId: string | null;
  traceLink: (traceId: string) => ReactNode;
  onOpen: (itemId: string | undefined) => void;
};

const VIEWS = [
  { id: "outputs", label: "Outputs" },
  { id: "differences", label: "Differences from the baseline" },
] as const;

/** One item with everything that the experiments made of it. */
export function ComparedItemDialog({ experiments, rows, openId, traceLink, onOpen }: ComparedItemDialogProps) {
  const [view, setView] = useState<"outputs" | "differences">("outputs");
  const at = rows.findIndex(({ itemId }) => itemId === openId);
  const row = rows[at];
  return (
    <ModalDialog
      title={`Item ${at + 1} of ${rows.length}`}
      isWide
      isOpen={row !== undefined}
      onOpenChange={() => onOpen(undefined)}
    >
      {row && (
        <div className={styles.item}>
          <div className={styles.tools}>
            <IconButton label="Previous item" isDisabled={at === 0} onPress={() => onOpen(rows[at - 1]?.itemId)}>
              <ChevronLeft aria-hidden />
            </IconButton>
            <IconButton
              label="Next item"
              isDisabled={at === rows.length - 1}
              onPress={() => onOpen(rows[at + 1]?.itemId)}
            >
              <ChevronRight aria-hidden />
            </IconButton>
            {experiments.length > 1 && <Segmented label="View" options={VIEWS} value={view} onChange={setView} />}
          </div>
          <Payload title="Data" text={row.data} />
          {experiments.map((experiment, side) => (
            <Outcomes
              key={experiment.id}
              name={experiment.name}
              outcomes={row.outcomes[side] ?? []}
              baseline={view === "differences" && side > 0 ? (row.outcomes[0]?.[0] ?? null) : null}
              traceLink={traceLink}
            />
          ))}
        </div>
      )}
    </ModalDialog>
  );
}

type OutcomesProps = {
  name: string;
  outcomes: readonly Outcome[];
  baseline: Outcome | null;
  traceLink: (traceId: string) => ReactNode;
};

function Outcomes({ name, outcomes, baseline, traceLink }: OutcomesProps) {
  if (outcomes.length === 0) return <p className={styles.none}>{name} did not run over this item.</p>;
  return outcomes.map((outcome, run) => {
    const title = outcomes.length > 1 ? `${name}, run ${run + 1}` : name;
    const facts = [
      ...[...outcome.scores].map(([score, value]) => `${score} ${formatScore(value)}`),
      formatDuration(outcome.durationMs),
      formatCost(outcome.cost),
    ].filter((fact) => fact !== "");
    return (
      <section key={outcome.traceId} className={styles.outcome} aria-label={title}>
        <header>
          <h3>{title}</h3>
          <span>{facts.join(" · ")}</span>
          {traceLink(outcome.traceId)}
        </header>
        {baseline ? (
          <DiffView
            label={`What differs in ${title}`}
            lines={diffOfTexts(wordsOf(baseline.output) ?? "", wordsOf(outcome.output) ?? "")}
          />
        ) : (
          <Payload title="Output" text={outcome.output} />
        )}
      </section>
    );
  });
}
