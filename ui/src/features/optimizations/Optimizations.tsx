import { Search } from "lucide-react";
import { useRef } from "react";
import { Choice } from "@/components/Choice";
import { ColumnChoice } from "@/components/ColumnChoice";
import { chosenColumn } from "@/components/chosenColumn";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { ListTable } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { ChosenOptimizations } from "@/features/optimizations/ChosenOptimizations";
import {
  OPTIMIZATION_COLUMNS,
  optimizationNameColumn,
  RARE_OPTIMIZATION_COLUMNS,
} from "@/features/optimizations/optimizationColumns";
import { STATUSES, statusOf } from "@/features/optimizations/statuses";
import { useOptimizationList } from "@/features/optimizations/useOptimizationList";
import { focusBox } from "@/lib/focusBox";
import { useHotkeys } from "@/lib/hotkeys";
import { orderOf, type SortOrder } from "@/lib/sortOrder";
import { useChosen } from "@/lib/useChosen";
import { useColumnChoices } from "@/lib/useColumnChoices";

export type OptimizationsSearch = {
  name?: string | undefined;
  status?: string | undefined;
  sort?: string | undefined;
};

type OptimizationsProps = {
  workspace: string;
  projectId: string;
  search: OptimizationsSearch;
  onSearch: (search: OptimizationsSearch) => void;
};

const NEWEST: SortOrder = { field: "created_at", direction: "DESC" };

/** The searches for better prompts that a project has seen. */
export function Optimizations({ workspace, projectId, search, onSearch }: OptimizationsProps) {
  const status = statusOf(search.status)?.id ?? null;
  const searchBox = useRef<HTMLInputElement>(null);
  const order = orderOf(search.sort, NEWEST, (sort) => onSearch({ ...search, sort }));
  const optimizations = useOptimizationList({ projectId, name: search.name ?? "", status, sort: order.sort });
  const { list, failure } = optimizations;
  const chosen = useChosen(list?.items ?? []);
  const columns = useColumnChoices({
    key: "optimizations.columns",
    columns: OPTIMIZATION_COLUMNS,
    rare: RARE_OPTIMIZATION_COLUMNS,
  });
  useHotkeys({ "/": () => focusBox(searchBox) });
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
            <ChosenOptimizations ids={chosen.rows.map(({ id }) => id)} onDeleted={chosen.clear} />
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
              shortcut="/"
              inputRef={searchBox}
              isInstant
              icon={<Search aria-hidden />}
              value={search.name ?? ""}
              onSubmit={(name) => onSearch({ ...search, name: name || undefined })}
            />
            <ColumnChoice labels={columns.labels} shown={columns.shownLabels} onToggle={columns.toggle} />
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
              columns={[
                optimizationNameColumn(workspace, projectId),
                ...columns.shown,
                chosenColumn({ chosen: chosen.ids, toggle: chosen.toggle, all: chosen.all }),
              ]}
              rows={items}
              keyOf={({ id }) => id}
              isBusy={optimizations.isLoading}
              order={order}
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
