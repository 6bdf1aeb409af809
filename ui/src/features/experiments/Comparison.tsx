import { Download, Filter, GitCompareArrows, Route } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useClient } from "urql";
import { Button } from "@/components/Button";
import { ColumnChoice } from "@/components/ColumnChoice";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { Page } from "@/components/Page";
import { RowHeightMenu } from "@/components/RowHeightMenu";
import { useRowHeight } from "@/components/rowHeight";
import { SearchBox } from "@/components/SearchBox";
import { Segmented } from "@/components/Segmented";
import { ChooseComparedDialog } from "@/features/experiments/ChooseComparedDialog";
import { ComparedItems } from "@/features/experiments/ComparedItems";
import { ComparisonCharts } from "@/features/experiments/ComparisonCharts";
import { ComparisonTools } from "@/features/experiments/ComparisonTools";
import { Configuration } from "@/features/experiments/Configuration";
import { type ComparisonSearch, focusOf, lookedOf } from "@/features/experiments/comparison";
import { exportComparison } from "@/features/experiments/exportComparison";
import { Figures } from "@/features/experiments/Figures";
import { type ComparedRow, useComparedItems } from "@/features/experiments/useComparedItems";
import { type Compared, type Side, useComparison } from "@/features/experiments/useComparison";
import { UNSORTED, useItemColumns } from "@/features/experiments/useItemColumns";
import { formatAmount, formatCount } from "@/lib/format";
import { useNamedPage } from "@/lib/shownName";
import { orderOf } from "@/lib/sortOrder";
import { showToast } from "@/lib/toasts";
import styles from "./Comparison.module.css";

/** Ways to what is beside the experiments. */
export type ComparisonLinks = {
  /** Where the trace of a run is judged. */
  annotation: (traceId: string, onClose: () => void) => ReactNode;
  trace: (projectId: string, traceId: string) => ReactNode;
  prompt: (version: Compared["promptVersions"][number], name: string) => ReactNode;
  dataset: (datasetId: string, name: string) => ReactNode;
  optimization: (optimizationId: string, label: string) => ReactNode;
};

type ComparisonProps = {
  /** The first is the measure of the others. */
  ids: readonly string[];
  search: ComparisonSearch;
  links: ComparisonLinks;
  /** The way to what happened to an experiment that is shown by itself. */
  history: ReactNode;
  onSearch: (search: ComparisonSearch) => void;
  onIds: (ids: readonly string[]) => void;
  /** Leads to the traces of experiments; null where no project has them. */
  onTraces: ((ids: readonly string[]) => void) | null;
};

const TABS = [
  { id: "items", label: "Items" },
  { id: "charts", label: "Charts" },
  { id: "configuration", label: "Configuration" },
] as const;

/** One experiment, or several side by side over the same items. */
export function Comparison({ ids, search, links, history, onSearch, onIds, onTraces }: ComparisonProps) {
  const { sides, itemCount, failure, revision, refresh } = useComparison(ids);
  const [isChoosing, setChoosing] = useState(false);
  const [first] = sides ?? [];
  useNamedPage(ids.length === 1 ? first?.experiment.name : undefined);
  const tab = TABS.find(({ id }) => id === search.tab)?.id ?? "items";
  if (ids.length === 0) {
    return (
      <Page title="Comparison">
        <EmptyState title="No experiments are chosen">Choose some in the list of experiments.</EmptyState>
      </Page>
    );
  }
  return (
    <Page
      isWide
      title={ids.length === 1 ? (first?.experiment.name ?? "Experiment") : `${ids.length} experiments`}
      actions={
        first && (
          <>
            <Button onPress={() => setChoosing(true)}>
              <GitCompareArrows aria-hidden /> Choose experiments
            </Button>
            {onTraces && (
              <Button onPress={() => onTraces(ids)}>
                <Route aria-hidden /> View traces
              </Button>
            )}
            {ids.length === 1 && history}
          </>
        )
      }
      about={first && <About experiment={first.experiment} isBaseline={ids.length > 1} links={links} />}
    >
      <Found what="experiments" value={sides} failure={failure} onRetry={refresh}>
        {(found) => (
          <>
            <Figures sides={found} links={links} onIds={onIds} onTraces={onTraces} />
            <div>
              <Segmented
                label="Part of the comparison"
                options={TABS}
                value={tab}
                onChange={(next) => onSearch({ ...search, tab: next === "items" ? undefined : next })}
              />
            </div>
            {tab === "charts" ? (
              <ComparisonCharts sides={found} search={search} onSearch={onSearch} />
            ) : tab === "configuration" ? (
              <Configuration sides={found} search={search} links={links} onSearch={onSearch} />
            ) : itemCount === 0 ? (
              <EmptyState title="No items yet">They appear when the experiment has run over them.</EmptyState>
            ) : (
              <Sides {...{ ids, search, links, onSearch, revision, itemCount }} sides={found} />
            )}
          </>
        )}
      </Found>
      {first && (
        <ChooseComparedDialog
          datasetId={first.experiment.datasetId}
          ids={ids}
          isOpen={isChoosing}
          onOpenChange={setChoosing}
          onIds={onIds}
        />
      )}
    </Page>
  );
}

type AboutProps = { experiment: Compared; isBaseline: boolean; links: ComparisonLinks };

function About({ experiment, isBaseline, links }: AboutProps) {
  const { name, dataset, datasetVersion, optimizationId } = experiment;
  return (
    <p>
      Over {dataset ? links.dataset(dataset.id, dataset.name) : "a deleted dataset"} {datasetVersion?.name}
      {optimizationId && <>; a trial of {links.optimization(optimizationId, "an optimization")}</>}
      {isBaseline && `; “${name}” is the measure of the others`}
    </p>
  );
}

type SidesProps = Pick<ComparisonProps, "ids" | "search" | "links" | "onSearch"> & {
  sides: readonly Side[];
  itemCount: number;
  revision: number;
};

const NO_ROWS: readonly ComparedRow[] = [];

function Sides({ ids, sides, search, links, onSearch, itemCount, revision }: SidesProps) {
  const looked = lookedOf(sides, search);
  const focus = focusOf(looked);
  const filter = search.filter ?? "";
  const order = orderOf(search.sort, UNSORTED, (sort) => onSearch({ ...search, sort }));
  const sort = search.sort ? order.sort : null;
  const items = useComparedItems({ ids, focus, sort, filter }, revision);
  const columns = useItemColumns(items.list?.items ?? NO_ROWS);
  const rowHeight = useRowHeight("comparison");
  const isRefused = filter !== "" && items.failure?.isRefusal === true;
  const client = useClient();
  const [readCount, setReadCount] = useState<number | null>(null);
  const onExport = async () => {
    setReadCount(0);
    const said = await exportComparison(client, { ids, focus, sort, filter, sides, onRead: setReadCount });
    setReadCount(null);
    if (said) showToast(said);
  };
  return (
    <>
      <ComparisonTools sides={sides} looked={looked} itemCount={itemCount} search={search} onSearch={onSearch}>
        <div className={styles.filter}>
          <SearchBox
            label="Filter items"
            placeholder="output:refund AND duration > 2s"
            isCode
            icon={<Filter aria-hidden />}
            value={filter}
            {...(isRefused && { errorId: "items-error" })}
            onSubmit={(next) => onSearch({ ...search, filter: next || undefined })}
          />
        </div>
        <RowHeightMenu height={rowHeight.height} onHeight={rowHeight.onHeight} />
        <ColumnChoice labels={columns.labels} shown={columns.shownLabels} onToggle={columns.toggle} />
        <Button onPress={onExport} isDisabled={readCount !== null}>
          <Download aria-hidden /> {readCount === null ? "CSV" : `Read ${formatCount(readCount)}…`}
        </Button>
      </ComparisonTools>
      {isRefused && (
        <p role="alert" id="items-error">
          {items.failure?.message}
        </p>
      )}
      <Found
        what="items"
        value={items.failure && !isRefused ? null : items.list}
        failure={isRefused ? null : items.failure}
        onRetry={items.refresh}
      >
        {(list) =>
          list.items.length === 0 ? (
            <EmptyState title="Nothing matches">
              None of {formatAmount(itemCount, { one: "item", many: "items" })} is what you ask for.
            </EmptyState>
          ) : (
            <ComparedItems
              {...{ sides, items, order }}
              lines={rowHeight.lines}
              columns={columns.shown}
              openId={search.item ?? null}
              links={links}
              onOpen={(item) => onSearch({ ...search, item })}
            />
          )
        }
      </Found>
    </>
  );
}
