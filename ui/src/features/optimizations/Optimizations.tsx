import { Link } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { Choice } from "@/components/Choice";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { type ListColumn, ListTable, RowNote, rowLink } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { Time } from "@/components/Time";
import { ScoreChange } from "@/features/optimizations/ScoreChange";
import { StatusBadge } from "@/features/optimizations/StatusBadge";
import { STATUSES, statusOf } from "@/features/optimizations/statuses";
import { settingsOf } from "@/features/optimizations/trials";
import { type OptimizationItem, useOptimizationList } from "@/features/optimizations/useOptimizationList";
import { formatCost, formatCount } from "@/lib/format";

export type OptimizationsSearch = { name?: string | undefined; status?: string | undefined };

type OptimizationsProps = {
  workspace: string;
  projectId: string;
  search: OptimizationsSearch;
  onSearch: (search: OptimizationsSearch) => void;
};

/** The searches for better prompts that a project has seen. */
export function Optimizations({ workspace, projectId, search, onSearch }: OptimizationsProps) {
  const status = statusOf(search.status)?.id ?? null;
  const optimizations = useOptimizationList({ projectId, name: search.name ?? "", status });
  const { list, failure } = optimizations;
  const isAsked = Boolean(search.name || status);
  const isEmpty = list?.totalCount === 0 && !isAsked;
  return (
    <Page
      isWide
      title="Optimizations"
      count={list?.totalCount}
      actions={
        !isEmpty && (
          <>
            <Choice
              label="Status"
              value={status ?? ""}
              onChange={(next) => onSearch({ ...search, status: next || undefined })}
              empty="any"
              options={STATUSES}
            />
            <SearchBox
              label="Find optimizations"
              placeholder="Name"
              isInstant
              icon={<Search aria-hidden />}
              value={search.name ?? ""}
              onSubmit={(name) => onSearch({ ...search, name: name || undefined })}
            />
          </>
        )
      }
    >
      <Found what="optimizations" value={list} failure={failure} onRetry={optimizations.refresh}>
        {({ items, hasNextPage }) =>
          items.length === 0 ? (
            <EmptyState title={isAsked ? "Nothing matches" : "No optimizations yet"}>
              {isAsked ? (
                "No optimization is called so and stands so."
              ) : (
                <>
                  An optimization tries prompts over a dataset and keeps the best:{" "}
                  <code>MetaPromptOptimizer(…).optimize_prompt(…)</code> of <code>opik-optimizer</code>, say.
                </>
              )}
            </EmptyState>
          ) : (
            <ListTable
              label="Optimizations"
              columns={columnsOf(workspace, projectId)}
              rows={items}
              keyOf={({ id }) => id}
              more={
                hasNextPage
                  ? {
                      failure: optimizations.moreFailure,
                      isLoading: optimizations.isLoadingMore,
                      onMore: optimizations.loadMore,
                    }
                  : null
              }
            />
          )
        }
      </Found>
    </Page>
  );
}

const columnsOf = (workspace: string, projectId: string): ListColumn<OptimizationItem>[] => [
  {
    label: "Name",
    cell: ({ id, name, metadata }) => (
      <>
        <Link
          to="/$workspace/projects/$projectId/optimizations/$optimizationId"
          params={{ workspace, projectId, optimizationId: id }}
          search={{}}
          className={rowLink}
        >
          {name}
        </Link>
        <RowNote>
          {settingsOf(metadata ?? null)
            .slice(0, 2)
            .map(({ value }) => value)
            .join(", ")}
        </RowNote>
      </>
    ),
  },
  { label: "Dataset", isMinor: true, cell: ({ datasetName }) => datasetName ?? "a deleted dataset" },
  { label: "Objective", isMinor: true, cell: ({ objectiveName }) => objectiveName },
  { label: "Status", cell: ({ status }) => <StatusBadge status={status} /> },
  {
    label: "Best score",
    isNumeric: true,
    cell: ({ best, baseline }) => <ScoreChange score={best?.objectiveScore} from={baseline?.objectiveScore} />,
  },
  { label: "Trials", isNumeric: true, isMinor: true, cell: ({ trialCount }) => formatCount(trialCount) },
  { label: "Cost", isNumeric: true, isMinor: true, cell: ({ totalCost }) => formatCost(totalCost) || "–" },
  { label: "Begun", isMinor: true, cell: ({ createdAt }) => <Time at={createdAt} style="relative" /> },
  { label: "Changed", isMinor: true, cell: ({ lastUpdatedAt }) => <Time at={lastUpdatedAt} style="relative" /> },
];
