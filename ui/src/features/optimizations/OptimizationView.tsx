import type { ReactNode } from "react";
import { EmptyState } from "@/components/EmptyState";
import { ErrorState } from "@/components/ErrorState";
import { Found } from "@/components/Found";
import { Page } from "@/components/Page";
import { Time } from "@/components/Time";
import { type Fact, Facts } from "@/entities/details/Facts";
import { BestPrompt } from "@/features/optimizations/BestPrompt";
import { OptimizationActions } from "@/features/optimizations/OptimizationActions";
import { ScoreChange } from "@/features/optimizations/ScoreChange";
import { StatusBadge } from "@/features/optimizations/StatusBadge";
import { TrialsChart } from "@/features/optimizations/TrialsChart";
import { TrialsTable } from "@/features/optimizations/TrialsTable";
import { numbered, settingsOf } from "@/features/optimizations/trials";
import { UnreadTrials } from "@/features/optimizations/UnreadTrials";
import { type Optimization, useOptimization } from "@/features/optimizations/useOptimization";
import { type TrialExperiment, useTrialExperiments } from "@/features/optimizations/useTrialExperiments";
import { formatCost, formatCount, formatDuration, formatScore } from "@/lib/format";
import { useNamedPage } from "@/lib/shownName";
import styles from "./Optimizations.module.css";

export type OptimizationSearch = { sort?: string | undefined };

/** Ways to what the optimization is about. */
export type OptimizationLinks = {
  dataset: (datasetId: string, name: string) => ReactNode;
  experiment: (experiment: TrialExperiment, label: string) => ReactNode;
  /** The best beside the initial one. */
  comparison: (datasetId: string, experimentIds: readonly string[]) => ReactNode;
};

type OptimizationViewProps = {
  optimizationId: string;
  search: OptimizationSearch;
  links: OptimizationLinks;
  onSearch: (search: OptimizationSearch) => void;
  onDeleted: () => void;
  onExperiment: (experiment: { id: string; datasetId: string; projectId?: string | null }) => void;
};

/** How a search for a better prompt goes: its trials, the best of them, and what it says. */
export function OptimizationView({ optimizationId, links, onDeleted, ...props }: OptimizationViewProps) {
  const { optimization, isMissing, failure, revision, refresh } = useOptimization(optimizationId);
  useNamedPage(optimization?.name);
  if (isMissing) return <ErrorState title="There is no such optimization" message="It may have been deleted." />;
  return (
    <Page
      isWide
      title={optimization?.name ?? "Optimization"}
      about={
        optimization && (
          <p>
            Looks for the best {optimization.objectiveName} over{" "}
            {optimization.datasetName
              ? links.dataset(optimization.datasetId, optimization.datasetName)
              : "a deleted dataset"}
          </p>
        )
      }
      actions={
        optimization && (
          <>
            {comparisonOf(optimization, links)}
            <OptimizationActions optimization={optimization} onDeleted={onDeleted} />
          </>
        )
      }
    >
      <Found what="optimization" value={optimization} failure={failure} onRetry={refresh}>
        {(found) => <Standing optimization={found} revision={revision} links={links} {...props} />}
      </Found>
    </Page>
  );
}

function comparisonOf({ datasetId, baseline, best }: Optimization, links: OptimizationLinks): ReactNode {
  if (!baseline || !best || baseline.experimentId === best.experimentId) return null;
  return links.comparison(datasetId, [baseline.experimentId, best.experimentId]);
}

type StandingProps = Omit<OptimizationViewProps, "optimizationId" | "onDeleted"> & {
  optimization: Optimization;
  revision: number;
};

function Standing({ optimization, revision, search, links, onSearch, onExperiment }: StandingProps) {
  const { baseline, best, error } = optimization;
  const trials = numbered(optimization.trials);
  const ids = [baseline?.experimentId, best?.experimentId].filter((id) => id !== undefined);
  const { found: ends, ...reading } = useTrialExperiments([...new Set(ids)], revision);
  const initialTrial = baseline && ends.get(baseline.experimentId);
  const bestTrial = best && ends.get(best.experimentId);
  return (
    <>
      <Facts label="Optimization" facts={factsOf(optimization)} />
      {error && (
        <p role="alert" className={styles.failed}>
          {error.exceptionType}: {error.message}
        </p>
      )}
      {trials.length === 0 ? (
        <EmptyState title="No trials yet">Each prompt that is tried becomes an experiment, and stands here.</EmptyState>
      ) : (
        <>
          <TrialsChart
            objective={optimization.objectiveName}
            trials={trials}
            nameOf={(id) => ends.get(id)?.name}
            onChoose={(id) =>
              onExperiment({ projectId: optimization.projectId ?? null, datasetId: optimization.datasetId, id })
            }
          />
          <UnreadTrials what="The best prompt" failure={reading.failure} onRetry={reading.refresh} />
          {initialTrial && bestTrial && <BestPrompt initial={initialTrial} best={bestTrial} />}
          <TrialsTable
            optimization={optimization}
            trials={trials}
            revision={revision}
            sort={search.sort}
            experimentLink={links.experiment}
            onSort={(sort) => onSearch({ sort })}
          />
        </>
      )}
    </>
  );
}

function factsOf({ status, baseline, best, trialCount, totalCost, metadata, ...optimization }: Optimization): Fact[] {
  const settings = settingsOf(metadata ?? null).map(({ key, value }): Fact => ({ label: key, value }));
  return [
    { label: "Status", value: <StatusBadge status={status} /> },
    { label: "Initial score", value: baseline && formatScore(baseline.objectiveScore) },
    {
      label: "Best score",
      value: best && <ScoreChange score={best.objectiveScore} from={baseline?.objectiveScore} />,
    },
    { label: "Trials", value: formatCount(trialCount) },
    { label: "Duration of each", value: best && changeOf(formatDuration, baseline?.duration, best.duration) },
    { label: "Cost of each", value: best && changeOf(formatCost, baseline?.cost, best.cost) },
    { label: "Cost of all", value: formatCost(totalCost) },
    ...settings,
    { label: "Begun", value: <Time at={optimization.createdAt} style="relative" /> },
    { label: "By", value: optimization.createdBy },
  ];
}

type Figure = number | null | undefined;

/** From the initial trial to the best. */
function changeOf(format: (value: Figure) => string, from: Figure, to: Figure): string {
  const words = [format(from), format(to)].filter((word) => word !== "");
  return [...new Set(words)].join(" → ");
}
