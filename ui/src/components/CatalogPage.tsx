import { Plus, Search } from "lucide-react";
import { type ReactNode, useRef } from "react";
import { Button } from "@/components/Button";
import { ColumnChoice } from "@/components/ColumnChoice";
import { chosenColumn } from "@/components/chosenColumn";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { type ListColumn, ListTable } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { focusBox } from "@/lib/focusBox";
import { useHotkeys } from "@/lib/hotkeys";
import type { SortOrder } from "@/lib/sortOrder";
import { useChosen } from "@/lib/useChosen";
import { useColumnChoices } from "@/lib/useColumnChoices";
import type { useLiveList } from "@/lib/useLiveList";

type Row = { id: string; name: string };

type CatalogPageProps<R extends Row> = {
  title: string;
  isWide?: boolean;
  /** What is listed, in the words of its buttons. */
  kind: { one: string; many: string };
  things: ReturnType<typeof useLiveList<R>>;
  order: { sort: SortOrder; onSort: (field: string) => void };
  nameColumn: ListColumn<R>;
  columns: readonly ListColumn<R>[];
  /** Those that one asks for. */
  rareColumns: readonly string[];
  /** Words that stand in the names of what is wanted. */
  name: string;
  onName: (name: string | undefined) => void;
  /** What else the list is narrowed by. */
  filter?: { isSet: boolean; control: ReactNode };
  /** Takes away all that the list is narrowed by. */
  onClear: () => void;
  /** What can be done with the rows that are chosen. */
  acts: (chosen: { ids: string[]; clear: () => void }) => ReactNode;
  onCreate?: () => void;
  /** What there is to say where nothing has been made yet. */
  empty: ReactNode;
  /** What is said where nothing is found. */
  none?: string;
  /** Dialogs. */
  children?: ReactNode;
};

/** A page of things to be found by name, put in order by the server, and chosen to do something with several of them. */
export function CatalogPage<R extends Row>(props: CatalogPageProps<R>) {
  const { title, isWide = false, kind, things, order, name, filter, acts, onCreate, children } = props;
  const searchBox = useRef<HTMLInputElement>(null);
  const chosen = useChosen(things.list?.items ?? []);
  const columns = useColumnChoices({ key: `${kind.many}.columns`, columns: props.columns, rare: props.rareColumns });
  useHotkeys({ "/": () => focusBox(searchBox) });
  const create = onCreate && (
    <Button kind="primary" onPress={onCreate}>
      <Plus aria-hidden /> New {kind.one}
    </Button>
  );
  const isEmpty = things.list?.totalCount === 0 && name === "" && !filter?.isSet;
  return (
    <Page
      title={title}
      isWide={isWide}
      count={things.list?.totalCount}
      actions={
        !isEmpty && (
          <>
            {acts({ ids: chosen.rows.map(({ id }) => id), clear: chosen.clear })}
            {filter?.control}
            <SearchBox
              label={`Search ${kind.many}`}
              placeholder="Search by name"
              shortcut="/"
              icon={<Search aria-hidden />}
              value={name}
              inputRef={searchBox}
              isInstant
              onSubmit={(next) => props.onName(next || undefined)}
            />
            <ColumnChoice labels={columns.labels} shown={columns.shownLabels} onToggle={columns.toggle} />
            {create}
          </>
        )
      }
    >
      <Found
        what={title.toLowerCase()}
        value={things.failure ? null : things.list}
        failure={things.failure}
        onRetry={things.refresh}
      >
        {({ items }) =>
          isEmpty ? (
            <EmptyState title={`No ${kind.many} yet`} actions={create}>
              {props.empty}
            </EmptyState>
          ) : items.length === 0 ? (
            <EmptyState
              title={props.none ?? `No ${kind.one} of that name`}
              actions={<Button onPress={props.onClear}>Clear search</Button>}
            />
          ) : (
            <ListTable
              label={title}
              columns={[
                props.nameColumn,
                ...columns.shown,
                chosenColumn({ chosen: chosen.ids, toggle: chosen.toggle, all: chosen.all }),
              ]}
              rows={items}
              keyOf={({ id }) => id}
              isBusy={things.isLoading}
              order={order}
              more={things.more}
            />
          )
        }
      </Found>
      {children}
    </Page>
  );
}
