import { Plus, Search } from "lucide-react";
import { useRef } from "react";
import { Button } from "@/components/Button";
import { ColumnChoice } from "@/components/ColumnChoice";
import { EmptyState } from "@/components/EmptyState";
import { Found } from "@/components/Found";
import { ListTable } from "@/components/ListTable";
import { Page } from "@/components/Page";
import { SearchBox } from "@/components/SearchBox";
import { DeleteProjects } from "@/features/projects/DeleteProjects";
import { GetStarted } from "@/features/projects/GetStarted";
import { CreateProjectDialog } from "@/features/projects/ProjectDialogs";
import { projectColumns, RARE_COLUMNS } from "@/features/projects/projectColumns";
import { NEWEST, sortOf } from "@/features/projects/projectOrder";
import { useProjectFigures } from "@/features/projects/useProjectFigures";
import { PAGE_PROJECTS, useProjectList } from "@/features/projects/useProjectList";
import { focusBox } from "@/lib/focusBox";
import { useHotkeys } from "@/lib/hotkeys";
import { nextSortOrder, parseSortOrder, writeSortOrder } from "@/lib/sortOrder";
import { useChosen } from "@/lib/useChosen";
import { useColumnChoices } from "@/lib/useColumnChoices";

export type ProjectsSearch = {
  name?: string | undefined;
  sort?: string | undefined;
  /** Whether the form for a new one is open. */
  create?: string | undefined;
};

type ProjectsProps = {
  workspace: string;
  search: ProjectsSearch;
  onSearch: (search: ProjectsSearch) => void;
  onProjectOpen: (id: string) => void;
};

export function Projects({ workspace, search, onSearch, onProjectOpen }: ProjectsProps) {
  const name = search.name ?? "";
  const sort = parseSortOrder(search.sort, NEWEST);
  const searchBox = useRef<HTMLInputElement>(null);
  const projects = useProjectList(name, sortOf(sort));
  const { list, failure } = projects;
  const { figures, isFailed } = useProjectFigures({
    name,
    sort: sortOf(sort),
    pages: Math.ceil((list?.items.length ?? 0) / PAGE_PROJECTS),
    size: PAGE_PROJECTS,
    revision: projects.revision,
  });
  const chosen = useChosen(list?.items ?? []);
  const { first, others, last } = projectColumns({ workspace, figures, chosen });
  const columns = useColumnChoices({ key: "projects.columns", columns: others, rare: RARE_COLUMNS });
  useHotkeys({ "/": () => focusBox(searchBox) });
  const onName = (next: string) => onSearch({ ...search, name: next || undefined });
  const create = (
    <CreateProjectDialog
      isOpen={search.create !== undefined}
      onOpenChange={(isOpen) => onSearch({ ...search, create: isOpen ? "true" : undefined })}
      onProjectCreated={onProjectOpen}
    />
  );
  if (list && list.totalCount === 0 && name === "" && !failure) {
    return (
      <>
        <GetStarted onProjectOpen={onProjectOpen} />
        {create}
      </>
    );
  }
  return (
    <Page
      isWide
      title="Projects"
      count={list?.totalCount}
      about={isFailed && UNREAD_FIGURES}
      actions={
        <>
          {chosen.rows.length > 0 && <DeleteProjects projects={chosen.rows} onDeleted={chosen.clear} />}
          <SearchBox
            label="Search projects"
            placeholder="Search by name"
            shortcut="/"
            icon={<Search aria-hidden />}
            value={name}
            inputRef={searchBox}
            isInstant
            onSubmit={onName}
          />
          <ColumnChoice labels={columns.labels} shown={columns.shownLabels} onToggle={columns.toggle} />
          <Button kind="primary" onPress={() => onSearch({ ...search, create: "true" })}>
            <Plus aria-hidden /> New project
          </Button>
        </>
      }
    >
      <Found what="projects" value={failure ? null : list} failure={failure} onRetry={projects.refresh}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              title="No project of that name"
              actions={<Button onPress={() => onName("")}>Clear search</Button>}
            />
          ) : (
            <ListTable
              label="Projects"
              columns={[first, ...columns.shown, last]}
              rows={items}
              keyOf={({ id }) => id}
              isBusy={projects.isLoading}
              order={{
                sort,
                onSort: (field) =>
                  onSearch({ ...search, sort: writeSortOrder(nextSortOrder(sort, field, NEWEST), NEWEST) }),
              }}
              more={projects.more}
            />
          )
        }
      </Found>
      {create}
    </Page>
  );
}

const UNREAD_FIGURES = (
  <p role="status">The figures could not be read. They are asked for again with the next change.</p>
);
