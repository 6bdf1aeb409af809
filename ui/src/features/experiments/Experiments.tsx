import { Link } from "@tanstack/react-router";
import { Filter } from "lucide-react";
import type { ReactNode } from "react";
import { ColumnChoice } from "@/components/ColumnChoice";
import { EmptyState } from "@/components/EmptyState";
import { CheckField } from "@/components/Form";
import { Found } from "@/components/Found";
import { type ListColumn, ListTable } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { configurationOf } from "@/entities/experiments/configuration";
import { ChosenActions } from "@/features/experiments/ChosenActions";
import { DatasetChoice } from "@/features/experiments/DatasetChoice";
import { GroupChoice } from "@/features/experiments/GroupChoice";
import { Groups } from "@/features/experiments/Groups";
import { type Grouping, parseGroupings, writeGroupings } from "@/features/experiments/grouping";
import { PathColumnDialog } from "@/features/experiments/PathColumnDialog";
import { ScoresChart } from "@/features/experiments/ScoresChart";
import { useConfigurationPaths, useExperimentColumns } from "@/features/experiments/useExperimentColumns";
import { useExperimentDatasets } from "@/features/experiments/useExperimentDatasets";
import { type ExperimentItem, useExperimentList } from "@/features/experiments/useExperimentList";
import { NEWEST_FIRST, nextSortOrder, parseSortOrder, type SortOrder, writeSortOrder } from "@/lib/sortOrder";
import { useChosen } from "@/lib/useChosen";
import styles from "./Experiments.module.css";

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
  /** Leads to the traces of experiments. */
  onTraces: (ids: readonly string[]) => void;
};

export function Experiments(props: ExperimentsProps) {
  const { workspace, projectId, search, onSearch, promptName, onCompare, onTraces } = props;
  const sort = parseSortOrder(search.sort, NEWEST_FIRST);
  const hasTrials = search.trials !== undefined;
  const filter = search.filter ?? "";
  const datasets = useExperimentDatasets(projectId);
  const groupings = parseGroupings(search.group);
  const configuration = useConfigurationPaths();
  const experiments = useExperimentList({
    projectId,
    datasetId: search.dataset ?? null,
    promptId: search.prompt ?? null,
    ...{ filter, sort, hasTrials },
    hasMetadata: configuration.paths.length > 0 || configuration.isAdding,
  });
  const { list, failure } = experiments;
  const items = list?.items ?? [];
  const chosen = useChosen(items);
  const isRefused = failure?.isRefusal === true && filter !== "";
  const onSort = (field: string) =>
    onSearch({ ...search, sort: writeSortOrder(nextSortOrder(sort, field, NEWEST_FIRST), NEWEST_FIRST) });
  const columns = useExperimentColumns({
    ...{ workspace, projectId, items },
    chosen: chosen.ids,
    toggle: chosen.toggle,
    all: chosen.all,
    paths: configuration.paths,
    onPathDropped: configuration.drop,
  });
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
          {chosen.rows.length > 0 && (
            <ChosenActions
              items={chosen.rows}
              onCompare={onCompare}
              onTraces={onTraces}
              onChanged={experiments.refresh}
              onDeleted={() => {
                chosen.clear();
                experiments.refresh();
              }}
            />
          )}
          <ListTools
            {...{ datasets, columns, search, hasTrials, isRefused, onSearch }}
            onColumnWanted={() => configuration.setAdding(true)}
          />
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
      <FoundExperiments
        {...{ experiments, sort, onSort }}
        isRefused={isRefused}
        isGrouped={groupings.length > 0}
        isAsked={Boolean(filter || search.dataset || search.prompt)}
        columns={columns.shown}
      />
      <PathColumnDialog
        known={configurationOf(items.map(({ metadata }) => metadata ?? null)).map(({ key }) => key)}
        isOpen={configuration.isAdding}
        onClose={() => configuration.setAdding(false)}
        onAdd={configuration.add}
      />
    </Page>
  );
}

type FoundExperimentsProps = {
  experiments: ReturnType<typeof useExperimentList>;
  isRefused: boolean;
  /** Then they are told of together. */
  isGrouped: boolean;
  /** Whether something was asked for that may fit none. */
  isAsked: boolean;
  columns: readonly ListColumn<ExperimentItem>[];
  sort: SortOrder;
  onSort: (field: string) => void;
};

function FoundExperiments({ experiments, isRefused, isGrouped, isAsked, columns, ...order }: FoundExperimentsProps) {
  const { list, failure, more, refresh } = experiments;
  return (
    <Found what="experiments" value={failure && !isRefused ? null : list} failure={failure} onRetry={refresh}>
      {({ items }) =>
        items.length === 0 ? (
          <NoExperiments isAsked={isAsked} />
        ) : isGrouped ? null : (
          <ListTable
            label="Experiments"
            columns={columns}
            rows={items}
            keyOf={({ id }) => id}
            order={order}
            more={more}
          />
        )
      }
    </Found>
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
  onColumnWanted: () => void;
};

function ListTools({ datasets, columns, search, hasTrials, isRefused, onSearch, onColumnWanted }: ListToolsProps) {
  return (
    <>
      <DatasetChoice
        datasets={datasets}
        value={search.dataset}
        onChange={(dataset) => onSearch({ ...search, dataset })}
      />
      <div className={styles.filter}>
        <SearchBox
          label="Filter experiments"
          placeholder="status:completed AND pass_rate < 1"
          isCode
          icon={<Filter aria-hidden />}
          value={search.filter ?? ""}
          {...(isRefused && { errorId: "experiments-error" })}
          onSubmit={(next) => onSearch({ ...search, filter: next })}
        />
      </div>
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
        <ColumnChoice
          labels={columns.labels}
          shown={columns.shownLabels}
          onToggle={columns.toggle}
          further={{ label: "Column of the configuration…", onAction: onColumnWanted }}
        />
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
