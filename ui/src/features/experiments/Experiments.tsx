import { Filter } from "lucide-react";
import { useState } from "react";
import { ColumnChoice } from "@/components/ColumnChoice";
import { EmptyState } from "@/components/EmptyState";
import { CheckField } from "@/components/Form";
import { Found } from "@/components/Found";
import { ListTable } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { ChosenActions } from "@/features/experiments/ChosenActions";
import { DatasetChoice } from "@/features/experiments/DatasetChoice";
import { ScoresChart } from "@/features/experiments/ScoresChart";
import { useExperimentColumns } from "@/features/experiments/useExperimentColumns";
import { useExperimentDatasets } from "@/features/experiments/useExperimentDatasets";
import { useExperimentList } from "@/features/experiments/useExperimentList";
import { nextSortOrder, parseSortOrder, type SortOrder, writeSortOrder } from "@/lib/sortOrder";

export type ExperimentsSearch = {
  dataset?: string | undefined;
  filter?: string | undefined;
  sort?: string | undefined;
  /** Whether those of optimizations are listed, too. */
  trials?: string | undefined;
};

type ExperimentsProps = {
  workspace: string;
  projectId: string;
  search: ExperimentsSearch;
  onSearch: (search: ExperimentsSearch) => void;
  onCompare: (datasetId: string, ids: readonly string[]) => void;
};

const NEWEST: SortOrder = { field: "created_at", direction: "DESC" };

export function Experiments({ workspace, projectId, search, onSearch, onCompare }: ExperimentsProps) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const sort = parseSortOrder(search.sort, NEWEST);
  const hasTrials = search.trials !== undefined;
  const filter = search.filter ?? "";
  const datasets = useExperimentDatasets(projectId);
  const experiments = useExperimentList({ projectId, datasetId: search.dataset ?? null, filter, sort, hasTrials });
  const { list, failure } = experiments;
  const isRefused = failure?.isRefusal === true && filter !== "";
  const toggle = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  const onSort = (field: string) =>
    onSearch({ ...search, sort: writeSortOrder(nextSortOrder(sort, field, NEWEST), NEWEST) });
  const columns = useExperimentColumns({ workspace, projectId, items: list?.items ?? [], chosen, toggle });
  const onlyDataset = datasets.length === 1 ? datasets[0]?.id : undefined;
  const charted = search.dataset ?? onlyDataset;
  return (
    <Page
      isWide
      title="Experiments"
      count={list?.totalCount}
      actions={
        <>
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
          <ListTools {...{ datasets, columns, search, hasTrials, isRefused, onSearch }} />
        </>
      }
    >
      {isRefused && (
        <p role="alert" id="experiments-error">
          {failure.message}
        </p>
      )}
      {charted && !failure && (
        <ScoresChart
          projectId={projectId}
          datasetId={charted}
          filter={filter}
          hasTrials={hasTrials}
          revision={experiments.revision}
          onChoose={(id) => onCompare(charted, [id])}
        />
      )}
      <Found
        what="experiments"
        value={failure && !isRefused ? null : list}
        failure={failure}
        onRetry={experiments.refresh}
      >
        {({ items, hasNextPage }) =>
          items.length === 0 ? (
            <NoExperiments isAsked={Boolean(filter || search.dataset)} />
          ) : (
            <ListTable
              label="Experiments"
              columns={columns.shown}
              rows={items}
              keyOf={({ id }) => id}
              order={{ sort, onSort }}
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

type ListToolsProps = Pick<ExperimentsProps, "search" | "onSearch"> & {
  datasets: ReturnType<typeof useExperimentDatasets>;
  columns: ReturnType<typeof useExperimentColumns>;
  hasTrials: boolean;
  isRefused: boolean;
};

function ListTools({ datasets, columns, search, hasTrials, isRefused, onSearch }: ListToolsProps) {
  return (
    <>
      <DatasetChoice
        datasets={datasets}
        value={search.dataset}
        onChange={(dataset) => onSearch({ ...search, dataset })}
      />
      <SearchBox
        label="Filter experiments"
        placeholder="status:completed AND pass_rate < 1"
        isCode
        icon={<Filter aria-hidden />}
        value={search.filter ?? ""}
        {...(isRefused && { errorId: "experiments-error" })}
        onSubmit={(next) => onSearch({ ...search, filter: next })}
      />
      <CheckField
        label="With trials"
        value={hasTrials}
        onChange={(isOn) => onSearch({ ...search, trials: isOn ? "true" : undefined })}
      />
      <ColumnChoice labels={columns.labels} shown={columns.shownLabels} onToggle={columns.toggle} />
    </>
  );
}

function NoExperiments({ isAsked }: { isAsked: boolean }) {
  return (
    <EmptyState title={isAsked ? "Nothing matches" : "No experiments yet"}>
      {isAsked
        ? "No experiment matches what you asked for."
        : "An experiment runs your application over a dataset and scores what comes out: `opik.evaluate(dataset, task, scoring_metrics)`."}
    </EmptyState>
  );
}
