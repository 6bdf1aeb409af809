import { Link } from "@tanstack/react-router";
import { Filter, GitCompareArrows, Trash2 } from "lucide-react";
import { useState } from "react";
import { useMutation } from "urql";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { ConfirmDialog } from "@/components/ConfirmDialog";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { type ListColumn, ListTable, RowNote, rowControl, rowLink } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { TagList } from "@/components/TagList";
import { Time } from "@/components/Time";
import { useDeletionToast } from "@/entities/history/useDeletionToast";
import { writeIds } from "@/features/experiments/experimentIds";
import { type ExperimentItem, useExperimentList } from "@/features/experiments/useExperimentList";
import { graphql } from "@/gql";
import { failureOf } from "@/lib/failure";
import { formatCost, formatCount, formatDuration, formatScore } from "@/lib/format";

const DeleteExperimentsMutation = graphql(`
  mutation DeleteExperiments($ids: [ID!]!) {
    deleteExperiments(ids: $ids)
  }
`);

export type ExperimentsSearch = { dataset?: string | undefined; filter?: string | undefined };

type ExperimentsProps = {
  workspace: string;
  projectId: string;
  search: ExperimentsSearch;
  onSearch: (search: ExperimentsSearch) => void;
  onCompare: (datasetId: string, ids: readonly string[]) => void;
};

export function Experiments({ workspace, projectId, search, onSearch, onCompare }: ExperimentsProps) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const experiments = useExperimentList({
    projectId,
    datasetId: search.dataset ?? null,
    filter: search.filter ?? "",
  });
  const { list, failure } = experiments;
  const isRefused = failure?.isRefusal === true && Boolean(search.filter);
  const toggle = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  const isAsked = Boolean(search.filter || search.dataset);
  return (
    <Page
      isWide
      title="Experiments"
      count={list?.totalCount}
      actions={
        <>
          <SearchBox
            label="Filter experiments"
            placeholder="status:completed AND pass_rate < 1"
            isCode
            icon={<Filter aria-hidden />}
            value={search.filter ?? ""}
            errorId={isRefused ? "experiments-error" : undefined}
            onSubmit={(filter) => onSearch({ ...search, filter })}
          />
          {search.dataset && <Button onPress={() => onSearch({ ...search, dataset: undefined })}>All datasets</Button>}
          {chosen.length > 0 && (
            <ChosenActions
              items={list?.items.filter(({ id }) => chosen.includes(id)) ?? []}
              onCompare={onCompare}
              onDeleted={() => {
                setChosen([]);
                experiments.refresh();
              }}
            />
          )}
        </>
      }
    >
      {isRefused && (
        <p role="alert" id="experiments-error">
          {failure.message}
        </p>
      )}
      <Found
        what="experiments"
        value={failure && !isRefused ? null : list}
        failure={failure}
        onRetry={experiments.refresh}
      >
        {({ items, hasNextPage }) =>
          items.length === 0 ? (
            <EmptyState title={isAsked ? "Nothing matches" : "No experiments yet"}>
              {isAsked
                ? "No experiment matches what you asked for."
                : "An experiment runs your application over a dataset and scores what comes out: `opik.evaluate(dataset, task, scoring_metrics)`."}
            </EmptyState>
          ) : (
            <ListTable
              label="Experiments"
              columns={columnsOf({ workspace, projectId, items, chosen, toggle })}
              rows={items}
              keyOf={({ id }) => id}
              more={
                hasNextPage
                  ? {
                      failure: experiments.moreFailure,
                      isLoading: experiments.isLoadingMore,
                      onMore: experiments.loadMore,
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

type ChosenActionsProps = {
  items: readonly ExperimentItem[];
  onCompare: (datasetId: string, ids: readonly string[]) => void;
  onDeleted: () => void;
};

function ChosenActions({ items, onCompare, onDeleted }: ChosenActionsProps) {
  const [isDeleting, setDeleting] = useState(false);
  const [, deleteExperiments] = useMutation(DeleteExperimentsMutation);
  const showDeleted = useDeletionToast();
  const datasets = new Set(items.map(({ datasetId }) => datasetId));
  const [datasetId] = datasets;
  // The oldest is the measure of what came after it.
  const ids = items.toSorted((one, other) => (one.createdAt < other.createdAt ? -1 : 1)).map(({ id }) => id);
  const count = `${formatCount(items.length)} ${items.length === 1 ? "experiment" : "experiments"}`;
  const onDelete = async () => {
    const { error } = await deleteExperiments({ ids });
    if (error) return failureOf(error).message;
    const [id] = ids;
    if (id) showDeleted({ text: `Deleted ${count}.`, id, kind: "experiment_deleted" });
    onDeleted();
    return null;
  };
  return (
    <>
      <Button
        kind="primary"
        isDisabled={items.length < 2 || datasets.size !== 1}
        onPress={() => datasetId && onCompare(datasetId, ids)}
      >
        <GitCompareArrows aria-hidden /> Compare {formatCount(items.length)}
      </Button>
      <Button onPress={() => setDeleting(true)}>
        <Trash2 aria-hidden /> Delete
      </Button>
      <ConfirmDialog
        title={`Delete ${count}?`}
        act="Delete"
        isOpen={isDeleting}
        onOpenChange={setDeleting}
        onConfirm={onDelete}
      >
        Their traces stay. They can be restored from the trash.
      </ConfirmDialog>
    </>
  );
}

type ColumnsOptions = {
  workspace: string;
  projectId: string;
  items: readonly ExperimentItem[];
  chosen: readonly string[];
  toggle: (id: string) => void;
};

const SCORE_COLUMNS_MAX = 5;

function columnsOf({ workspace, projectId, items, chosen, toggle }: ColumnsOptions): ListColumn<ExperimentItem>[] {
  const scores = [...new Set(items.flatMap(({ figures }) => figures.feedbackScores.map(({ name }) => name)))];
  return [
    {
      label: "Name",
      cell: ({ id, name, datasetId, tags, dataset, datasetVersion }) => (
        <>
          <Link
            to="/$workspace/projects/$projectId/experiments/$datasetId/compare"
            params={{ workspace, projectId, datasetId }}
            search={{ experiments: writeIds([id]) }}
            className={rowLink}
          >
            {name}
          </Link>
          <RowNote>
            {dataset?.name ?? "a deleted dataset"} {datasetVersion?.name}
          </RowNote>
          <TagList label={`Tags of ${name}`} tags={tags} />
        </>
      ),
    },
    {
      label: "Status",
      isMinor: true,
      cell: ({ status }) => <Badge tone={TONES[status]}>{status.toLowerCase()}</Badge>,
    },
    { label: "Items", isNumeric: true, cell: (experiment) => formatCount(experiment.itemCount) },
    ...scores.slice(0, SCORE_COLUMNS_MAX).map(
      (score): ListColumn<ExperimentItem> => ({
        label: score,
        isNumeric: true,
        isMinor: true,
        cell: ({ figures }) => {
          const found = figures.feedbackScores.find(({ name }) => name === score);
          return found ? formatScore(found.value) : "–";
        },
      }),
    ),
    {
      label: "Duration p50",
      isNumeric: true,
      isMinor: true,
      cell: ({ figures }) => formatDuration(figures.durationMs?.p50) || "–",
    },
    { label: "Cost", isNumeric: true, isMinor: true, cell: ({ figures }) => formatCost(figures.cost) || "–" },
    { label: "Created", cell: (experiment) => <Time at={experiment.createdAt} style="relative" /> },
    {
      label: "Chosen",
      cell: ({ id, name }) => (
        <div className={rowControl}>
          <input
            type="checkbox"
            aria-label={`Choose ${name}`}
            checked={chosen.includes(id)}
            onChange={() => toggle(id)}
          />
        </div>
      ),
    },
  ];
}

const TONES = { RUNNING: "accent", COMPLETED: "plain", CANCELLED: "plain", FAILED: "danger" } as const;
