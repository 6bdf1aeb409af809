import { Link } from "@tanstack/react-router";
import { Plus, Search } from "lucide-react";
import { useRef } from "react";
import { Button } from "@/components/Button";
import { ColumnChoice } from "@/components/ColumnChoice";
import { chosenColumn } from "@/components/chosenColumn";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { type ListColumn, ListTable, RowNote, rowLink } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { TagList } from "@/components/TagList";
import { Time } from "@/components/Time";
import { ChosenPrompts } from "@/features/prompts/ChosenPrompts";
import { CreatePromptDialog } from "@/features/prompts/CreatePromptDialog";
import { type PromptItem, usePromptList } from "@/features/prompts/usePromptList";
import { focusBox } from "@/lib/focusBox";
import { formatCount } from "@/lib/format";
import { useHotkeys } from "@/lib/hotkeys";
import { orderOf, type SortOrder } from "@/lib/sortOrder";
import { useChosen } from "@/lib/useChosen";
import { useColumnChoices } from "@/lib/useColumnChoices";

export type PromptsSearch = {
  name?: string | undefined;
  sort?: string | undefined;
  /** Whether the form for a new one is open. */
  create?: string | undefined;
};

type PromptsProps = {
  workspace: string;
  projectId: string;
  search: PromptsSearch;
  onSearch: (search: PromptsSearch) => void;
  onPromptOpen: (id: string) => void;
};

const NEWEST: SortOrder = { field: "created_at", direction: "DESC" };

export function Prompts({ workspace, projectId, search, onSearch, onPromptOpen }: PromptsProps) {
  const searchBox = useRef<HTMLInputElement>(null);
  const name = search.name ?? "";
  const order = orderOf(search.sort, NEWEST, (sort) => onSearch({ ...search, sort }));
  const prompts = usePromptList(projectId, name, order.sort);
  const { list, failure } = prompts;
  const chosen = useChosen(list?.items ?? []);
  const { first, others } = columnsOf(workspace, projectId);
  const columns = useColumnChoices({ key: "prompts.columns", columns: others, rare: RARE_COLUMNS });
  useHotkeys({ "/": () => focusBox(searchBox) });
  const onName = (next: string) => onSearch({ ...search, name: next || undefined });
  const onCreating = (isOpen: boolean) => onSearch({ ...search, create: isOpen ? "true" : undefined });
  const create = (
    <Button kind="primary" onPress={() => onCreating(true)}>
      <Plus aria-hidden /> New prompt
    </Button>
  );
  const isEmpty = list?.totalCount === 0 && name === "";
  return (
    <Page
      title="Prompts"
      count={list?.totalCount}
      actions={
        !isEmpty && (
          <>
            <ChosenPrompts ids={chosen.rows.map(({ id }) => id)} onDeleted={chosen.clear} />
            <SearchBox
              label="Search prompts"
              placeholder="Search by name"
              shortcut="/"
              icon={<Search aria-hidden />}
              value={name}
              inputRef={searchBox}
              isInstant
              onSubmit={onName}
            />
            <ColumnChoice labels={columns.labels} shown={columns.shownLabels} onToggle={columns.toggle} />
            {create}
          </>
        )
      }
    >
      <Found what="prompts" value={failure ? null : list} failure={failure} onRetry={prompts.refresh}>
        {({ items, hasNextPage }) =>
          isEmpty ? (
            <EmptyState title="No prompts yet" actions={create}>
              Keep the prompts of your application here: every change is a version, and an environment says which one is
              in use.
            </EmptyState>
          ) : items.length === 0 ? (
            <EmptyState
              title="No prompt of that name"
              actions={<Button onPress={() => onName("")}>Clear search</Button>}
            />
          ) : (
            <ListTable
              label="Prompts"
              columns={[
                first,
                ...columns.shown,
                chosenColumn({ chosen: chosen.ids, toggle: chosen.toggle, all: chosen.all }),
              ]}
              rows={items}
              keyOf={({ id }) => id}
              isBusy={prompts.isLoading}
              order={order}
              more={
                hasNextPage
                  ? { failure: prompts.moreFailure, isLoading: prompts.isLoadingMore, onMore: prompts.loadMore }
                  : null
              }
            />
          )
        }
      </Found>
      <CreatePromptDialog
        projectId={projectId}
        isOpen={search.create !== undefined}
        onOpenChange={onCreating}
        onPromptCreated={onPromptOpen}
      />
    </Page>
  );
}

type Column = ListColumn<PromptItem>;

/** Columns that one asks for. */
const RARE_COLUMNS: readonly string[] = ["Created", "Created by", "ID"];

const columnsOf = (workspace: string, projectId: string): { first: Column; others: Column[] } => ({
  first: {
    label: "Name",
    sort: "name",
    cell: (prompt) => (
      <>
        <Link
          to="/$workspace/projects/$projectId/prompts/$promptId"
          params={{ workspace, projectId, promptId: prompt.id }}
          search={{}}
          className={rowLink}
        >
          {prompt.name}
        </Link>
        <RowNote>{prompt.description}</RowNote>
      </>
    ),
  },
  others: [
    { label: "Type", isMinor: true, cell: (prompt) => (prompt.structure === "CHAT" ? "Chat" : "Text") },
    { label: "Versions", sort: "version_count", isNumeric: true, cell: (prompt) => formatCount(prompt.versionCount) },
    { label: "Tags", isMinor: true, cell: (prompt) => <TagList label="Tags" tags={prompt.tags} /> },
    {
      label: "Last updated",
      sort: "last_updated_at",
      cell: (prompt) => <Time at={prompt.lastUpdatedAt} style="relative" />,
    },
    { label: "By", sort: "last_updated_by", isMinor: true, cell: (prompt) => prompt.lastUpdatedBy },
    {
      label: "Created",
      sort: "created_at",
      isMinor: true,
      cell: ({ createdAt }) => <Time at={createdAt} style="relative" />,
    },
    { label: "Created by", sort: "created_by", isMinor: true, cell: ({ createdBy }) => createdBy },
    { label: "ID", isMinor: true, cell: ({ id }) => <code>{id}</code> },
  ],
});
