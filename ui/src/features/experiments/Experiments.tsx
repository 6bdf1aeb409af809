import { Link } from "@tanstack/react-router";
import { Filter } from "lucide-react";
import { type ReactNode, useState } from "react";
import { ColumnChoice } from "@/components/ColumnChoice";
import { EmptyState } from "@/components/EmptyState";
import { CheckField } from "@/components/Form";
import { Found } from "@/components/Found";
import { ListTable } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { ChosenActions } from "@/features/experiments/ChosenActions";
import { DatasetChoice } from "@/features/experiments/DatasetChoice";
import { GroupChoice } from "@/features/experiments/GroupChoice";
import { Groups } from "@/features/experiments/Groups";
import { type Grouping, parseGroupings, writeGroupings } from "@/features/experiments/grouping";
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
  /** By what they are put together. */
  group?: string | undefined;
  /** The prompt of which they used a version. */
  prompt?: string | undefined;
};

type ExperimentsProps = {
  workspace: string;
  projectId: string;
  search: ExperimentsSearch;
  onSearch: (search: ExperimentsSearch) => void;
  /** How a prompt is called. */
  promptName: (promptId: string) => ReactNode;
  onCompare: (datasetId: string, ids: readonly string[]) => void;
};

const NEWEST: SortOrder = { field: "created_at", direction: "DESC" };

export function Experiments({ workspace, projectId, search, onSearch, promptName, onCompare }: ExperimentsProps) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const sort = parseSortOrder(search.sort, NEWEST);
  const hasTrials = search.trials !== undefined;
  const filter = search.filter ?? "";
  const datasets = useExperimentDatasets(projectId);
  const groupings = parseGroupings(search.group);
  const isGrouped = groupings.length > 0;
  const experiments = useExperimentList({
    projectId,
    datasetId: search.dataset ?? null,
    promptId: search.prompt ?? null,
    ...{ filter, sort, hasTrials },
  });
  const { list, failure } = experiments;
  const isRefused = failure?.isRefusal === true && filter !== "";
  const toggle = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  const onSort = (field: string) =>
    onSearch({ ...search, sort: writeSortOrder(nextSortOrder(sort, field, NEWEST), NEWEST) });
  const columns = useExperimentColumns({ workspace, projectId, items: list?.items ?? [], chosen, toggle });
  const charted = search.dataset ?? (datasets.length === 1 ? datasets[0]?.id : undefined);
  return (
    <Page
      isWide
      title="Experiments"
      count={list?.totalCount}
      about={
        search.prompt !== undefined && (
          <PromptNote {...{ workspace, projectId, search }}>{promptName(search.prompt)}</PromptNote>
        )
      }
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
      {!failure && list && list.totalCount > 0 && (
        <Overview
          {...{ workspace, projectId, search, groupings, charted, filter, hasTrials, onCompare }}
          revision={experiments.revision}
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
            <NoExperiments isAsked={Boolean(filter || search.dataset || search.prompt)} />
          ) : isGrouped ? null : (
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

type OverviewProps = Pick<ExperimentsProps, "workspace" | "projectId" | "search" | "onCompare"> & {
  groupings: readonly Grouping[];
  /** The dataset over which scores are comparable, if there is one. */
  charted: string | undefined;
  filter: string;
  hasTrials: boolean;
  revision: number;
};

/** What the experiments come to: by groups, or one after the other. */
function Overview({ workspace, search, groupings, charted, onCompare, ...wanted }: OverviewProps) {
  if (groupings.length > 0) return <Groups {...{ workspace, search, groupings }} {...wanted} />;
  if (!charted) return null;
  return <ScoresChart datasetId={charted} {...wanted} onChoose={(id) => onCompare(charted, [id])} />;
}

type PromptNoteProps = Pick<ExperimentsProps, "workspace" | "projectId" | "search"> & { children: ReactNode };

function PromptNote({ workspace, projectId, search, children }: PromptNoteProps) {
  return (
    <p>
      With versions of the prompt {children}.{" "}
      <Link
        to="/$workspace/projects/$projectId/experiments"
        params={{ workspace, projectId }}
        search={{ ...search, prompt: undefined }}
      >
        Show all
      </Link>
    </p>
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
      <GroupChoice
        groupings={parseGroupings(search.group)}
        onChange={(groupings) => onSearch({ ...search, group: writeGroupings(groupings) })}
      />
      <CheckField
        label="With trials"
        value={hasTrials}
        onChange={(isOn) => onSearch({ ...search, trials: isOn ? "true" : undefined })}
      />
      {search.group === undefined && (
        <ColumnChoice labels={columns.labels} shown={columns.shownLabels} onToggle={columns.toggle} />
      )}
    </>
  );
}

function NoExperiments({ isAsked }: { isAsked: boolean }) {
  return (
    <EmptyState title={isAsked ? "Nothing matches" : "No experiments yet"}>
      {isAsked ? (
        "No experiment matches what you asked for."
      ) : (
        <>
          An experiment runs your application over a dataset and scores what comes out:{" "}
          <code>opik.evaluate(dataset, task, scoring_metrics)</code>.
        </>
      )}
    </EmptyState>
  );
}
