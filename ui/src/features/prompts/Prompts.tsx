import { Link } from "@tanstack/react-router";
import { CatalogPage } from "@/components/CatalogPage";
import { type ListColumn, RowNote, rowLink } from "@/components/ListTable";
import { ORIGIN_COLUMNS, UPDATED_COLUMN } from "@/components/originColumns";
import { TagList } from "@/components/TagList";
import { ChosenPrompts } from "@/features/prompts/ChosenPrompts";
import { CreatePromptDialog } from "@/features/prompts/CreatePromptDialog";
import { type PromptItem, usePromptList } from "@/features/prompts/usePromptList";
import { formatCount } from "@/lib/format";
import { NEWEST_FIRST, orderOf } from "@/lib/sortOrder";

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

export function Prompts({ workspace, projectId, search, onSearch, onPromptOpen }: PromptsProps) {
  const { name = "" } = search;
  const order = orderOf(search.sort, NEWEST_FIRST, (sort) => onSearch({ ...search, sort }));
  const onCreating = (isOpen: boolean) => onSearch({ ...search, create: isOpen ? "true" : undefined });
  return (
    <CatalogPage
      title="Prompts"
      kind={{ one: "prompt", many: "prompts" }}
      things={usePromptList(projectId, name, order.sort)}
      order={order}
      nameColumn={nameColumn(workspace, projectId)}
      columns={COLUMNS}
      rareColumns={RARE_COLUMNS}
      name={name}
      onName={(next) => onSearch({ ...search, name: next })}
      onClear={() => onSearch({ sort: search.sort })}
      acts={({ ids, clear }) => <ChosenPrompts ids={ids} onDeleted={clear} />}
      onCreate={() => onCreating(true)}
      empty="Keep the prompts of your application here: every change is a version, and an environment says which one is in use."
    >
      <CreatePromptDialog
        projectId={projectId}
        isOpen={search.create !== undefined}
        onOpenChange={onCreating}
        onPromptCreated={onPromptOpen}
      />
    </CatalogPage>
  );
}

type Column = ListColumn<PromptItem>;

/** Columns that one asks for. */
const RARE_COLUMNS: readonly string[] = ["Created", "Created by", "ID"];

const nameColumn = (workspace: string, projectId: string): Column => ({
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
});

const COLUMNS: readonly Column[] = [
  {
    label: "Type",
    sort: "structure",
    isMinor: true,
    cell: (prompt) => (prompt.structure === "CHAT" ? "Chat" : "Text"),
  },
  { label: "Versions", sort: "version_count", isNumeric: true, cell: (prompt) => formatCount(prompt.versionCount) },
  { label: "Tags", isMinor: true, cell: (prompt) => <TagList label="Tags" tags={prompt.tags} /> },
  UPDATED_COLUMN,
  { label: "By", sort: "last_updated_by", isMinor: true, cell: (prompt) => prompt.lastUpdatedBy },
  ...ORIGIN_COLUMNS,
];
